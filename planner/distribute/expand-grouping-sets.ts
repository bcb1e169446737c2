import type { AggregateCall, Expression } from '../plan/expressions.js';
import type { AggregateNode, PlanNode, ValuesNode } from '../plan/nodes.js';
import { mapRefs } from '../plan/rewrite-expression.js';
import { scalar, type DataType } from '../types/data-type.js';
import { refs } from './key-columns.js';
import { columnRange, keepColumns, onEachTask, unionOf, type Placed } from './placed.js';

const INTEGER = scalar('INTEGER');
const BIGINT = scalar('BIGINT');
const BOOLEAN = scalar('BOOLEAN');

/** A GROUP BY of plain groups that gives what grouping sets gave, and how to get their columns out of it. */
export interface ExpandedGroupingSets {
  readonly node: AggregateNode;
  readonly input: Placed;
  /** Over the plain aggregate's output, in the order of the original node's. */
  readonly results: readonly Expression[];
}

/**
 * Grouping sets as one plain GROUP BY: every row is repeated once for each set, its groups outside that set NULL, beside
 * the set's number. The empty set has a row even without input: one more row stands for it, which no call looks at.
 */
export function expandGroupingSets(node: AggregateNode, input: Placed): ExpandedGroupingSets {
  const sets = node.groupingSets ?? [];
  const inputTypes = input.plan.output;
  const groupTypes = node.groups.map((group) => group.type);
  const rowTypes = [...groupTypes, INTEGER, BOOLEAN, ...inputTypes];
  const repeated = onEachTask(input, (piece) => {
    const plan = rowsOfSets(node, sets, piece.plan, rowTypes);
    return {
      plan,
      layout: keepColumns(piece.layout, [...rowTypes.slice(inputTypes.length).map(() => null), ...columnRange(0, inputTypes.length)]),
      estimate: many(piece, sets.length),
    };
  });
  const setColumn = groupTypes.length;
  const realColumn = setColumn + 1;
  const emptySets = sets.flatMap((set, number) => (set.length === 0 ? [number] : []));
  const rows = emptySets.length === 0 ? repeated : unionOf([repeated, emptyRows(emptySets, rowTypes, setColumn)]);
  const isReal: Expression = { kind: 'ref', index: realColumn, type: BOOLEAN };
  const aggregates = node.aggregates.map((call) => overRows(call, realColumn + 1, emptySets.length === 0 ? null : isReal));
  const groups = refs([...groupTypes, INTEGER]);
  const plain: AggregateNode = {
    kind: 'aggregate',
    input: rows.plan,
    groups,
    groupingSets: null,
    aggregates,
    groupingCalls: [],
    output: [...groups.map((group) => group.type), ...aggregates.map((call) => call.type)],
  };
  const columns = refs(plain.output);
  const set: Expression = { kind: 'ref', index: setColumn, type: INTEGER };
  const groupingValues = node.groupingCalls.map((call) => perSet(set, sets, (members) => integer(groupingValue(call, members), BIGINT)));
  return { node: plain, input: rows, results: [...columns.slice(0, setColumn), ...columns.slice(setColumn + 1), ...groupingValues] };
}

function rowsOfSets(node: AggregateNode, sets: readonly (readonly number[])[], input: PlanNode, rowTypes: readonly DataType[]): PlanNode {
  const numbers: ValuesNode = { kind: 'values', rows: sets.map((_, number) => [integer(number, INTEGER)]), output: [INTEGER] };
  const crossed: PlanNode = { kind: 'cross_product', left: input, right: numbers, output: [...input.output, INTEGER] };
  const set: Expression = { kind: 'ref', index: input.output.length, type: INTEGER };
  const masked = node.groups.map((group, index) => {
    const numbersWith = sets.flatMap((members, number) => (members.includes(index) ? [number] : []));
    return numbersWith.length === sets.length ? group : maskedGroup(group, set, numbersWith);
  });
  const expressions: readonly Expression[] = [...masked, set, truth(true), ...refs(input.output)];
  return { kind: 'projection', input: crossed, expressions, names: expressions.map(() => null), output: rowTypes };
}

function maskedGroup(group: Expression, set: Expression, numbers: readonly number[]): Expression {
  const condition: Expression =
    numbers.length === 0
      ? truth(false)
      : { kind: 'operator', operator: 'IN', arguments: [set, ...numbers.map((number) => integer(number, INTEGER))], type: BOOLEAN };
  return { kind: 'case', branches: [{ condition, result: group }], otherwise: nullOf(group.type), type: group.type };
}

/** A row for each empty set that is there whatever the input has; `real` is false in it. */
function emptyRows(emptySets: readonly number[], rowTypes: readonly DataType[], setColumn: number): Placed {
  const rows = emptySets.map((number) =>
    rowTypes.map((type, column) => (column === setColumn ? integer(number, INTEGER) : column === setColumn + 1 ? truth(false) : nullOf(type))),
  );
  return { plan: { kind: 'values', rows, output: rowTypes }, layout: { kind: 'replicated' }, estimate: { rows: rows.length, base: rows.length } };
}

/** The call over repeated rows, whose input columns start at `first`; the empty sets' own rows are left out where they could count. */
function overRows(call: AggregateCall, first: number, isReal: Expression | null): AggregateCall {
  const moved = (expression: Expression): Expression => mapRefs(expression, (reference) => ({ ...reference, index: reference.index + first }));
  const filter = call.filter === null ? null : moved(call.filter);
  const needsFilter = isReal !== null && !(skipsNulls(call) && filter === null);
  return {
    ...call,
    arguments: call.arguments.map(moved),
    orderBy: call.orderBy.map((key) => ({ ...key, expression: moved(key.expression) })),
    filter: !needsFilter ? filter : filter === null ? isReal : { kind: 'conjunction', operator: 'AND', arguments: [isReal, filter], type: BOOLEAN },
  };
}

/** Functions that a row of NULLs says nothing to; without a filter DISTINCT can be computed in steps. */
const NULL_SKIPPING: ReadonlySet<string> = new Set(['count', 'sum', 'avg', 'min', 'max']);

function skipsNulls(call: AggregateCall): boolean {
  return NULL_SKIPPING.has(call.name.toLowerCase()) && call.arguments.length === 1 && call.arguments[0]?.kind === 'ref';
}

function perSet(set: Expression, sets: readonly (readonly number[])[], value: (members: readonly number[]) => Expression): Expression {
  const branches = sets.map((members, number) => ({
    condition: { kind: 'comparison', comparison: '=', left: set, right: integer(number, INTEGER), type: BOOLEAN } satisfies Expression,
    result: value(members),
  }));
  return { kind: 'case', branches, otherwise: nullOf(BIGINT), type: BIGINT };
}

/** GROUPING(a, b): a bit for each, the first the highest, set where the group is not in the set. */
function groupingValue(call: readonly number[], members: readonly number[]): number {
  return call.reduce((bits, group) => bits * 2 + (members.includes(group) ? 0 : 1), 0);
}

function integer(value: number, type: DataType): Expression {
  return { kind: 'constant', type, value: { kind: 'text', text: String(value) } };
}

function truth(value: boolean): Expression {
  return { kind: 'constant', type: BOOLEAN, value: { kind: 'text', text: String(value) } };
}

function nullOf(type: DataType): Expression {
  return { kind: 'constant', type, value: { kind: 'null' } };
}

function many(piece: Placed, count: number): Placed['estimate'] {
  return { ...piece.estimate, rows: piece.estimate.rows * count };
}
