import { readOutline, stageRead, type ExplainDocument, type ExplainedRun, type ExplainedStage, type OutlineNode } from './explain-document.js';

type Json = string | number | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

/**
 * EXPLAIN (FORMAT JSON): as Postgres prints it, an array of one object with a tree of `Plan`, each node with a `Node Type` and the
 * nodes it reads in `Plans`. A stage is a node below the operator that reads it; where several read it, below the first.
 */
export function explainJson(document: ExplainDocument, run: ExplainedRun | null): string {
  return JSON.stringify([{ ...content(document, run), ...run?.facts }], null, 2);
}

function content(document: ExplainDocument, run: ExplainedRun | null): JsonObject {
  switch (document.kind) {
    case 'query':
      return { Query: document.lines.join('\n') };
    case 'outline': {
      const [root] = readOutline(document.lines).map((node) => operator(node, () => []));
      return root === undefined ? {} : { Plan: root };
    }
    case 'stages': {
      const notes = document.reasons.length === 0 ? {} : { 'Not Distributed': document.reasons };
      return { ...stagesPlan(document.stages, run), ...notes };
    }
    case 'fragments':
      return {
        Stages: document.fragments.map(({ stage, taskCount, sql }) => ({ Stage: stage, Tasks: taskCount, SQL: sql, ...run?.stages.get(stage) })),
      };
  }
}

function stagesPlan(stages: readonly ExplainedStage[], run: ExplainedRun | null): JsonObject {
  const shown = new Set<number>();
  const stageNode = (stage: ExplainedStage): Json => {
    shown.add(stage.stage);
    const { tasks, output, reason, rowCount, byteCount } = stage;
    return {
      'Node Type': 'Stage',
      Stage: stage.stage,
      Tasks: stage.taskCount,
      'Task Layout': tasks,
      Output: output,
      ...(reason === null ? {} : { Reason: reason }),
      ...(rowCount === null ? {} : { 'Plan Rows': rowCount }),
      ...(byteCount === null ? {} : { 'Plan Bytes': byteCount }),
      ...run?.stages.get(stage.stage),
      Plans: readOutline(stage.operators).map((node) => operator(node, producer)),
    };
  };
  const producer = (id: number): readonly Json[] => (shown.has(id) ? [] : stages.filter((stage) => stage.stage === id).map(stageNode));
  const last = stages.at(-1);
  return last === undefined ? {} : { Plan: stageNode(last) };
}

/** Names of operators are a word; these have two. */
const NODE_TYPE = /^(?:Cross product|Union all|Correlated keys|One row|No rows|[A-Za-z]+)/;

function operator(node: OutlineNode, producer: (stage: number) => readonly Json[]): Json {
  const type = NODE_TYPE.exec(node.text)?.[0] ?? '';
  const detail = node.text.slice(type.length).replace(/^,? /, '');
  const stage = stageRead(node.text);
  const inputs = [...(stage === null ? [] : producer(stage)), ...node.inputs.map((input) => operator(input, producer))];
  return {
    'Node Type': type,
    ...(detail === '' ? {} : { Detail: detail }),
    ...(stage === null ? {} : { 'Subplan Stage': stage }),
    ...(inputs.length === 0 ? {} : { Plans: inputs }),
  };
}
