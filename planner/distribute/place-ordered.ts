import type { LimitNode, OrderNode, SampleNode, TopNNode } from '../plan/nodes.js';
import { estimateBytes } from './estimate.js';
import { gather } from './exchange.js';
import type { PlacementContext } from './placement-context.js';
import { sortInRanges } from './range-sort.js';
import { isWhole, onEachTask, SINGLE, type Placed } from './placed.js';

/** Below this size one task sorts faster than ranges are found; the size is an estimate, and often too high. */
const RANGE_SORT_BYTES_MIN = 256 * 1024 * 1024;

/** ORDER BY of everything: large results in ranges, others gathered and sorted by one task. */
export function placeOrder(node: OrderNode, input: Placed, context: PlacementContext): Placed {
  const isLarge = !context.isOn('gather-small') || estimateBytes(input.estimate, input.plan.output) >= RANGE_SORT_BYTES_MIN;
  if (node === context.resultOrder && !isWhole(input) && isLarge && context.isOn('range-sort') && context.partitionCount > 1) {
    context.isResultOrdered = true;
    return sortInRanges(node, input, context);
  }
  if (!isWhole(input)) {
    context.reasons.add('ORDER BY without LIMIT is done by one task');
  }
  const whole = gather(input, 'ORDER BY sorts all rows in one task', context);
  return { plan: { ...node, input: whole.plan }, layout: SINGLE, estimate: whole.estimate };
}

/**
 * ORDER BY ... LIMIT n OFFSET m: a row among the first n + m of all is among the first n + m of its task, so each task
 * sends only those.
 */
export function placeTopN(node: TopNNode, input: Placed, context: PlacementContext): Placed {
  const reach = node.limit + node.offset;
  const reduced =
    isWhole(input) || !context.isOn('partial-top-n')
      ? input
      : onEachTask(input, (piece) => ({
          plan: { ...node, input: piece.plan, isPartial: true, limit: reach, offset: 0 },
          layout: piece.layout,
          estimate: { ...piece.estimate, rows: Math.min(piece.estimate.rows, reach) },
        }));
  const whole = gather(reduced, 'the first rows of every task', context);
  return { plan: { ...node, input: whole.plan }, layout: SINGLE, estimate: { ...whole.estimate, rows: Math.min(whole.estimate.rows, node.limit) } };
}

/** LIMIT without order: any rows are right, so each task sends no more than could be needed. */
export function placeLimit(node: LimitNode, input: Placed, context: PlacementContext): Placed {
  const reach = node.limit === null ? null : node.limit + node.offset;
  const reduced =
    isWhole(input) || reach === null || !context.isOn('partial-limit')
      ? input
      : onEachTask(input, (piece) => ({
          plan: { ...node, input: piece.plan, isPartial: true, limit: reach, offset: 0 },
          layout: piece.layout,
          estimate: { ...piece.estimate, rows: Math.min(piece.estimate.rows, reach) },
        }));
  const whole = gather(reduced, 'LIMIT counts rows in one task', context);
  const rows = node.limit === null ? whole.estimate.rows : Math.min(whole.estimate.rows, node.limit);
  return { plan: { ...node, input: whole.plan }, layout: SINGLE, estimate: { ...whole.estimate, rows } };
}

/** A sample is drawn from all rows by one task: shares of tasks would be samples of another kind. */
export function placeSample(node: SampleNode, input: Placed, context: PlacementContext): Placed {
  if (!isWhole(input)) {
    context.reasons.add('TABLESAMPLE is drawn by one task');
  }
  const whole = gather(input, 'the sample is drawn from all rows', context);
  return { plan: { ...node, input: whole.plan }, layout: SINGLE, estimate: whole.estimate };
}
