import type { AggregateCall, Expression, SortKey } from '../plan/expressions.js';
import type { Comparison } from '../plan/nodes.js';
import { sameDataType, type DataType } from '../types/data-type.js';
import { printCall, printFunctionName } from './print-call.js';
import { castTo, printConstant } from './print-constant.js';

/** Column names by the index that references count. */
export type ColumnNames = readonly string[];

/** Prints an expression as DuckDB SQL; `names` are the texts of the input's columns. */
export function printExpression(expression: Expression, names: ColumnNames): string {
  const print = (operand: Expression): string => printExpression(operand, names);
  switch (expression.kind) {
    case 'ref':
      return columnName(names, expression.index);
    case 'constant':
      return printConstant(expression.type, expression.value);
    case 'call':
      return printCall(expression, print);
    case 'cast':
      return expression.isTry ? `TRY_${castTo(print(expression.input), expression.type)}` : castTo(print(expression.input), expression.type);
    case 'comparison':
      return `(${printComparison(expression.comparison, ...printOperands(expression.left, expression.right, print))})`;
    case 'conjunction':
      return `(${expression.arguments.map(print).join(` ${expression.operator} `)})`;
    case 'operator':
      return printOperator(expression, print);
    case 'between':
      return printBetween(expression, print);
    case 'case': {
      const branches = expression.branches.map((branch) => `WHEN ${print(branch.condition)} THEN ${print(branch.result)}`);
      return `CASE ${branches.join(' ')} ELSE ${print(expression.otherwise)} END`;
    }
  }
}

/** Prints `left comparison right`. */
export function printComparison(comparison: Comparison, left: string, right: string): string {
  return `${left} ${comparison} ${right}`;
}

/** Prints a condition without the outer parentheses, for WHERE and ON lists joined by AND. */
export function printCondition(expression: Expression, names: ColumnNames): string {
  if (expression.kind === 'comparison') {
    return printComparison(expression.comparison, ...printOperands(expression.left, expression.right, (operand) => printExpression(operand, names)));
  }
  return printExpression(expression, names);
}

/** Prints an ORDER BY key. Constants would be read as positions, so they are hidden in a cast. */
export function printSortKey(key: SortKey, names: ColumnNames): string {
  return `${printKey(key.expression, names)}${key.descending ? ' DESC' : ' ASC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`;
}

/** Prints an expression where SQL would read a constant as a position (ORDER BY, GROUP BY, PARTITION BY, DISTINCT ON). */
export function printKey(expression: Expression, names: ColumnNames): string {
  const text = printExpression(expression, names);
  return LITERAL.test(text) ? castTo(text, expression.type) : text;
}

/** The bare literals that printConstant writes; columns that are constants print as those too. */
const LITERAL = /^(?:\d+|true|false|NULL|'(?:[^']|'')*')$/;

/** Prints an aggregate call. */
export function printAggregate(call: AggregateCall, names: ColumnNames): string {
  const operands = [...call.arguments, ...call.boundArguments].map((operand) => printExpression(operand, names));
  const inside = operands.length === 0 ? '*' : `${call.distinct ? 'DISTINCT ' : ''}${operands.join(', ')}`;
  const order = call.orderBy.length === 0 ? '' : ` ORDER BY ${call.orderBy.map((key) => printSortKey(key, names)).join(', ')}`;
  const filter = call.filter === null ? '' : ` FILTER (WHERE ${printCondition(call.filter, names)})`;
  return `${printFunctionName(call.name)}(${inside}${order})${filter}`;
}

function columnName(names: ColumnNames, index: number): string {
  const name = names[index];
  if (name === undefined) {
    throw new Error(`reference to column ${index} of ${names.length}`);
  }
  return name;
}

const INTEGER_TYPES = new Set(['TINYINT', 'SMALLINT', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT']);
const BARE_INTEGER = /^\d{1,9}$/;

/** Beside an operand of its own type an integer literal needs no cast: DuckDB gives a literal the other side's type. */
function printOperands(left: Expression, right: Expression, print: (operand: Expression) => string): readonly [string, string] {
  return [bareBeside(left, right) ?? print(left), bareBeside(right, left) ?? print(right)];
}

function bareBeside(constant: Expression, other: Expression): string | null {
  if (constant.kind !== 'constant' || other.kind === 'constant' || constant.value.kind !== 'text' || !sameDataType(constant.type, other.type)) {
    return null;
  }
  return isIntegerType(constant.type) && BARE_INTEGER.test(constant.value.text) ? constant.value.text : null;
}

function isIntegerType(type: DataType): boolean {
  return type.kind === 'scalar' && INTEGER_TYPES.has(type.name);
}

type OperatorExpression = Extract<Expression, { readonly kind: 'operator' }>;

function printOperator(expression: OperatorExpression, print: (operand: Expression) => string): string {
  const operands = expression.arguments.map(print);
  const [first, ...rest] = operands;
  switch (expression.operator) {
    case 'NOT':
      return `(NOT ${first})`;
    case 'IS NULL':
    case 'IS NOT NULL':
      return `(${first} ${expression.operator})`;
    case 'IN':
    case 'NOT IN':
      return `(${first} ${expression.operator} (${rest.join(', ')}))`;
    case 'COALESCE':
    case 'TRY':
    case 'NULLIF':
    case 'GROUPING':
      return `${expression.operator}(${operands.join(', ')})`;
  }
}

type BetweenExpression = Extract<Expression, { readonly kind: 'between' }>;

function printBetween(expression: BetweenExpression, print: (operand: Expression) => string): string {
  const { input, lower, upper } = expression;
  if (expression.lowerInclusive && expression.upperInclusive) {
    return `(${print(input)} BETWEEN ${print(lower)} AND ${print(upper)})`;
  }
  const above = printComparison(expression.lowerInclusive ? '>=' : '>', ...printOperands(input, lower, print));
  const below = printComparison(expression.upperInclusive ? '<=' : '<', ...printOperands(input, upper, print));
  return `(${above} AND ${below})`;
}
