import assert from 'node:assert/strict';
import type { DistributedPlan } from '../distribute/distributed-plan.js';
import type { TaskShare } from '../distribute/split-scan.js';
import type { PlanNode, ScanNode } from '../plan/nodes.js';
import { children, withChildren } from '../plan/plan-children.js';
import type { Relation } from '../relation/relation.js';
import { scanSql } from '../relation/scan-sql.js';
import type { RelationReference } from '../translate/translated.js';
import type { CutStage } from './cut-plan.js';
import { splittableInputs } from './splittable-inputs.js';
import type { ScanShare, TaskLayout } from './staged-plan.js';

/** A scan of a stage with its number in the stage's SQL and the tasks' shares of it. */
interface StageScan {
  readonly number: number;
  readonly scan: ScanNode;
  readonly relation: Relation;
  readonly shares: readonly TaskShare[];
  readonly coarseShares: readonly TaskShare[] | undefined;
}

/** A stage's plan with its scans numbered for printing, and how its tasks differ. */
export interface StageTasks {
  readonly plan: PlanNode;
  readonly layout: TaskLayout;
}

/**
 * Says how a stage's tasks differ: by the one scan that is split, or by partition of its hashed inputs, never both.
 * Scans are numbered within the stage, for one table reference may be read twice there.
 */
export function stageTasks(
  stage: CutStage,
  stages: readonly CutStage[],
  references: readonly RelationReference[],
  sharesOf: (scan: ScanNode) => readonly TaskShare[],
  coarseSharesOf: (scan: ScanNode) => readonly TaskShare[] | undefined,
  options: Pick<DistributedPlan, 'coalesces' | 'splitsSkewed'>,
): StageTasks {
  const scans: StageScan[] = [];
  const number = (node: PlanNode): PlanNode => {
    if (node.kind === 'scan') {
      const reference = references[node.reference];
      assert.ok(reference !== undefined, `scan of reference ${node.reference}, which does not exist`);
      scans.push({ number: scans.length, scan: node, relation: reference.relation, shares: sharesOf(node), coarseShares: coarseSharesOf(node) });
      return { ...node, reference: scans.length - 1 };
    }
    return mapInputs(node, number);
  };
  const plan = number(stage.plan);
  const partitionCount = hashedInput(stage.plan, stages);
  const split = scans.filter((scan) => scan.shares.length > 1);
  assert.ok(split.length <= 1, 'a stage splits one scan');
  const [splitScan] = split;
  if (splitScan === undefined) {
    const whole = scans.map((scan) => scanShare(scan, scan.shares[0]));
    if (partitionCount === null) {
      return { plan, layout: { kind: 'single', scans: whole } };
    }
    const splittable = options.splitsSkewed ? splittableInputs(stage.plan, stages) : [];
    const adapts = { ...(options.coalesces ? { coalesces: true as const } : {}), ...(splittable.length === 0 ? {} : { splittable }) };
    return { plan, layout: { kind: 'partitions', partitionCount, scans: whole, ...adapts } };
  }
  assert.ok(partitionCount === null, 'a stage with a split scan reads no partitions');
  const entry = (share: TaskShare): readonly ScanShare[] => scans.map((scan) => scanShare(scan, scan === splitScan ? share : scan.shares[0]));
  const coarse = readsStage(stage.plan) ? splitScan.coarseShares : undefined;
  return { plan, layout: { kind: 'splits', splits: splitScan.shares.map(entry), ...(coarse === undefined ? {} : { coarse: coarse.map(entry) }) } };
}

function readsStage(plan: PlanNode): boolean {
  return plan.kind === 'stage_input' || children(plan).some(readsStage);
}

/** Rebuilds a node over changed inputs. */
function mapInputs(node: PlanNode, change: (node: PlanNode) => PlanNode): PlanNode {
  const inputs = children(node);
  return inputs.length === 0 ? node : withChildren(node, inputs.map(change));
}

function scanShare({ number, scan, relation }: StageScan, share: TaskShare | undefined): ScanShare {
  assert.ok(share !== undefined, 'every scan has a share');
  return {
    scan: number,
    sql: scanSql(relation, { files: share.files, columns: scan.read }),
    fileCount: share.files.length,
    byteCount: share.byteCount,
    rowCount: share.rowCount,
  };
}

/** The partition count of a stage's hashed inputs, which all agree; null when it has none. */
function hashedInput(plan: PlanNode, stages: readonly CutStage[]): number | null {
  if (plan.kind === 'stage_input') {
    const distribution = stages[plan.stage - 1]?.exchange?.distribution;
    assert.ok(distribution !== undefined, `stage ${plan.stage} gives its rows to nobody`);
    return distribution.kind === 'hash' || distribution.kind === 'value' ? distribution.partitionCount : null;
  }
  const counts = new Set(
    children(plan)
      .map((input) => hashedInput(input, stages))
      .filter((count) => count !== null),
  );
  assert.ok(counts.size <= 1, `a stage reads partitions in different counts: ${[...counts].join(', ')}`);
  const [count] = counts;
  return count ?? null;
}
