import { estimateBytes } from '../distribute/estimate.js';
import type { DistributedPlan } from '../distribute/distributed-plan.js';
import { cutPlan, type CutStage } from '../fragment/cut-plan.js';
import type { Stage, StagedPlan } from '../fragment/staged-plan.js';
import type { RelationReference } from '../translate/translated.js';
import { byteText } from './byte-text.js';
import type { ExplainedStage, ExplainDocument } from './explain-document.js';
import { stageTaskCount } from './explain-fragments.js';
import { explainOperators } from './explain-operators.js';

/** What EXPLAIN needs to name things. */
export interface ExplainContext {
  readonly references: readonly RelationReference[];
}

type StagesDocument = Extract<ExplainDocument, { readonly kind: 'stages' }>;

/** EXPLAIN (DISTRIBUTED): stages with their tasks, where their rows go and why, their operators; a reason for everything that stays in one task. */
export function explainDistributed(staged: StagedPlan, distributed: DistributedPlan, context: ExplainContext): StagesDocument {
  const cuts = cutPlan(distributed);
  const stages = cuts.flatMap((cut, index) => {
    const stage = staged.stages[index];
    return stage === undefined ? [] : [explainStage(cut, stage, explainOperators(cut.plan, cuts, context.references))];
  });
  const isOneTask = staged.stages.length === 1 && staged.stages.every((stage) => stageTaskCount(stage) === 1);
  const reasons = isOneTask && distributed.wholeReasons.length === 0 ? [ONE_TASK_REASON] : distributed.wholeReasons;
  return { kind: 'stages', stages, reasons };
}

/** Why a plan without exchanges has none, where nothing forbade them. */
const ONE_TASK_REASON = 'its tables are too small to be worth more than one task (PARTITION(t, FILES, n) or (t, ROWS, n) splits them anyway)';

/** A line `Stage N ...` a stage, its operators indented below, and the reasons. */
export function printStages({ stages, reasons }: StagesDocument): readonly string[] {
  return [
    ...stages.flatMap((stage) => [stageLine(stage), ...stage.operators.map((line) => `  ${line}`)]),
    ...reasons.map((reason) => `Not distributed: ${reason}`),
  ];
}

function explainStage(cut: CutStage, stage: Stage, operators: readonly string[]): ExplainedStage {
  const rowCount = cut.estimatedRows === null ? null : Math.round(cut.estimatedRows);
  return {
    stage: cut.id,
    taskCount: stageTaskCount(stage),
    tasks: tasksText(stage),
    output: outputText(cut, stage),
    reason: cut.exchange?.reason ?? null,
    rowCount,
    byteCount: rowCount === null ? null : estimateBytes({ rows: rowCount, base: rowCount }, cut.plan.output),
    operators,
  };
}

function stageLine({ stage, tasks, output, reason, rowCount, byteCount }: ExplainedStage): string {
  const because = reason === null ? '' : ` (${reason})`;
  const size = rowCount === null || byteCount === null ? '' : `  ~${rowCount} rows, ~${byteText(byteCount)}`;
  return `Stage ${stage} ${tasks} -> ${output}${because}${size}`;
}

function tasksText(stage: Stage): string {
  switch (stage.tasks.kind) {
    case 'single':
      return '1 task';
    case 'splits':
      return `${stage.tasks.splits.length} tasks${stage.tasks.coarse === undefined ? '' : ` (${stage.tasks.coarse.length} if its inputs are large)`}, one a share of the scan`;
    case 'partitions':
      return `${stage.tasks.coalesces === true && stage.tasks.partitionCount > 1 ? 'up to ' : ''}${plural(stage.tasks.partitionCount, 'task')}, one a partition`;
  }
}

function outputText(cut: CutStage, stage: Stage): string {
  const { output } = stage;
  switch (output.kind) {
    case 'result':
      return 'client';
    case 'files':
      return `${output.sink.format} files`;
    case 'whole':
      return cut.exchange?.distribution.kind === 'gather' ? 'all rows to one task' : 'all rows to every reader';
    case 'hash':
      return `${output.keys.length === 0 ? 'dealt out' : `hash(${output.keys.map((key) => `c${key.column}`).join(', ')})`} into ${plural(output.partitionCount, 'partition')}`;
    case 'value':
      return `partition c${output.column} of ${output.partitionCount}`;
  }
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
