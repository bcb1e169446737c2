import type { Hint } from '../parse/hint.js';
import type { JoinType, PlanNode } from '../plan/nodes.js';
import { walkPlan } from '../plan/walk-plan.js';
import { estimateBytes } from './estimate.js';
import { mayRepeatLeft, mayRepeatRight } from './join-side.js';
import type { PlacementContext } from './placement-context.js';
import { taskCount, type Placed } from './placed.js';
import { warn } from './resolve-hints.js';

/** How a join's rows are brought together, and why. */
export interface JoinStrategy {
  readonly kind: 'broadcast-left' | 'broadcast-right' | 'hash' | 'gather';
  readonly reason: string;
}

/** One side of a join: as it was planned, and as it is placed. */
export interface JoinSide {
  readonly node: PlanNode;
  readonly placed: Placed;
}

/** A side this small is broadcast without comparing costs: its file is read faster than a shuffle is set up. */
const ALWAYS_BROADCAST_BYTES = 256 * 1024;

/**
 * Chooses by hints first, then by the bytes each way moves: a broadcast sends one side to every task of the other, a
 * hash join moves both sides once (or only those that are not partitioned by the keys already).
 */
export function chooseJoinStrategy(
  joinType: JoinType,
  left: JoinSide,
  right: JoinSide,
  hash: { readonly isPossible: boolean; readonly movesLeft: boolean; readonly movesRight: boolean },
  context: PlacementContext,
): JoinStrategy {
  const canRight = mayRepeatRight(joinType);
  const canLeft = mayRepeatLeft(joinType);
  const canHash = hash.isPossible;
  const hinted = byHint(joinType, left, right, canHash, context);
  if (hinted !== null) {
    return hinted;
  }
  const leftBytes = estimateBytes(left.placed.estimate, left.placed.plan.output);
  const rightBytes = estimateBytes(right.placed.estimate, right.placed.plan.output);
  if (!canHash) {
    return withoutHash(joinType, canLeft, canRight, leftBytes, rightBytes, context);
  }
  const hashBytes = (hash.movesLeft ? leftBytes : 0) + (hash.movesRight ? rightBytes : 0);
  const limit = context.options.broadcastByteLimit;
  const pays = (bytes: number, tasks: number): boolean => bytes <= limit && (bytes <= Math.min(ALWAYS_BROADCAST_BYTES, limit) || bytes * tasks <= hashBytes);
  if (context.isOn('broadcast-join') && hashBytes > 0) {
    const rightPays = canRight && pays(rightBytes, taskCount(left.placed.layout));
    const leftPays = canLeft && pays(leftBytes, taskCount(right.placed.layout));
    if (rightPays && (!leftPays || rightBytes <= leftBytes)) {
      return { kind: 'broadcast-right', reason: 'the right side is small' };
    }
    if (leftPays) {
      return { kind: 'broadcast-left', reason: 'the left side is small' };
    }
  }
  return { kind: 'hash', reason: 'join keys' };
}

/** Without an equality that can be hashed only a broadcast keeps the join in several tasks. */
function withoutHash(joinType: JoinType, canLeft: boolean, canRight: boolean, leftBytes: number, rightBytes: number, context: PlacementContext): JoinStrategy {
  const why = joinType === 'mark' ? 'IN and ANY need all of the right side' : 'no equality to hash by';
  if (canRight && (!canLeft || rightBytes <= leftBytes)) {
    return { kind: 'broadcast-right', reason: why };
  }
  if (canLeft) {
    return { kind: 'broadcast-left', reason: why };
  }
  const reason = `a ${joinType} join without an equality runs in one task`;
  context.reasons.add(reason);
  return { kind: 'gather', reason };
}

function byHint(joinType: JoinType, left: JoinSide, right: JoinSide, canHash: boolean, context: PlacementContext): JoinStrategy | null {
  const { hints } = context;
  for (const [side, kind, may] of [
    [right, 'broadcast-right', mayRepeatRight(joinType)],
    [left, 'broadcast-left', mayRepeatLeft(joinType)],
  ] as const) {
    const hint = hintOf(side.node, hints.broadcasts);
    if (hint !== null && obey(hint, may, `hint BROADCAST cannot be used here: a ${joinType} join would repeat rows`, context)) {
      return { kind, reason: 'hint BROADCAST' };
    }
  }
  for (const side of [left, right]) {
    const hint = hintOf(side.node, hints.shuffles);
    if (hint !== null && obey(hint, canHash, 'hint SHUFFLE_HASH cannot be used here: the join has no equality to hash by', context)) {
      return { kind: 'hash', reason: 'hint SHUFFLE_HASH' };
    }
  }
  if (hints.shuffleAll !== null && canHash) {
    hints.obeyed.add(hints.shuffleAll);
    return { kind: 'hash', reason: 'hint SHUFFLE_HASH' };
  }
  return null;
}

function obey(hint: Hint, may: boolean, refusal: string, context: PlacementContext): boolean {
  // Either way the hint has met its join: it is not reported a second time as never used.
  if (!may && !context.hints.obeyed.has(hint)) {
    context.notices.push(warn(hint, refusal));
  }
  context.hints.obeyed.add(hint);
  return may;
}

/** True when a hint asks that this join's sides be shuffled, even where they need not move. */
export function isShuffleForced(left: PlanNode, right: PlanNode, context: PlacementContext): boolean {
  return context.hints.shuffleAll !== null || hintOf(left, context.hints.shuffles) !== null || hintOf(right, context.hints.shuffles) !== null;
}

/** The hint on a side: that of its only table. */
function hintOf(side: PlanNode, hints: ReadonlyMap<number, Hint>): Hint | null {
  if (hints.size === 0) {
    return null;
  }
  const references = new Set<number>();
  walkPlan(side, (node) => {
    if (node.kind === 'scan') {
      references.add(node.reference);
    }
  });
  const [only] = references;
  return references.size === 1 && only !== undefined ? (hints.get(only) ?? null) : null;
}
