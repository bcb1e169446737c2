import type { Expression, FrameBound, SortKey, WindowCall, WindowFrame } from '../plan/expressions.js';
import { sameDataType } from '../types/data-type.js';
import { booleanField, expectFields, objectField, objectsField, textField, unknown, nameSet } from './json-fields.js';
import type { JsonObject } from './json-text.js';
import { aggregateName, readBoundArguments } from './read-aggregate.js';
import { readExpression, readExpressions, readSortKeys } from './read-expression.js';
import { readType } from './read-type.js';

const FIELDS = nameSet(
  'expression_class type alias query_location return_type children name arguments original_arguments catalog_name schema_name has_serialize function_data partitions orders filters ignore_nulls start end start_expr end_expr offset_expr default_expr exclude_clause distinct arg_orders',
);

const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ['WINDOW_ROW_NUMBER', 'row_number'],
  ['WINDOW_RANK', 'rank'],
  ['WINDOW_RANK_DENSE', 'dense_rank'],
  ['WINDOW_PERCENT_RANK', 'percent_rank'],
  ['WINDOW_CUME_DIST', 'cume_dist'],
  ['WINDOW_NTILE', 'ntile'],
  ['WINDOW_LEAD', 'lead'],
  ['WINDOW_LAG', 'lag'],
  ['WINDOW_FIRST_VALUE', 'first_value'],
  ['WINDOW_LAST_VALUE', 'last_value'],
  ['WINDOW_NTH_VALUE', 'nth_value'],
]);

const EXCLUSIONS: ReadonlyMap<string, WindowFrame['exclude']> = new Map<string, WindowFrame['exclude']>([
  ['NO_OTHER', 'NO OTHERS'],
  ['CURRENT_ROW', 'CURRENT ROW'],
  ['GROUP', 'GROUP'],
  ['TIES', 'TIES'],
]);

/** Reads a window function call. */
export function readWindowCall(json: JsonObject): WindowCall {
  expectFields(json, 'a window function', FIELDS);
  const kind = textField(json, 'type');
  const isAggregate = kind === 'WINDOW_AGGREGATE';
  const name = isAggregate ? aggregateName(textField(json, 'name')) : (FUNCTIONS.get(kind) ?? unknown(`window function ${kind} is not known`));
  const orderBy = readSortKeys(objectsField(json, 'orders'));
  return {
    name,
    arguments: [
      ...readExpressions(objectsField(json, 'children')),
      ...optionalExpression(json, 'offset_expr'),
      ...optionalExpression(json, 'default_expr'),
      ...(isAggregate ? readBoundArguments(textField(json, 'name'), json) : []),
    ],
    partitionBy: readExpressions(objectsField(json, 'partitions')),
    orderBy,
    frame: readFrame(json, orderBy),
    filter: json['filters'] === undefined ? null : readExpression(objectField(json, 'filters')),
    distinct: booleanField(json, 'distinct'),
    ignoreNulls: booleanField(json, 'ignore_nulls'),
    argumentOrder: readSortKeys(objectsField(json, 'arg_orders')),
    type: readType(objectField(json, 'return_type')),
  };
}

function optionalExpression(json: JsonObject, field: string): readonly Expression[] {
  return json[field] === undefined ? [] : [readExpression(objectField(json, field))];
}

type FrameUnit = WindowFrame['unit'];

function readFrame(json: JsonObject, orderBy: readonly SortKey[]): WindowFrame {
  const start = readBound(json, 'start', orderBy);
  const end = readBound(json, 'end', orderBy);
  if (start.unit !== null && end.unit !== null && start.unit !== end.unit) {
    return unknown('a window frame with bounds of different units');
  }
  const exclude = textField(json, 'exclude_clause');
  return {
    unit: start.unit ?? end.unit ?? 'ROWS',
    start: start.bound,
    end: end.bound,
    exclude: EXCLUSIONS.get(exclude) ?? unknown(`window exclusion ${exclude} is not known`),
  };
}

interface Bound {
  readonly bound: FrameBound;
  /** Null where the bound fits every unit. */
  readonly unit: FrameUnit | null;
}

const BOUND = /^(CURRENT_ROW|EXPR_PRECEDING|EXPR_FOLLOWING)_(ROWS|RANGE|GROUPS)$/;

function readBound(json: JsonObject, field: 'start' | 'end', orderBy: readonly SortKey[]): Bound {
  const name = textField(json, field);
  if (name === 'UNBOUNDED_PRECEDING') {
    return { bound: { kind: 'unbounded_preceding' }, unit: null };
  }
  if (name === 'UNBOUNDED_FOLLOWING') {
    return { bound: { kind: 'unbounded_following' }, unit: null };
  }
  const found = BOUND.exec(name);
  const unit = found?.[2];
  if (unit !== 'ROWS' && unit !== 'RANGE' && unit !== 'GROUPS') {
    return unknown(`window bound ${name} is not known`);
  }
  if (found?.[1] === 'CURRENT_ROW') {
    return { bound: { kind: 'current_row' }, unit };
  }
  const given = readExpression(objectField(json, `${field}_expr`));
  const preceding = found?.[1] === 'EXPR_PRECEDING';
  const offset = unit === 'RANGE' ? rangeOffset(given, preceding, orderBy) : given;
  return { bound: { kind: preceding ? 'preceding' : 'following', offset }, unit };
}

/** DuckDB has turned a RANGE offset into the bound itself: key - offset for PRECEDING, key + offset for FOLLOWING, the other way round for a descending key. */
function rangeOffset(bound: Expression, preceding: boolean, orderBy: readonly SortKey[]): Expression {
  const [key] = orderBy;
  if (key === undefined || orderBy.length !== 1) {
    return unknown('a RANGE frame without exactly one key');
  }
  const expected = preceding === key.descending ? '+' : '-';
  let call = bound;
  // Both the key and the bound may have been cast to a common type (a DATE minus an INTERVAL is a TIMESTAMP).
  while (call.kind === 'cast') {
    call = call.input;
  }
  const [base, offset] = call.kind === 'call' && call.name === expected ? call.arguments : [];
  if (base === undefined || offset === undefined || !sameBase(base, key.expression)) {
    return unknown('a RANGE frame whose offset cannot be told from its key');
  }
  return offset;
}

function sameBase(a: Expression, b: Expression): boolean {
  const left = a.kind === 'cast' ? a.input : a;
  const right = b.kind === 'cast' ? b.input : b;
  return left.kind === 'ref' && right.kind === 'ref' && left.index === right.index && sameDataType(left.type, right.type);
}
