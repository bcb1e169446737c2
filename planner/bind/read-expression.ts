import type { Expression, OperatorName, SortKey } from '../plan/expressions.js';
import type { Comparison } from '../plan/nodes.js';
import { scalar, type DataType } from '../types/data-type.js';
import { arrayField, asObject, booleanField, expectFields, indexField, objectField, objectsField, textField, unknown, nameSet } from './json-fields.js';
import type { JsonObject } from './json-text.js';
import { readConstantExpression } from './read-constant.js';
import { readFunctionCall } from './read-function.js';
import { hasUnnamedField, readType } from './read-type.js';

const BOOLEAN: DataType = scalar('BOOLEAN');

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['COMPARE_EQUAL', '='],
  ['COMPARE_NOTEQUAL', '<>'],
  ['COMPARE_LESSTHAN', '<'],
  ['COMPARE_LESSTHANOREQUALTO', '<='],
  ['COMPARE_GREATERTHAN', '>'],
  ['COMPARE_GREATERTHANOREQUALTO', '>='],
  ['COMPARE_NOT_DISTINCT_FROM', 'IS NOT DISTINCT FROM'],
  ['COMPARE_DISTINCT_FROM', 'IS DISTINCT FROM'],
]);

const OPERATORS: ReadonlyMap<string, OperatorName> = new Map<string, OperatorName>([
  ['OPERATOR_NOT', 'NOT'],
  ['OPERATOR_IS_NULL', 'IS NULL'],
  ['OPERATOR_IS_NOT_NULL', 'IS NOT NULL'],
  ['COMPARE_IN', 'IN'],
  ['COMPARE_NOT_IN', 'NOT IN'],
  ['OPERATOR_COALESCE', 'COALESCE'],
  ['OPERATOR_TRY', 'TRY'],
  ['OPERATOR_NULLIF', 'NULLIF'],
]);

const COMMON = 'expression_class type alias query_location';
const FIELDS = {
  ref: nameSet(`${COMMON} return_type index`),
  constant: nameSet(`${COMMON} value`),
  cast: nameSet(`${COMMON} child return_type try_cast`),
  comparison: nameSet(`${COMMON} left right`),
  conjunction: nameSet(`${COMMON} children`),
  operator: nameSet(`${COMMON} return_type children`),
  between: nameSet(`${COMMON} input lower upper lower_inclusive upper_inclusive`),
  case: nameSet(`${COMMON} return_type case_checks else_expr`),
};

/** Reads a comparison's DuckDB name. */
export function readComparison(name: string): Comparison {
  return COMPARISONS.get(name) ?? unknown(`comparison ${name} is not known`);
}

/** Reads a bound expression; references count the columns of the operator's input. */
export function readExpression(json: JsonObject): Expression {
  const kind = textField(json, 'expression_class');
  switch (kind) {
    case 'BOUND_REF':
      expectFields(json, kind, FIELDS.ref);
      return {
        kind: 'ref',
        index: indexField(json, 'index'),
        type: readType(objectField(json, 'return_type')),
      };
    case 'BOUND_CONSTANT':
      expectFields(json, kind, FIELDS.constant);
      return readConstantExpression(objectField(json, 'value'));
    case 'BOUND_CAST':
      expectFields(json, kind, FIELDS.cast);
      return readCast(json);
    case 'BOUND_COMPARISON':
      expectFields(json, kind, FIELDS.comparison);
      return {
        kind: 'comparison',
        comparison: readComparison(textField(json, 'type')),
        left: readExpression(objectField(json, 'left')),
        right: readExpression(objectField(json, 'right')),
        type: BOOLEAN,
      };
    case 'BOUND_CONJUNCTION':
      expectFields(json, kind, FIELDS.conjunction);
      return {
        kind: 'conjunction',
        operator: readConjunctionOperator(textField(json, 'type')),
        arguments: readExpressions(objectsField(json, 'children')),
        type: BOOLEAN,
      };
    case 'BOUND_OPERATOR':
      expectFields(json, kind, FIELDS.operator);
      return {
        kind: 'operator',
        operator: OPERATORS.get(textField(json, 'type')) ?? unknown(`operator ${textField(json, 'type')} is not known`),
        arguments: readExpressions(objectsField(json, 'children')),
        type: readType(objectField(json, 'return_type')),
      };
    case 'BOUND_BETWEEN':
      expectFields(json, kind, FIELDS.between);
      return readBetween(json);
    case 'BOUND_CASE':
      expectFields(json, kind, FIELDS.case);
      return readCase(json);
    case 'BOUND_FUNCTION':
      return readFunctionCall(json, readExpressions(objectsField(json, 'children')));
    default:
      return unknown(`expression ${kind} is not known`);
  }
}

/** Reads a list of expressions. */
export function readExpressions(json: readonly JsonObject[]): readonly Expression[] {
  return json.map(readExpression);
}

/** Reads ORDER BY keys. */
export function readSortKeys(json: readonly JsonObject[]): readonly SortKey[] {
  return json.map((key) => ({
    expression: readExpression(objectField(key, 'expression')),
    descending: readDirection(textField(key, 'type')),
    nullsFirst: readNullOrder(textField(key, 'null_order')),
  }));
}

/** Reads the keys of an optional `{ orders: [...] }` object. */
export function readOrderModifier(json: JsonObject, field: string): readonly SortKey[] {
  return json[field] === undefined ? [] : readSortKeys(objectsField(objectField(json, field), 'orders'));
}

function readDirection(name: string): boolean {
  return name === 'DESCENDING' ? true : name === 'ASCENDING' ? false : unknown(`sort direction ${name} is not known`);
}

function readNullOrder(name: string): boolean {
  return name === 'NULLS FIRST' ? true : name === 'NULLS LAST' ? false : unknown(`NULL order ${name} is not known`);
}

function readConjunctionOperator(name: string): 'AND' | 'OR' {
  return name === 'CONJUNCTION_AND' ? 'AND' : name === 'CONJUNCTION_OR' ? 'OR' : unknown(`conjunction ${name} is not known`);
}

function readCast(json: JsonObject): Expression {
  const input = readExpression(objectField(json, 'child'));
  const type = readType(objectField(json, 'return_type'));
  if (hasUnnamedField(type)) {
    return unknown('a cast to a row type without field names cannot be written in SQL');
  }
  return { kind: 'cast', input, type, isTry: booleanField(json, 'try_cast') };
}

function readBetween(json: JsonObject): Expression {
  return {
    kind: 'between',
    input: readExpression(objectField(json, 'input')),
    lower: readExpression(objectField(json, 'lower')),
    upper: readExpression(objectField(json, 'upper')),
    lowerInclusive: booleanField(json, 'lower_inclusive'),
    upperInclusive: booleanField(json, 'upper_inclusive'),
    type: BOOLEAN,
  };
}

function readCase(json: JsonObject): Expression {
  const branches = arrayField(json, 'case_checks').map((check) => {
    const branch = asObject(check, 'case_checks');
    return {
      condition: readExpression(objectField(branch, 'when_expr')),
      result: readExpression(objectField(branch, 'then_expr')),
    };
  });
  return {
    kind: 'case',
    branches,
    otherwise: readExpression(objectField(json, 'else_expr')),
    type: readType(objectField(json, 'return_type')),
  };
}
