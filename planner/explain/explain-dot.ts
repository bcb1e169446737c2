import {
  readOutline,
  stageRead,
  type ExplainDocument,
  type ExplainedRun,
  type ExplainedStage,
  type ExplainFacts,
  type OutlineNode,
} from './explain-document.js';

/** EXPLAIN (FORMAT DOT): a graph for Graphviz, rows going upwards, a box a stage. */
export function explainDot(document: ExplainDocument, run: ExplainedRun | null): readonly string[] {
  return ['digraph plan {', '  rankdir = BT;', '  node [shape = box, fontname = "sans-serif"];', ...body(document, run).map((line) => `  ${line}`), '}'];
}

function body(document: ExplainDocument, run: ExplainedRun | null): readonly string[] {
  const total = run === null ? [] : [`label = ${quote(factLines(run.facts))};`];
  switch (document.kind) {
    case 'query':
      return [...total, `query [label = ${quote(document.lines)}];`];
    case 'outline':
      return [...total, ...graph(readOutline(document.lines), 'n').lines];
    case 'stages':
      return [
        ...total,
        ...stagesGraph(document.stages, run),
        ...document.reasons.map((reason, index) => `note${index} [shape = note, label = ${quote([reason])}];`),
      ];
    case 'fragments':
      return [
        ...total,
        ...document.fragments.map(
          ({ stage, taskCount, sql }) =>
            `stage${stage} [label = ${quote([`Stage ${stage}, tasks: ${taskCount}`, ...factLines(run?.stages.get(stage)), ...sql.split('\n')])}];`,
        ),
        ...document.fragments.flatMap(({ stage, sql }) =>
          [...new Set(sql.match(/\bstage_\d+\b/g))].map((read) => `${read.replace('_', '')} -> stage${stage};`),
        ),
      ];
  }
}

function stagesGraph(stages: readonly ExplainedStage[], run: ExplainedRun | null): readonly string[] {
  const graphs = new Map(stages.map((stage) => [stage.stage, graph(readOutline(stage.operators), `s${stage.stage}n`)]));
  return stages.flatMap((stage) => {
    const own = graphs.get(stage.stage);
    const title = [`Stage ${stage.stage}: ${stage.tasks}`, ...factLines(run?.stages.get(stage.stage))];
    const edges = (own?.reads ?? []).map(({ name, stage: producer }) => {
      const output = stages.find((candidate) => candidate.stage === producer)?.output ?? '';
      return `${graphs.get(producer)?.root ?? ''} -> ${name} [label = ${quote([output])}, style = bold];`;
    });
    return [`subgraph cluster_${stage.stage} {`, `  label = ${quote(title)};`, ...(own?.lines ?? []).map((line) => `  ${line}`), '}', ...edges];
  });
}

interface Graph {
  readonly lines: readonly string[];
  /** Name of the first node. */
  readonly root: string;
  /** Nodes that read stages. */
  readonly reads: readonly { readonly name: string; readonly stage: number }[];
}

function graph(roots: readonly OutlineNode[], prefix: string): Graph {
  const lines: string[] = [];
  const reads: { readonly name: string; readonly stage: number }[] = [];
  let count = 0;
  const add = (node: OutlineNode): string => {
    const name = `${prefix}${count}`;
    count += 1;
    lines.push(`${name} [label = ${quote([node.text])}];`);
    const stage = stageRead(node.text);
    if (stage !== null) {
      reads.push({ name, stage });
    }
    for (const input of node.inputs) {
      lines.push(`${add(input)} -> ${name};`);
    }
    return name;
  };
  const [root = ''] = roots.map(add);
  return { lines, root, reads };
}

function factLines(facts: ExplainFacts | undefined): readonly string[] {
  return Object.entries(facts ?? {}).map(([name, value]) =>
    typeof value === 'number'
      ? `${name}: ${value}`
      : `${name}: ${Object.entries(value)
          .map(([part, number]) => `${part.toLowerCase()} ${number}`)
          .join(', ')}`,
  );
}

/** Lines as a quoted label, left-justified. */
function quote(lines: readonly string[]): string {
  const escaped = lines.map((line) => line.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n'));
  return `"${escaped.join('\\l')}${lines.length > 1 ? '\\l' : ''}"`;
}
