import type { DistinctNode, SetOperationNode } from '../plan/nodes.js';
import { groupEstimate } from './estimate.js';
import { gather, shuffle } from './exchange.js';
import { isHashable, pickColumns, refs } from './key-columns.js';
import { colocate, isPartitionedBy } from './place-by-key.js';
import type { PlacementContext } from './placement-context.js';
import { afterGrouping, columnRange, isWhole, onEachTask, SINGLE, type Placed } from './placed.js';

/**
 * DISTINCT: duplicates are dropped in each task first, then where equal rows meet. DISTINCT ON brings the rows of a
 * key together, for only all of them tell which comes first.
 */
export function placeDistinct(node: DistinctNode, input: Placed, context: PlacementContext): Placed {
  const targets = node.on || node.targets.length > 0 ? node.targets : refs(input.plan.output);
  const isLocalUseful = !node.on && !isWhole(input) && !isPartitionedBy(input, targets, context) && context.isOn('partial-distinct');
  const reduced = isLocalUseful ? onEachTask(input, (piece) => ({ ...piece, plan: { ...node, input: piece.plan, isPartial: true } })) : input;
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
