import type { CteNode, PlanNode } from '../plan/nodes.js';
import { walkPlan } from '../plan/walk-plan.js';
import { estimateBytes } from './estimate.js';
import { broadcast, shuffle, type ExchangeKey } from './exchange.js';
import { isHashable } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import type { Placed } from './placed.js';

/** A shared subplan up to this size is read whole by all its readers. */
const SHARED_WHOLE_BYTES_MAX = 4 * 1024 * 1024;
/** Columns hashed where a shared subplan has no keys of its own: enough to spread rows. */
const SPREAD_COLUMNS_MAX = 4;

/** How often a CTE is read in its body. */
export function referenceCount(node: CteNode): number {
  let count = 0;
  walkPlan(node.body, (part: PlanNode) => {
    if (part.kind === 'cte_reference' && part.index === node.index) {
      count += 1;
    }
  });
  return count;
}

/**
 * A subplan that several places read, computed once: its rows go through one exchange that all of them share (the same
 * node, which the cut makes one stage). Small ones are sent to all tasks, others by hash: of the keys its readers want,
 * of those it is partitioned by, or of its first columns.
 */
export function share(placed: Placed, wantedKeys: readonly number[], context: PlacementContext): Placed {
  const { output } = placed.plan;
  const isSmall =
    placed.layout.kind === 'replicated' || estimateBytes(placed.estimate, output) <= Math.min(SHARED_WHOLE_BYTES_MAX, context.options.broadcastByteLimit);
  const keys = shareKeys(placed, wantedKeys);
  if (isSmall || keys.length === 0) {
    return broadcast(placed, 'read in several places', context);
  }
  return shuffle(placed, keys, context.partitionCount, 'read in several places', context);
}

function shareKeys(placed: Placed, wanted: readonly number[]): readonly ExchangeKey[] {
  const { output } = placed.plan;
  const known = placed.layout.kind === 'hash' ? (placed.layout.keys ?? []).flatMap((key) => key.columns.slice(0, 1)) : [];
  const columns = wanted.length > 0 ? wanted : known.length > 0 ? known : output.map((_, column) => column);
  const hashable = [...new Set(columns)].flatMap((column): ExchangeKey[] => {
    const type = output[column];
    return type !== undefined && isHashable(type) ? [{ column, type }] : [];
  });
  return wanted.length > 0 ? hashable : hashable.slice(0, SPREAD_COLUMNS_MAX);
}
