import type { DistributedPlan } from '../distribute/distributed-plan.js';
import { cutPlan, type CutStage } from '../fragment/cut-plan.js';
import type { Stage, StagedPlan } from '../fragment/staged-plan.js';
import type { RelationReference } from '../translate/translated.js';
import { estimateBytes } from '../distribute/estimate.js';
import { byteText } from './byte-text.js';
import { explainOperators } from './explain-operators.js';
import { stageTaskCount } from './explain-fragments.js';

/** What EXPLAIN needs to name things. */
export interface ExplainContext {
  readonly references: readonly RelationReference[];
}

/**
 * EXPLAIN (DISTRIBUTED): a line `Stage N ...` a stage with its tasks and where its rows go and why, its operators
 * indented below, and at the end a reason for everything that stays in one task.
 */
export function explainDistributed(staged: StagedPlan, distributed: DistributedPlan, context: ExplainContext): readonly string[] {
  const stages = cutPlan(distributed);
  const lines = stages.flatMap((cut, index) => {
    const stage = staged.stages[index];
    return stage === undefined ? [] : [stageLine(cut, stage), ...explainOperators(cut.plan, stages, context.references).map((line) => `  ${line}`)];
  });
  const isOneTask = staged.stages.length === 1 && staged.stages.every((stage) => stageTaskCount(stage) === 1);
  const reasons = isOneTask && distributed.wholeReasons.length === 0 ? [ONE_TASK_REASON] : distributed.wholeReasons;
  return [...lines, ...reasons.map((reason) => `Not distributed: ${reason}`)];
}

/** Why a plan without exchanges has none, where nothing forbade them. */
const ONE_TASK_REASON = 'its tables are too small to be worth more than one task (PARTITION(t, FILES, n) or (t, ROWS, n) splits them anyway)';

function stageLine(cut: CutStage, stage: Stage): string {
  const because = cut.exchange === null ? '' : ` (${cut.exchange.reason})`;
  return `Stage ${cut.id} ${tasksText(stage)} -> ${outputText(cut, stage)}${because}${sizeText(cut)}`;
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

function sizeText(cut: CutStage): string {
  if (cut.estimatedRows === null) {
    return '';
  }
  const rows = Math.round(cut.estimatedRows);
  return `  ~${rows} rows, ~${byteText(estimateBytes({ rows, base: rows }, cut.plan.output))}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
