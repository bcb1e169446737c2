import { SQLSTATE } from '../sqlstate.js';
import type { FuncCall, Node } from '../parse/syntax-tree.js';
import { stringValues } from '../parse/syntax-tree.js';
import { formatPostgresType, OID, postgresTypeByOid } from '../types/postgres-type.js';
import { exactAverage } from './average.js';
import { arithmetic } from './arithmetic.js';
import { coerce, commonType, settle } from './coercion.js';
import { decorateAggregate, renderTemplate } from './function-template.js';
import { duckdbFunctionKind, isWindowFunction, signaturesOf } from './functions/catalog.js';
import { VOLATILE_FUNCTIONS } from './functions/duckdb-scalars.js';
import { parameterAt, resolveSignature } from './functions/resolve.js';
import type { FunctionSignature } from './functions/signature.js';
import { translateExpression } from './recursion.js';
import type { Scope } from './scope.js';
import { sessionExpression } from './session-functions.js';
import { setFunction } from './set-functions.js';
import { specialFunction } from './special-functions.js';
import type { Translation } from './translation.js';
import { errorAt, unsupported } from './translation.js';
import type { Typed } from './typed.js';
import { categoryOf, isUntyped, oidOf, typeOf } from './typed.js';
import { printOver } from './window.js';
import { orderedBy } from './order.js';

/** A function call: session functions, special forms, then the tables of what users may call. */
export function translateCall(translation: Translation, scope: Scope, written: FuncCall): Typed {
  const call = withoutOutputs(translation, written);
  const path = stringValues(call.funcname);
  const name = path.at(-1) ?? '';
  if (path.length > 1 && path[0] !== 'pg_catalog' && path[0] !== 'main' && path[0] !== 'information_schema' && path[0] !== 'public') {
    throw errorAt(translation, SQLSTATE.invalid_schema_name, call.location, `schema "${path[0]}" does not exist`);
  }
  if (VOLATILE_FUNCTIONS.has(name)) {
    translation.shared.volatile = true;
  }
  const constants = constantTexts(call.args);
  const fixed = constants === null ? undefined : sessionExpression(translation, name, constants, call.location);
  if (fixed !== undefined) {
    return fixed;
  }
  const special = specialFunction(translation, scope, name, call) ?? setFunction(translation, scope, name, call);
  if (special !== null) {
    return special;
  }
  const ordered = call.agg_within_group === true;
  const args = (call.args ?? []).map((argument) => translateExpression(translation, scope, argument));
  if (ordered) {
    return withinGroup(translation, scope, name, call, args);
  }
  const signature = resolveSignature(signaturesOf(name), args.map(oidOf));
  if (signature !== undefined) {
    return callSignature(translation, scope, call, signature, args);
  }
  if (signaturesOf(name).length === 0 || duckdbFunctionKind(name) !== null) {
    const kind = duckdbFunctionKind(name);
    if (kind !== null) {
      const settled = args.map((argument) => settle(translation, argument).sql);
      const sql = `${name === 'if' || name === 'row' ? name : `"${name}"`}(${settled.join(', ')})`;
      return {
        sql: kind === 'aggregate' || call.over !== undefined ? decorate(translation, scope, call, `{${sql}}`) : sql,
        type: null,
      };
    }
  }
  throw missingFunction(translation, name, args, call.location);
}

/** JDBC sends a call's OUT parameters as arguments of type void, and PostgreSQL takes them for none. */
function withoutOutputs(translation: Translation, call: FuncCall): FuncCall {
  const types = translation.shared.parameterTypes;
  const isOutput = (argument: Node): boolean => 'ParamRef' in argument && types[(argument.ParamRef.number ?? 0) - 1] === OID.void;
  return call.args?.some(isOutput) === true ? { ...call, args: call.args.filter((argument) => !isOutput(argument)) } : call;
}

/** Arguments that are literals, as texts; null when any is not. */
function constantTexts(args: readonly Node[] | undefined): readonly (string | null)[] | null {
  const texts: (string | null)[] = [];
  for (const argument of args ?? []) {
    if (!('A_Const' in argument)) {
      return null;
    }
    const constant = argument.A_Const;
    texts.push(constant.sval !== undefined ? (constant.sval.sval ?? '') : constant.boolval !== undefined ? String(constant.boolval.boolval ?? false) : null);
  }
  return texts;
}

function missingFunction(translation: Translation, name: string, args: readonly Typed[], location: number | undefined): Error {
  const shown = args.map((argument) => (argument.type === null ? 'record' : formatPostgresType(typeOf(argument.type.oid)))).join(', ');
  return errorAt(translation, SQLSTATE.undefined_function, location, `function ${name}(${shown}) does not exist`, {
    hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
  });
}

function callSignature(translation: Translation, scope: Scope, call: FuncCall, signature: FunctionSignature, args: readonly Typed[]): Typed {
  const isWindowed = call.over !== undefined;
  if (isWindowFunction(signature.name) && !isWindowed) {
    throw errorAt(translation, SQLSTATE.wrong_object_type, call.location, `window function ${signature.name} requires an OVER clause`);
  }
  if (signature.aggregate && !isWindowed) {
    checkAggregatePlace(translation, scope, call.location);
    scope.hasAggregates = true;
  }
  if (signature.name === 'count' && args.length === 0 && call.agg_star !== true) {
    throw errorAt(translation, SQLSTATE.wrong_object_type, call.location, 'count(*) must be used to call a parameterless aggregate function');
  }
  const polymorphic = polymorphicType(translation, signature, args, call.location);
  const coerced = args.map((argument, index) => {
    const parameter = parameterAt(signature, index);
    if (typeof parameter === 'number') {
      const from = oidOf(argument);
      const keeps = from === parameter || (categoryOf(from) === 'S' && categoryOf(parameter) === 'S') || (parameter === OID.numeric && from === OID.numeric);
      if (from === OID.bpchar && parameter === OID.text && signature.name !== 'octet_length') {
        return coerce(translation, argument, typeOf(OID.text), 'explicit', call.location);
      }
      return keeps ? argument : coerce(translation, argument, typeOf(parameter), 'implicit', call.location);
    }
    if (isUntyped(argument)) {
      const target = polymorphic === 0 ? OID.text : parameter === 'anyarray' ? (postgresTypeByOid(polymorphic)?.arrayOid ?? 0) : polymorphic;
      return coerce(translation, argument, typeOf(parameter === 'any' ? OID.text : target), 'implicit', call.location);
    }
    return parameter === 'anyelement' && polymorphic !== 0 && oidOf(argument) !== polymorphic
      ? coerce(translation, argument, typeOf(polymorphic), 'implicit', call.location)
      : argument;
  });
  const type = resultType(signature, polymorphic, coerced);
  if (signature.template === 'modulo') {
    const [a, b] = coerced;
    const result = a === undefined || b === undefined ? null : arithmetic(translation, '%', a, b, call.location);
    return result ?? { sql: 'NULL', type };
  }
  if (signature.template === 'exact') {
    const average = exactAverage(coerced[0] ?? { sql: 'NULL', type });
    return { ...average, sql: decorate(translation, scope, call, average.sql) };
  }
  const sql = renderTemplate(translation, signature, coerced);
  const printed = signature.aggregate ? decorate(translation, scope, call, sql) : sql;
  if (call.over !== undefined && !signature.aggregate) {
    throw errorAt(
      translation,
      SQLSTATE.wrong_object_type,
      call.location,
      `OVER specified, but ${signature.name} is not a window function nor an aggregate function`,
    );
  }
  return withScale({ sql: printed, type }, signature, coerced);
}

/** Numeric results keep the scale DuckDB gives them. */
function withScale(result: Typed, signature: FunctionSignature, args: readonly Typed[]): Typed {
  if (result.type?.oid !== OID.numeric) {
    return result;
  }
  const first = args[0];
  switch (signature.name) {
    case 'sum':
      return oidOf(first ?? result) === OID.int8 ? { ...result, scale: 0 } : first?.scale === undefined ? result : { ...result, scale: first.scale };
    case 'ceil':
    case 'ceiling':
    case 'floor':
    case 'trunc':
    case 'round':
    case 'sign':
      return args.length === 1 ? { ...result, scale: 0 } : first?.scale === undefined ? result : result;
    case 'abs':
    case 'min':
    case 'max':
    case 'lag':
    case 'lead':
    case 'first_value':
    case 'last_value':
      return first?.scale === undefined ? result : { ...result, scale: first.scale };
    default:
      return result;
  }
}

/** The type all polymorphic arguments share; 0 when nothing tells. For arrays it is the element's. */
function polymorphicType(translation: Translation, signature: FunctionSignature, args: readonly Typed[], location: number | undefined): number {
  const elements: Typed[] = [];
  args.forEach((argument, index) => {
    const parameter = parameterAt(signature, index);
    if (isUntyped(argument)) {
      return;
    }
    if (parameter === 'anyarray') {
      elements.push({
        ...argument,
        type: typeOf(postgresTypeByOid(oidOf(argument))?.elementOid ?? 0),
      });
    } else if (parameter === 'anyelement') {
      elements.push(argument);
    }
  });
  if (elements.length === 0) {
    return 0;
  }
  return commonType(translation, elements, signature.name, location)?.oid ?? 0;
}

function resultType(signature: FunctionSignature, polymorphic: number, args: readonly Typed[]): Typed['type'] {
  const result = signature.result;
  if (result === '?') {
    return null;
  }
  if (typeof result === 'number') {
    return typeOf(result);
  }
  if (polymorphic === 0) {
    const first = args[0];
    return first !== undefined && first.type !== null && result === 'anyelement' ? first.type : null;
  }
  if (result === 'anyelement') {
    const only = args.length === 1 ? args[0] : undefined;
    return only?.type?.oid === polymorphic ? only.type : typeOf(polymorphic);
  }
  const array = postgresTypeByOid(polymorphic)?.arrayOid ?? 0;
  return array === 0 ? null : typeOf(array);
}

function checkAggregatePlace(translation: Translation, scope: Scope, location: number | undefined): void {
  switch (scope.clause) {
    case 'where':
      throw errorAt(translation, SQLSTATE.grouping_error, location, 'aggregate functions are not allowed in WHERE');
    case 'on':
      throw errorAt(translation, SQLSTATE.grouping_error, location, 'aggregate functions are not allowed in JOIN conditions');
    case 'group':
      throw errorAt(translation, SQLSTATE.grouping_error, location, 'aggregate functions are not allowed in GROUP BY');
    case 'from':
      throw errorAt(translation, SQLSTATE.grouping_error, location, 'aggregate functions are not allowed in functions in FROM');
    case 'limit':
    case 'values':
    case 'select':
    case 'having':
    case 'order':
    case 'window':
      return;
  }
}

/** Puts DISTINCT, ORDER BY, FILTER and OVER on the aggregate calls a template marks with braces. */
function decorate(translation: Translation, scope: Scope, call: FuncCall, sql: string): string {
  const order = orderedBy(translation, scope, call.agg_order ?? []);
  const filter =
    call.agg_filter === undefined
      ? ''
      : ` FILTER (WHERE ${coerce(translation, translateExpression(translation, scope, call.agg_filter), typeOf(OID.bool), 'implicit').sql})`;
  const over = call.over === undefined ? '' : printOver(translation, scope, call.over);
  return decorateAggregate(sql, { distinct: call.agg_distinct === true, order, filter, over });
}

/** percentile_cont, percentile_disc, mode: the argument to order by stands in WITHIN GROUP. */
function withinGroup(translation: Translation, scope: Scope, name: string, call: FuncCall, args: readonly Typed[]): Typed {
  scope.hasAggregates = true;
  const sort = call.agg_order?.[0];
  const item = sort !== undefined && 'SortBy' in sort && sort.SortBy.node !== undefined ? sort.SortBy : undefined;
  if (item?.node === undefined) {
    throw unsupported(translation, `${name} without WITHIN GROUP`, call.location);
  }
  const value = settle(translation, translateExpression(translation, scope, item.node));
  const direction = item.sortby_dir === 'SORTBY_DESC' ? ' DESC' : '';
  const filter = call.agg_filter === undefined ? '' : ` FILTER (WHERE ${translateExpression(translation, scope, call.agg_filter).sql})`;
  const fractions = args.map((argument) => coerce(translation, argument, typeOf(OID.float8), 'implicit', call.location).sql).join(', ');
  const sorted = `WITHIN GROUP (ORDER BY ${name === 'percentile_cont' && categoryOf(oidOf(value)) === 'N' ? `CAST(${value.sql} AS DOUBLE)` : value.sql}${direction})${filter}`;
  switch (name) {
    case 'percentile_cont':
      return {
        sql: `percentile_cont(${fractions}) ${sorted}`,
        type: categoryOf(oidOf(value)) === 'N' ? typeOf(OID.float8) : value.type,
      };
    case 'percentile_disc':
      return { sql: `percentile_disc(${fractions}) ${sorted}`, type: value.type };
    case 'mode':
      return { sql: `mode() ${sorted}`, type: value.type };
    default:
      throw unsupported(translation, `ordered-set aggregate ${name}`, call.location);
  }
}
