import type { AggregateCall, ConstantValue, Expression } from '../plan/expressions.js';
import { list, scalar, type DataType } from '../types/data-type.js';
import { arrayField, asObject, booleanField, expectFields, indexField, objectField, objectsField, textField, unknown, nameSet } from './json-fields.js';
import { NumberText, type Json, type JsonObject } from './json-text.js';
import { readConstant, type TypedConstant } from './read-constant.js';
import { readExpression, readExpressions, readOrderModifier } from './read-expression.js';
import { readType } from './read-type.js';

const FIELDS = nameSet(
  'expression_class type alias query_location return_type children name arguments original_arguments catalog_name schema_name has_serialize function_data aggregate_type filter order_bys',
);

/** Names DuckDB's optimizer uses that SQL cannot call, with the SQL name of the same function. */
const SQL_NAMES: ReadonlyMap<string, string> = new Map([
  ['count_star', 'count'],
  ['sum_no_overflow', 'sum'],
]);

/** The SQL name of an aggregate. */
export function aggregateName(name: string): string {
  return SQL_NAMES.get(name) ?? name;
}

/** Reads an aggregate call. */
export function readAggregate(json: JsonObject): AggregateCall {
  expectFields(json, 'an aggregate', FIELDS);
  const name = textField(json, 'name');
  const type = readType(objectField(json, 'return_type'));
  return {
    name: aggregateName(name),
    arguments: readExpressions(objectsField(json, 'children')),
    distinct: readDistinct(textField(json, 'aggregate_type')),
    filter: json['filter'] === undefined ? null : readExpression(objectField(json, 'filter')),
    orderBy: readOrderModifier(json, 'order_bys'),
    boundArguments: readBoundArguments(name, json),
    type,
  };
}

function readDistinct(name: string): boolean {
  return name === 'DISTINCT' ? true : name === 'NON_DISTINCT' ? false : unknown(`aggregate type ${name} is not known`);
}

/** Puts back the arguments DuckDB folds into an aggregate's bind data. */
export function readBoundArguments(name: string, json: JsonObject): readonly Expression[] {
  const given = arrayField(json, 'original_arguments');
  if (json['function_data'] === undefined) {
    return given.length > 0 ? unknown(`arguments of ${name}() are folded away in DuckDB's plan`) : [];
  }
  const data = objectField(json, 'function_data');
  const second = given[1] === undefined ? null : readArgumentKind(asObject(given[1], 'original_arguments'));
  switch (name) {
    case 'quantile':
    case 'quantile_cont':
    case 'quantile_disc':
      expectFields(data, name, nameSet('quantiles order desc'));
      return [quantiles(objectsField(data, 'quantiles').map(readConstant), booleanField(data, 'desc'), second === 'list')];
    case 'median':
      expectFields(data, name, nameSet('quantiles order desc'));
      return [];
    case 'approx_quantile':
      expectFields(data, name, nameSet('quantiles'));
      return [floats(arrayField(data, 'quantiles'), 'FLOAT', second === 'list')];
    case 'reservoir_quantile':
      expectFields(data, name, nameSet('quantiles sample_size'));
      return [floats(arrayField(data, 'quantiles'), 'DOUBLE', second === 'list'), constant(scalar('INTEGER'), String(indexField(data, 'sample_size')))];
    case 'string_agg':
    case 'group_concat':
    case 'listagg':
      expectFields(data, name, nameSet('separator'));
      return [constant(scalar('VARCHAR'), textField(data, 'separator'))];
    case 'bitstring_agg':
      expectFields(data, name, nameSet('min max'));
      return given.length === 0 ? unknown('bitstring_agg() without its range') : [readBound(data, 'min'), readBound(data, 'max')];
    default:
      return unknown(`${name}() keeps state that DuckDB's plan does not spell out`);
  }
}

function readArgumentKind(type: JsonObject): 'list' | 'single' {
  return textField(type, 'id') === 'LIST' ? 'list' : 'single';
}

function readBound(data: JsonObject, field: string): Expression {
  return { kind: 'constant', ...readConstant(objectField(data, field)) };
}

/** DuckDB takes negative fractions for a descending order. */
function quantiles(fractions: readonly TypedConstant[], descending: boolean, isList: boolean): Expression {
  const signed = descending ? fractions.map(negate) : fractions;
  return oneOrList(signed, signed[0]?.type ?? scalar('DOUBLE'), isList);
}

function negate(fraction: TypedConstant): TypedConstant {
  if (fraction.value.kind !== 'text' || Number(fraction.value.text) === 0) {
    return unknown('a descending quantile of 0 cannot be written in SQL');
  }
  return { type: fraction.type, value: textValue(`-${fraction.value.text}`) };
}

function floats(values: readonly Json[], name: 'FLOAT' | 'DOUBLE', isList: boolean): Expression {
  const type = scalar(name);
  const constants = values.map((value) => ({
    type,
    value: textValue(numberText(value)),
  }));
  return oneOrList(constants, type, isList);
}

function oneOrList(constants: readonly TypedConstant[], element: DataType, isList: boolean): Expression {
  if (isList) {
    return { kind: 'constant', type: list(element), value: { kind: 'list', items: constants } };
  }
  const [single] = constants;
  return single === undefined || constants.length !== 1 ? unknown('a quantile without exactly one fraction') : { kind: 'constant', ...single };
}

function constant(type: DataType, text: string): Expression {
  return { kind: 'constant', type, value: textValue(text) };
}

function textValue(text: string): ConstantValue {
  return { kind: 'text', text };
}

function numberText(value: Json): string {
  if (value instanceof NumberText) {
    return value.text;
  }
  return typeof value === 'number' ? String(value) : unknown('a quantile that is no number');
}
