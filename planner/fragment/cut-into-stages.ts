import assert from 'node:assert/strict';
import type { DistributedPlan } from '../distribute/distributed-plan.js';
import type { TaskShare } from '../distribute/split-scan.js';
import type { PlanNode, ScanNode } from '../plan/nodes.js';
import { printPlan } from '../print/print-plan.js';
import { byteCount, estimateRowCount } from '../relation/relation.js';
import type { RelationReference } from '../translate/translated.js';
import { cutPlan, type CutStage } from './cut-plan.js';
import { emptyWith } from './empty-with.js';
import { describeStage } from './describe-stage.js';
import { stageTasks } from './stage-tasks.js';
import type { PlanColumn, Stage, StagedPlan, StageOutput } from './staged-plan.js';

/** What is needed to print stages: the tables. */
export interface CutOptions {
  readonly references: readonly RelationReference[];
  readonly parallelism: number;
}

/** Cuts a distributed plan at its exchanges and prints every stage as SQL with holes for its tasks' shares. */
export function cutIntoStages(distributed: DistributedPlan, options: CutOptions): StagedPlan {
  const stages = cutPlan(distributed);
  const sharesOf = (scan: ScanNode): readonly TaskShare[] => {
    const shares = distributed.whole ? [wholeShare(options.references[scan.reference])] : distributed.shares.get(scan);
    assert.ok(shares !== undefined && shares.length > 0, 'a scan that was never placed');
    return shares;
  };
  const printed = stages.map((stage): Stage => {
    const { plan, layout } = stageTasks(stage, stages, options.references, sharesOf, (scan) => distributed.coarseShares.get(scan), distributed);
    const ways = distributed.skipsEmpty ? emptyWith(stage.plan) : [];
    return {
      id: stage.id,
      fragment: { sql: printPlan(plan), columns: columnsOf(plan) },
      tasks: layout,
      output: outputOf(stage),
      ...enoughRows(stage),
      ...(ways.length === 0 ? {} : { emptyWith: ways }),
      description: describeStage(stage.plan, options.references),
    };
  });
  return {
    stages: printed,
    columns: columnsOf(distributed.plan),
    ...(distributed.ordered ? { ordered: true } : {}),
    ...(distributed.resources === null ? {} : { resources: distributed.resources }),
  };
}

function columnsOf(plan: PlanNode): readonly PlanColumn[] {
  return plan.output.map((type, index) => ({ name: `c${index}`, type }));
}

/** Rows of a LIMIT that each task counts for itself and one reader counts again. */
function enoughRows({ plan, exchange }: CutStage): Pick<Stage, 'enoughRows'> {
  return plan.kind === 'limit' && plan.isPartial === true && plan.limit !== null && exchange?.distribution.kind === 'gather' ? { enoughRows: plan.limit } : {};
}

function outputOf(stage: CutStage): StageOutput {
  const { exchange } = stage;
  if (exchange === null) {
    return { kind: 'result' };
  }
  switch (exchange.distribution.kind) {
    case 'gather':
    case 'broadcast':
      return { kind: 'whole' };
    case 'hash':
    case 'value':
      return exchange.distribution;
  }
}

function wholeShare(reference: RelationReference | undefined): TaskShare {
  assert.ok(reference !== undefined && reference.relation.source.kind === 'files', 'only files are scanned in stages');
  const { relation } = reference;
  return { files: reference.relation.source.files.map((file) => ({ file })), byteCount: byteCount(relation), rowCount: estimateRowCount(relation) };
}
