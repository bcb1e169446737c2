import type { DistinctNode, SetOperationNode, WindowNode } from '../plan/nodes.js';
import { sameExpression } from '../plan/rewrite-expression.js';
import type { WindowCall, Expression } from '../plan/expressions.js';
import { groupEstimate } from './estimate.js';
import { gather, shuffle } from './exchange.js';
import { isHashable, pickColumns, refs } from './key-columns.js';
import { colocate, isPartitionedBy } from './place-by-key.js';
import type { PlacementContext } from './placement-context.js';
import { columnRange, isWhole, keepColumns, onEachTask, SINGLE, type Layout, type Placed } from './placed.js';

/** What an operator that must see its rows together gives: one task stays one task, partitions stay partitions. */
function afterGrouping(input: Placed): Layout {
  return isWhole(input) ? SINGLE : input.layout;
}

/**
 * DISTINCT: duplicates are dropped in each task first, then where equal rows meet. DISTINCT ON brings the rows of a
 * key together, for only all of them tell which comes first.
 */
export function placeDistinct(node: DistinctNode, input: Placed, context: PlacementContext): Placed {
  const targets = node.on || node.targets.length > 0 ? node.targets : refs(input.plan.output);
  const isLocalUseful = !node.on && !isWhole(input) && !isPartitionedBy(input, targets, context) && context.isOn('partial-distinct');
  const reduced = isLocalUseful ? onEachTask(input, (piece) => ({ ...piece, plan: { ...node, input: piece.plan } })) : input;
  const { placed, expressions, addedCount } = colocate(reduced, targets, node.on ? 'DISTINCT ON' : 'DISTINCT', context);
  const distinct: Placed = {
    plan: { ...node, input: placed.plan, targets: node.targets.length === 0 ? [] : expressions, output: placed.plan.output },
    layout: afterGrouping(placed),
    estimate: groupEstimate(
      input.estimate,
      targets.map((target) => target.type),
    ),
  };
  return addedCount === 0 ? distinct : pickColumns(distinct, columnRange(0, node.output.length));
}

/** INTERSECT and EXCEPT compare whole rows, NULLs as equal, as hashes of rows do. */
export function placeSetOperation(node: SetOperationNode, left: Placed, right: Placed, context: PlacementContext): Placed {
  const estimate = left.estimate;
  if (isWhole(left) && isWhole(right)) {
    return { plan: { ...node, left: left.plan, right: right.plan }, layout: SINGLE, estimate };
  }
  const name = node.operation.toUpperCase();
  if (!node.output.every(isHashable)) {
    const reason = `${name} runs in one task: a column's type cannot be hashed`;
    context.reasons.add(reason);
    return { plan: { ...node, left: gather(left, reason, context).plan, right: gather(right, reason, context).plan }, layout: SINGLE, estimate };
  }
  const keys = node.output.map((type, column) => ({ column, type }));
  const [movedLeft, movedRight] = [left, right].map((side) => shuffle(side, keys, context.partitionCount, `${name} compares whole rows`, context));
  if (movedLeft === undefined || movedRight === undefined) {
    throw new Error('a set operation has two inputs');
  }
  return { plan: { ...node, left: movedLeft.plan, right: movedRight.plan }, layout: movedLeft.layout, estimate };
}

/** Windows: rows of a partition must meet. Several calls share the PARTITION BY expressions that all of them have. */
export function placeWindow(node: WindowNode, input: Placed, context: PlacementContext): Placed {
  const shared = sharedPartitionBy(node.calls);
  const what = shared.length === 0 ? 'a window without a common PARTITION BY' : 'a window';
  const { placed, addedCount } = colocate(input, shared, what, context);
  const width = input.plan.output.length;
  const output = [...placed.plan.output, ...node.calls.map((call) => call.type)];
  const window: Placed = {
    plan: { ...node, input: placed.plan, output },
    layout: keepColumns(afterGrouping(placed), [...columnRange(0, width + addedCount), ...node.calls.map(() => null)]),
    estimate: placed.estimate,
  };
  return addedCount === 0 ? window : pickColumns(window, [...columnRange(0, width), ...columnRange(width + addedCount, node.calls.length)]);
}

function sharedPartitionBy(calls: readonly WindowCall[]): readonly Expression[] {
  const [first, ...rest] = calls;
  return (first?.partitionBy ?? []).filter(
    (expression) => expression.kind !== 'constant' && rest.every((call) => call.partitionBy.some((other) => sameExpression(expression, other))),
  );
}
