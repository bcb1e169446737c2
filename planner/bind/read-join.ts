import type { Expression } from '../plan/expressions.js';
import type { DelimJoinNode, JoinCondition, JoinNode, JoinType, PlanNode } from '../plan/nodes.js';
import { referencedColumns, shiftRefs } from '../plan/rewrite-expression.js';
import { scalar, type DataType } from '../types/data-type.js';
import { booleanField, expectFields, indexesField, objectField, objectsField, textField, unknown, nameSet } from './json-fields.js';
import type { JsonObject } from './json-text.js';
import { readComparison, readExpression, readExpressions } from './read-expression.js';

const FIELDS = nameSet(
  'type children join_type mark_index left_projection_map right_projection_map conditions condition mark_types duplicate_eliminated_columns delim_flipped',
);

const CONDITION_FIELDS = nameSet('left right comparison');

const JOIN_TYPES: ReadonlyMap<string, JoinType> = new Map<string, JoinType>([
  ['INNER', 'inner'],
  ['LEFT', 'left'],
  ['RIGHT', 'right'],
  ['OUTER', 'full'],
  ['FULL', 'full'],
  ['SEMI', 'semi'],
  ['ANTI', 'anti'],
  ['RIGHT_SEMI', 'right_semi'],
  ['RIGHT_ANTI', 'right_anti'],
  ['MARK', 'mark'],
  ['SINGLE', 'single'],
]);

/** Reads LOGICAL_COMPARISON_JOIN or LOGICAL_ANY_JOIN over inputs already read. */
export function readJoin(json: JsonObject, left: PlanNode, right: PlanNode): PlanNode {
  const join = readJoinNode(json, left, right);
  return membershipInConstants(join) ?? join;
}

/** Reads LOGICAL_DELIM_JOIN. */
export function readDelimJoin(json: JsonObject, left: PlanNode, right: PlanNode): DelimJoinNode {
  const join = readJoinNode(json, left, right);
  return {
    kind: 'delim_join',
    join,
    duplicateEliminated: readExpressions(objectsField(json, 'duplicate_eliminated_columns')),
    flipped: booleanField(json, 'delim_flipped'),
    output: join.output,
  };
}

function readJoinNode(json: JsonObject, left: PlanNode, right: PlanNode): JoinNode {
  expectFields(json, 'a join', FIELDS);
  const typeName = textField(json, 'join_type');
  const joinType = JOIN_TYPES.get(typeName) ?? unknown(`join type ${typeName} is not known`);
  const given = json['condition'] === undefined ? null : readExpression(objectField(json, 'condition'));
  const { equalities, residual } = given === null ? { equalities: [], residual: null } : splitCondition(given, left.output.length);
  const conditions = [...objectsField(json, 'conditions').map(readCondition), ...equalities];
  const leftProjection = readProjectionMap(json, 'left_projection_map');
  const rightProjection = readProjectionMap(json, 'right_projection_map');
  refuseUnprintable(joinType, conditions, residual);
  const output = joinOutput(joinType, pick(left.output, leftProjection), pick(right.output, rightProjection));
  return {
    kind: 'join',
    joinType,
    left,
    right,
    conditions,
    residual,
    leftProjection,
    rightProjection,
    output,
  };
}

/**
 * DuckDB keeps the condition of some outer, semi and anti joins in one piece (a FULL JOIN with a condition on one side); its
 * equalities of a left with a right expression are what such a join can be distributed by.
 */
function splitCondition(condition: Expression, leftWidth: number): { readonly equalities: readonly JoinCondition[]; readonly residual: Expression | null } {
  const parts = condition.kind === 'conjunction' && condition.operator === 'AND' ? condition.arguments : [condition];
  const equalities: JoinCondition[] = [];
  const rest: Expression[] = [];
  for (const part of parts) {
    const equality = equalityOfSides(part, leftWidth);
    if (equality === null) {
      rest.push(part);
    } else {
      equalities.push(equality);
    }
  }
  const [first, ...more] = rest;
  const residual: Expression | null =
    first === undefined ? null : more.length === 0 ? first : { kind: 'conjunction', operator: 'AND', arguments: rest, type: scalar('BOOLEAN') };
  return { equalities, residual };
}

function equalityOfSides(part: Expression, leftWidth: number): JoinCondition | null {
  if (part.kind !== 'comparison' || (part.comparison !== '=' && part.comparison !== 'IS NOT DISTINCT FROM')) {
    return null;
  }
  const side = sideOf(part.left, leftWidth);
  const other = sideOf(part.right, leftWidth);
  if (side === null || other === null || side === other) {
    return null;
  }
  const [left, right] = side === 'left' ? [part.left, part.right] : [part.right, part.left];
  return { left, right: shiftRefs(right, -leftWidth), comparison: part.comparison };
}

/** The side all of an expression's columns are of; null for both and for none. */
function sideOf(expression: Expression, leftWidth: number): 'left' | 'right' | null {
  const columns = referencedColumns(expression);
  return columns.length === 0 ? null : columns.every((column) => column < leftWidth) ? 'left' : columns.every((column) => column >= leftWidth) ? 'right' : null;
}

function refuseUnprintable(joinType: JoinType, conditions: readonly JoinCondition[], residual: Expression | null): void {
  const onlyEqual = conditions.every((condition) => condition.comparison === '=' || condition.comparison === 'IS NOT DISTINCT FROM');
  if (joinType === 'mark' && (residual !== null || conditions.length === 0)) {
    unknown('a mark join over an arbitrary condition');
  }
  if (joinType === 'mark' && conditions.filter((condition) => condition.comparison !== 'IS NOT DISTINCT FROM').length > 1 && !onlyEqual) {
    unknown('a mark join that compares rows by order');
  }
  if (joinType === 'single' && (residual !== null || !onlyEqual || conditions.length === 0)) {
    unknown('a scalar subquery correlated by more than equality');
  }
}

function readCondition(json: JsonObject): JoinCondition {
  expectFields(json, 'a join condition', CONDITION_FIELDS);
  return {
    left: readExpression(objectField(json, 'left')),
    right: readExpression(objectField(json, 'right')),
    comparison: readComparison(textField(json, 'comparison')),
  };
}

/** An empty map keeps every column. */
export function readProjectionMap(json: JsonObject, field: string): readonly number[] | null {
  const map = indexesField(json, field);
  return map.length === 0 ? null : map;
}

/** The types at the kept positions. */
export function pick(types: readonly DataType[], projection: readonly number[] | null): readonly DataType[] {
  return projection === null ? types : projection.map((index) => types[index] ?? unknown('a projection of a column that does not exist'));
}

function joinOutput(joinType: JoinType, left: readonly DataType[], right: readonly DataType[]): readonly DataType[] {
  switch (joinType) {
    case 'inner':
    case 'left':
    case 'right':
    case 'full':
    case 'single':
      return [...left, ...right];
    case 'semi':
    case 'anti':
      return left;
    case 'right_semi':
    case 'right_anti':
      return right;
    case 'mark':
      return [...left, scalar('BOOLEAN')];
  }
}

/** `x IN (constants)`, which DuckDB plans as a mark join for long lists, is an expression again: it needs no second input. */
function membershipInConstants(join: JoinNode): PlanNode | null {
  const [condition] = join.conditions;
  const { left, right } = join;
  if (join.joinType !== 'mark' || condition === undefined || join.conditions.length !== 1 || condition.comparison !== '=' || right.kind !== 'values') {
    return null;
  }
  const { right: element } = condition;
  if (element.kind !== 'ref' || right.rows.length === 0) {
    return null;
  }
  const items = right.rows.map((row) => row[element.index]).filter((item) => item !== undefined);
  const member: Expression = {
    kind: 'operator',
    operator: 'IN',
    arguments: [condition.left, ...items],
    type: scalar('BOOLEAN'),
  };
  const kept = join.leftProjection ?? left.output.map((_, index) => index);
  const expressions: readonly Expression[] = [
    ...kept.map((index): Expression => ({
      kind: 'ref',
      index,
      type: left.output[index] ?? unknown('a projection of a column that does not exist'),
    })),
    member,
  ];
  return {
    kind: 'projection',
    input: left,
    expressions,
    names: expressions.map(() => null),
    output: join.output,
  };
}
