import type { Expression } from '../plan/expressions.js';
import { list, scalar, type DataType } from '../types/data-type.js';
import { arrayField, booleanField, expectFields, objectField, textField, unknown, nameSet } from './json-fields.js';
import type { JsonObject } from './json-text.js';
import { readType } from './read-type.js';

const FIELDS = nameSet(
  'expression_class type alias query_location return_type children name arguments original_arguments catalog_name schema_name has_serialize function_data is_operator',
);

/**
 * Functions whose bind data says nothing beyond their arguments and type: the names of struct fields are in the type,
 * decimal arithmetic's overflow check follows from the types, list_aggregate's function name is still an argument.
 */
const DERIVED_BIND_DATA = nameSet('struct_pack row struct_insert + - * add subtract multiply list_aggregate list_aggr aggregate array_aggregate array_aggr');

/** Functions that give another value on each call: they must run exactly once, so a plan with one is not taken apart. */
const VOLATILE = nameSet('random setseed uuid gen_random_uuid uuidv4 uuidv7 nextval currval sleep_ms');

/** Reads a scalar function call, given its arguments. */
export function readFunctionCall(json: JsonObject, given: readonly Expression[]): Expression {
  expectFields(json, 'a function call', FIELDS);
  const name = textField(json, 'name');
  const type = readType(objectField(json, 'return_type'));
  if (VOLATILE.has(name)) {
    return unknown(`${name}() gives another value on each call`);
  }
  return {
    kind: 'call',
    name,
    schema: null,
    arguments: readErased(name, json, given, type),
    isOperator: booleanField(json, 'is_operator'),
    type,
  };
}

/** Puts back arguments that DuckDB folded away when it bound the call. */
function readErased(name: string, json: JsonObject, given: readonly Expression[], type: DataType): readonly Expression[] {
  const erased = arrayField(json, 'original_arguments').length > 0;
  const hasData = json['function_data'] !== undefined;
  if (name === 'date_part' || name === 'datepart') {
    return hasData ? [datePartNames(type), ...given] : given;
  }
  if (erased) {
    return unknown(`arguments of ${name}() are folded away in DuckDB's plan`);
  }
  if (hasData && !DERIVED_BIND_DATA.has(name)) {
    return unknown(hasLambda(json) ? `${name}() takes a lambda` : `${name}() keeps state that DuckDB's plan does not spell out`);
  }
  return given;
}

function hasLambda(json: JsonObject): boolean {
  return objectField(json, 'function_data')['lambda_expr'] !== undefined;
}

/** date_part(['year', 'day'], d) gives a struct whose fields are the parts. */
function datePartNames(type: DataType): Expression {
  if (type.kind !== 'struct') {
    return unknown('date_part() with bind data but without a struct');
  }
  const items = type.fields.map((field) => ({
    type: scalar('VARCHAR'),
    value: { kind: 'text' as const, text: field.name },
  }));
  return { kind: 'constant', type: list(scalar('VARCHAR')), value: { kind: 'list', items } };
}
