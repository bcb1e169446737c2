import type { LimitNode, OrderNode, SampleNode, TopNNode } from '../plan/nodes.js';
import { gather } from './exchange.js';
import type { PlacementContext } from './placement-context.js';
import { isWhole, onEachTask, SINGLE, type Placed } from './placed.js';

/** ORDER BY of everything: rows are gathered and sorted by one task. */
export function placeOrder(node: OrderNode, input: Placed, context: PlacementContext): Placed {
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
          plan: { ...node, input: piece.plan, limit: reach, offset: 0 },
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
          plan: { ...node, input: piece.plan, limit: reach, offset: 0 },
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
