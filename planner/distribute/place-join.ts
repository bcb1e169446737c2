import type { Expression } from '../plan/expressions.js';
import type { CrossProductNode, JoinCondition, JoinNode, PlanNode } from '../plan/nodes.js';
import { mapRefs } from '../plan/rewrite-expression.js';
import { estimateBytes, joinEstimate } from './estimate.js';
import { broadcast, gather, shuffle } from './exchange.js';
import { alignedConditions, hashConditions } from './join-keys.js';
import { joinOutput, mayRepeatLeft, mayRepeatRight } from './join-side.js';
import { chooseJoinStrategy, isShuffleForced } from './join-strategy.js';
import { plainColumn, refs, withKeyColumns, type WithKeys } from './key-columns.js';
import { isMembership, placeMembership } from './place-membership.js';
import type { PlacementContext } from './placement-context.js';
import { columnRange, isWhole, keepColumns, onEachTask, SINGLE, unionOf, type Layout, type PartitionKey, type Placed } from './placed.js';
import { readTwice } from './read-twice.js';

/** A cross product is an inner join without conditions. */
export function placeCrossProduct(node: CrossProductNode, left: Placed, right: Placed, context: PlacementContext): Placed {
  const join: JoinNode = {
    kind: 'join',
    joinType: 'inner',
    left: node.left,
    right: node.right,
    conditions: [],
    residual: null,
    leftProjection: null,
    rightProjection: null,
    output: node.output,
  };
  return placeJoin(join, left, right, context);
}

/** Joins where the rows already meet, else moves one side to all tasks of the other, or both by the hash of their keys. */
export function placeJoin(node: JoinNode, left: Placed, right: Placed, context: PlacementContext): Placed {
  const usable = hashConditions(node.conditions, node.joinType);
  const canHash = usable.length > 0;
  const isShuffleAsked = isShuffleForced(node.left, node.right, context);
  const isForced = canHash && isShuffleAsked;
  if (!isForced && isWhole(left) && isWhole(right)) {
    return joined(node, left, right, wholeLayout(left, right));
  }
  if (!canHash && isMembership(node) && (isShuffleAsked || !isBroadcastable(right, context))) {
    return placeMembership(node, left, right, context, (join, movedLeft, movedRight) =>
      joined(join, movedLeft, movedRight, outputLayout(join, movedLeft, movedLeft.layout, 'left')),
    );
  }
  if (!canHash && node.joinType === 'full') {
    return fullWithoutKeys(node, readTwice(left, context), readTwice(right, context), context);
  }
  if (!isForced && right.layout.kind === 'replicated' && mayRepeatRight(node.joinType)) {
    return joinEachLeft(node, left, right);
  }
  if (!isForced && left.layout.kind === 'replicated' && mayRepeatLeft(node.joinType)) {
    return joinEachRight(node, left, right);
  }
  const exchange = planHashExchange(node, left, right, usable, context);
  const strategy = chooseJoinStrategy(
    node.joinType,
    { node: node.left, placed: left },
    { node: node.right, placed: right },
    { isPossible: canHash, movesLeft: exchange.movesLeft, movesRight: exchange.movesRight },
    context,
  );
  switch (strategy.kind) {
    case 'broadcast-right':
      return joinEachLeft(node, left, broadcast(right, strategy.reason, context));
    case 'broadcast-left':
      return joinEachRight(node, broadcast(left, strategy.reason, context), right);
    case 'gather':
      return joined(node, gather(left, strategy.reason, context), gather(right, strategy.reason, context), SINGLE);
    case 'hash':
      return hashJoin(node, left, right, exchange, strategy.reason, context);
  }
}

/** True when a broadcast of the side is within the limit. */
function isBroadcastable(side: Placed, context: PlacementContext): boolean {
  return side.layout.kind === 'replicated' || estimateBytes(side.estimate, side.plan.output) <= context.options.broadcastByteLimit;
}

/**
 * A full join without a key: each task joins its left rows with all right rows; and the right rows that no left row
 * anywhere meets follow, beside NULLs.
 */
function fullWithoutKeys(node: JoinNode, left: Placed, right: Placed, context: PlacementContext): Placed {
  const reason = 'no equality to hash by';
  const matched = joinEachLeft({ ...node, joinType: 'left' }, left, broadcast(right, reason, context));
  const rightOutput = (node.rightProjection ?? columnRange(0, node.right.output.length)).flatMap((column) => node.right.output[column] ?? []);
  const unmatched = joinEachRight({ ...node, joinType: 'right_anti', output: rightOutput }, broadcast(left, reason, context), right);
  const nulls = node.output.slice(0, node.output.length - rightOutput.length).map((type): Expression => ({ kind: 'constant', type, value: { kind: 'null' } }));
  const expressions = [...nulls, ...refs(rightOutput)];
  const padded = onEachTask(unmatched, (piece) => ({
    plan: { kind: 'projection', input: piece.plan, expressions, names: expressions.map(() => null), output: node.output },
    layout: keepColumns(piece.layout, [...nulls.map(() => null), ...columnRange(0, rightOutput.length)]),
    estimate: piece.estimate,
  }));
  return unionOf([matched, padded]);
}

function wholeLayout(left: Placed, right: Placed): Layout {
  return left.layout.kind === 'replicated' && right.layout.kind === 'replicated' ? { kind: 'replicated' } : SINGLE;
}

/** Each task joins its left rows with all right rows. */
function joinEachLeft(node: JoinNode, left: Placed, right: Placed): Placed {
  return onEachTask(left, (piece) => joined(node, piece, right, outputLayout(node, piece, piece.layout, 'left')));
}

function joinEachRight(node: JoinNode, left: Placed, right: Placed): Placed {
  return onEachTask(right, (piece) => joined(node, left, piece, outputLayout(node, left, piece.layout, 'right')));
}

function joined(node: JoinNode, left: Placed, right: Placed, layout: Layout): Placed {
  const hasEquality = node.conditions.some((condition) => condition.comparison === '=' || condition.comparison === 'IS NOT DISTINCT FROM');
  return { plan: withInputs(node, left.plan, right.plan), layout, estimate: joinedEstimate(node, left, right, hasEquality) };
}

function joinedEstimate(node: JoinNode, left: Placed, right: Placed, hasEquality: boolean): Placed['estimate'] {
  const { estimate } = left;
  const matched = joinEstimate(estimate, right.estimate, hasEquality);
  switch (node.joinType) {
    case 'inner':
      return matched;
    case 'left':
    case 'single':
    case 'mark':
    case 'anti':
      return { ...matched, rows: Math.max(estimate.rows, node.joinType === 'left' ? matched.rows : 0) };
    case 'semi':
      return { ...matched, rows: semiRows(estimate.rows, matched.rows) };
    case 'right':
    case 'right_anti':
      return { ...matched, rows: Math.max(right.estimate.rows, node.joinType === 'right' ? matched.rows : 0) };
    case 'right_semi':
      return { ...matched, rows: semiRows(right.estimate.rows, matched.rows) };
    case 'full':
      return { ...matched, rows: Math.max(estimate.rows, right.estimate.rows, matched.rows) };
  }
}

/** Rows with a partner. Keys of one entity are often correlated, so the product of filters guesses too few. */
function semiRows(rows: number, matched: number): number {
  return Math.min(rows, Math.max(matched, rows * SEMI_SELECTIVITY_MIN));
}

const SEMI_SELECTIVITY_MIN = 0.25;

/** The join over placed inputs; an inner join without conditions is a cross product again. */
function withInputs(node: JoinNode, left: PlanNode, right: PlanNode): PlanNode {
  const isCross =
    node.joinType === 'inner' && node.conditions.length === 0 && node.residual === null && node.leftProjection === null && node.rightProjection === null;
  return isCross ? { kind: 'cross_product', left, right, output: node.output } : { ...node, left, right };
}

/** The layout of a join's output, from that of the side that was not repeated. */
function outputLayout(node: JoinNode, left: Placed, layout: Layout, side: 'left' | 'right'): Layout {
  if (layout.kind !== 'hash' || layout.keys === null) {
    return layout;
  }
  const width = left.plan.output.length;
  const keys = layout.keys.map((key) => ({ ...key, columns: key.columns.map((column) => (side === 'left' ? column : column + width)) }));
  return keepColumns({ ...layout, keys }, outputSources(node, width));
}

/** For each output column, the column among left then right input columns that it is. */
function outputSources(node: JoinNode, leftWidth: number): readonly (number | null)[] {
  const gives = joinOutput(node.joinType);
  const left = node.leftProjection ?? columnRange(0, node.left.output.length);
  const right = node.rightProjection ?? columnRange(0, node.right.output.length);
  return [...(gives.left ? left : []), ...(gives.right ? right.map((column) => column + leftWidth) : []), ...(gives.mark ? [null] : [])];
}

/** Which conditions a hash join's sides are partitioned by, and which sides have to move for it. */
interface HashExchange {
  readonly conditions: readonly number[];
  readonly partitionCount: number;
  readonly movesLeft: boolean;
  readonly movesRight: boolean;
}

function planHashExchange(node: JoinNode, left: Placed, right: Placed, usable: readonly number[], context: PlacementContext): HashExchange {
  const byLeft = alignedConditions(left.layout, 'left', node.conditions, usable, context);
  const byRight = alignedConditions(right.layout, 'right', node.conditions, usable, context);
  const leftCount = left.layout.kind === 'hash' ? left.layout.partitionCount : 0;
  const rightCount = right.layout.kind === 'hash' ? right.layout.partitionCount : 0;
  if (byLeft !== null && byRight !== null && leftCount === rightCount && byLeft.join() === byRight.join()) {
    return { conditions: byLeft, partitionCount: leftCount, movesLeft: false, movesRight: false };
  }
  if (byLeft !== null && (byRight === null || left.estimate.rows >= right.estimate.rows)) {
    return { conditions: byLeft, partitionCount: leftCount, movesLeft: false, movesRight: true };
  }
  if (byRight !== null) {
    return { conditions: byRight, partitionCount: rightCount, movesLeft: true, movesRight: false };
  }
  return { conditions: usable, partitionCount: context.partitionCount, movesLeft: true, movesRight: true };
}

function hashJoin(node: JoinNode, left: Placed, right: Placed, exchange: HashExchange, reason: string, context: PlacementContext): Placed {
  const used = exchange.conditions.flatMap((index) => node.conditions[index] ?? []);
  const leftKeys = withKeyColumns(left, exchange.movesLeft ? used.map((condition) => condition.left) : []);
  const rightKeys = withKeyColumns(right, exchange.movesRight ? used.map((condition) => condition.right) : []);
  const movedLeft = exchange.movesLeft ? shuffle(leftKeys.placed, leftKeys.keys, exchange.partitionCount, reason, context) : left;
  const movedRight = exchange.movesRight ? shuffle(rightKeys.placed, rightKeys.keys, exchange.partitionCount, reason, context) : right;
  const widened = overWidened(node, movedLeft, movedRight, exchange, leftKeys, rightKeys);
  const width = movedLeft.plan.output.length;
  const keys = partitionKeys(node, movedLeft.layout, movedRight.layout, width);
  const layout: Layout = { kind: 'hash', partitionCount: exchange.partitionCount, keys };
  return joined(widened, movedLeft, movedRight, keepColumns(layout, outputSources(widened, width)));
}

/** The same join over inputs that may have key columns at their end. */
function overWidened(node: JoinNode, left: Placed, right: Placed, exchange: HashExchange, leftKeys: WithKeys, rightKeys: WithKeys): JoinNode {
  const computed = (condition: JoinCondition, index: number): JoinCondition => {
    const position = exchange.conditions.indexOf(index);
    return { ...condition, left: keyOr(condition.left, leftKeys, position), right: keyOr(condition.right, rightKeys, position) };
  };
  return {
    ...node,
    left: left.plan,
    right: right.plan,
    conditions: node.conditions.map(computed),
    residual: node.residual === null ? null : shiftRight(node.residual, node.left.output.length, leftKeys.addedCount),
    leftProjection: keptColumns(node.leftProjection, node.left.output.length, leftKeys.addedCount),
    rightProjection: keptColumns(node.rightProjection, node.right.output.length, rightKeys.addedCount),
  };
}

function keyOr(expression: Expression, keys: WithKeys, position: number): Expression {
  const key = keys.keys[position];
  return key === undefined || plainColumn(expression) !== null ? expression : { kind: 'ref', index: key.column, type: key.type };
}

function keptColumns(projection: readonly number[] | null, width: number, addedCount: number): readonly number[] | null {
  return addedCount === 0 ? projection : (projection ?? columnRange(0, width));
}

function shiftRight(residual: Expression, leftWidth: number, addedCount: number): Expression {
  return mapRefs(residual, (reference) => (reference.index < leftWidth ? reference : { ...reference, index: reference.index + addedCount }));
}

/** Where an output row of a hash join is: by the keys of the sides that are never filled with NULL. */
function partitionKeys(node: JoinNode, left: Layout, right: Layout, leftWidth: number): readonly PartitionKey[] | null {
  const { keySides } = joinOutput(node.joinType);
  if (left.kind !== 'hash' || right.kind !== 'hash' || left.keys === null || right.keys === null || keySides === 'none') {
    return null;
  }
  const { keys: rightKeys } = right;
  return left.keys.map((key, index) => ({
    type: key.type,
    columns: [
      ...(keySides === 'right' ? [] : key.columns),
      ...(keySides === 'left' ? [] : (rightKeys[index]?.columns ?? []).map((column) => column + leftWidth)),
    ],
  }));
}
