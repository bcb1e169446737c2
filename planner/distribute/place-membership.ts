import type { AggregateCall, Expression } from '../plan/expressions.js';
import type { AggregateNode, JoinCondition, JoinNode, PlanNode } from '../plan/nodes.js';
import { scalar, sameDataType } from '../types/data-type.js';
import { broadcast, shuffle } from './exchange.js';
import { isHashable, refs, withKeyColumns } from './key-columns.js';
import { placeAggregate } from './place-aggregate.js';
import type { PlacementContext } from './placement-context.js';
import { columnRange, keepColumns, onEachTask, type Placed } from './placed.js';

const BOOLEAN = scalar('BOOLEAN');
const BIGINT = scalar('BIGINT');

/** True for `x IN (subquery)` as a value: a mark join on one equality that both sides can be hashed by. */
export function isMembership(node: JoinNode): boolean {
  const [condition] = node.conditions;
  return (
    node.joinType === 'mark' &&
    node.conditions.length === 1 &&
    node.residual === null &&
    condition?.comparison === '=' &&
    sameDataType(condition.left.type, condition.right.type) &&
    isHashable(condition.left.type)
  );
}

/**
 * IN over a subquery too large for every task: both sides move by the hash of the value, which says whether it is found.
 * Whether the answer is unknown otherwise depends on two facts about the whole subquery, sent to every task: whether it
 * has rows, and whether one of them is NULL.
 */
export function placeMembership(
  node: JoinNode,
  left: Placed,
  right: Placed,
  context: PlacementContext,
  joinHere: (join: JoinNode, left: Placed, right: Placed) => Placed,
): Placed {
  const [condition] = node.conditions;
  if (condition === undefined) {
    throw new Error('IN without a condition');
  }
  const leftKeys = withKeyColumns(left, [condition.left]);
  const rightKeys = withKeyColumns(right, [condition.right]);
  const reason = 'IN by value';
  const movedLeft = shuffle(leftKeys.placed, leftKeys.keys, context.partitionCount, reason, context);
  const movedRight = shuffle(rightKeys.placed, rightKeys.keys, context.partitionCount, reason, context);
  const leftKey = leftKeys.addedCount === 0 ? condition.left : lastColumn(movedLeft);
  const rightKey = rightKeys.addedCount === 0 ? condition.right : lastColumn(movedRight);

  const found: JoinCondition = { left: leftKey, right: rightKey, comparison: 'IS NOT DISTINCT FROM' };
  const output = [...movedLeft.plan.output, BOOLEAN];
  const join: JoinNode = { ...node, left: movedLeft.plan, right: movedRight.plan, conditions: [found], leftProjection: null, rightProjection: null, output };
  const marked = joinHere(join, movedLeft, movedRight);
  const facts = broadcast(placeAggregate(factsOf(rightKey, movedRight), movedRight, context), 'whether IN has rows and NULLs', context);
  const width = output.length;
  const kept = node.leftProjection ?? columnRange(0, node.left.output.length);
  const value = answer(
    leftKey,
    { kind: 'ref', index: width - 1, type: BOOLEAN },
    { kind: 'ref', index: width, type: BIGINT },
    { kind: 'ref', index: width + 1, type: BIGINT },
  );
  const expressions = [...kept.flatMap((column) => refs(output)[column] ?? []), value];
  return onEachTask(marked, (piece) => {
    const beside: PlanNode = { kind: 'cross_product', left: piece.plan, right: facts.plan, output: [...output, BIGINT, BIGINT] };
    return {
      plan: { kind: 'projection', input: beside, expressions, names: expressions.map(() => null), output: node.output },
      layout: keepColumns(piece.layout, [...kept, null]),
      estimate: piece.estimate,
    };
  });
}

function lastColumn(placed: Placed): Expression {
  const column = refs(placed.plan.output).at(-1);
  if (column === undefined) {
    throw new Error('a key column that is not there');
  }
  return column;
}

/** Rows of the subquery, and those of them that are not NULL. */
function factsOf(key: Expression, rows: Placed): AggregateNode {
  const count = (operands: readonly Expression[]): AggregateCall => ({
    name: 'count',
    arguments: operands,
    distinct: false,
    filter: null,
    orderBy: [],
    boundArguments: [],
    type: BIGINT,
  });
  return {
    kind: 'aggregate',
    input: rows.plan,
    groups: [],
    groupingSets: null,
    aggregates: [count([]), count([key])],
    groupingCalls: [],
    output: [BIGINT, BIGINT],
  };
}

/** IN's three values: false of no rows; unknown for NULL; true when found; unknown when a NULL could be it; else false. */
function answer(key: Expression, found: Expression, rows: Expression, values: Expression): Expression {
  const zero: Expression = { kind: 'constant', type: BIGINT, value: { kind: 'text', text: '0' } };
  const compare = (comparison: '=' | '<', left: Expression, right: Expression): Expression => ({ kind: 'comparison', comparison, left, right, type: BOOLEAN });
  const truth = (text: string): Expression => ({ kind: 'constant', type: BOOLEAN, value: { kind: 'text', text } });
  const unknown: Expression = { kind: 'constant', type: BOOLEAN, value: { kind: 'null' } };
  return {
    kind: 'case',
    branches: [
      { condition: compare('=', rows, zero), result: truth('false') },
      { condition: { kind: 'operator', operator: 'IS NULL', arguments: [key], type: BOOLEAN }, result: unknown },
      { condition: found, result: truth('true') },
      { condition: compare('<', values, rows), result: unknown },
    ],
    otherwise: truth('false'),
    type: BOOLEAN,
  };
}
