import { checkPlan } from '../plan/check-plan.js';
import type { PartitionedPlan } from '../dataframe/partitioned-plan.js';
import type { RelationReference } from '../translate/translated.js';
import type { DistributedPlan, DistributeOptions } from './distributed-plan.js';
import { gather } from './exchange.js';
import { PlacementContext } from './placement-context.js';
import { PartitionPlacer } from './place-partitioned.js';
import { resolveHints } from './resolve-hints.js';

/** A plan of several statements, with the references of all of them, which its scans count in. */
export interface DistributedPartitions {
  readonly distributed: DistributedPlan;
  readonly references: readonly RelationReference[];
}

/** Distributes a plan of which some parts run partition by partition. It is never whole: partitions are what was asked for. */
export function distributePartitions(
  plan: PartitionedPlan,
  options: Omit<DistributeOptions, 'references' | 'hints' | 'blocks' | 'outputNames' | 'mode'>,
): DistributedPartitions {
  const references: RelationReference[] = [];
  const none = { references, hints: [], blocks: [], mode: 'distributed' as const };
  const context = new PlacementContext({ ...options, ...none }, resolveHints([], [], []));
  const placer = new PartitionPlacer(context, references, plan);
  const placed = placer.place(plan);
  const result = placed.layout.kind === 'pieces' ? gather(placed, 'the result of several stages', context) : placed;
  checkPlan(result.plan);
  context.estimates.set(result.plan, result.estimate.rows);
  return {
    references,
    distributed: {
      plan: result.plan,
      whole: false,
      wholeReasons: [...context.reasons],
      notices: context.notices,
      shares: context.shares,
      coarseShares: new Map(),
      coalesces: false,
      splitsSkewed: false,
      skipsEmpty: context.isOn('skip-empty'),
      ordered: placer.isOrdered,
      resources: placer.resources,
      estimates: context.estimates,
    },
  };
}
