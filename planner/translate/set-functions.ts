import type { FuncCall } from '../parse/syntax-tree.js';
import { OID, postgresTypeByOid } from '../types/postgres-type.js';
import { coerce, commonType, settle } from './coercion.js';
import { translateExpression } from './recursion.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { unsupported } from './translation.js';
import type { Typed } from './typed.js';
import { isUntyped, oidOf, otherValue, typeOf } from './typed.js';

/** Names of functions that return a set of rows and may stand in a SELECT list. */
export const SET_FUNCTIONS: ReadonlySet<string> = new Set([
  'unnest',
  'generate_series',
  'generate_subscripts',
  'regexp_split_to_table',
  'string_to_table',
  'regexp_matches',
  'json_array_elements',
  'jsonb_array_elements',
  'json_array_elements_text',
  'jsonb_array_elements_text',
  'json_object_keys',
  'jsonb_object_keys',
  '_pg_expandarray',
]);

/** A set-returning function as the list its rows come from; null for other functions. */
export function setFunctionList(
  translation: Translation,
  scope: Scope,
  name: string,
  call: FuncCall,
): { readonly list: string; readonly element: Typed } | null {
  if (!SET_FUNCTIONS.has(name)) {
    return null;
  }
  const args = (call.args ?? []).map((argument) => translateExpression(translation, scope, argument));
  const first = args[0];
  if (first === undefined) {
    return null;
  }
  switch (name) {
    case 'unnest': {
      const element = postgresTypeByOid(oidOf(first))?.elementOid ?? 0;
      return { list: first.sql, element: row(element === 0 ? null : element) };
    }
    case 'generate_series':
      return series(translation, args, call);
    case '_pg_expandarray': {
      const places = `generate_series(1, len(${first.sql}))`;
      return { list: `list_transform(${places}, lambda i: struct_pack(x := list_extract(${first.sql}, i), n := CAST(i AS INTEGER)))`, element: row(null) };
    }
    case 'generate_subscripts':
      return {
        list: `generate_series(CAST(1 AS INTEGER), CAST(len(${first.sql}) AS INTEGER))`,
        element: row(OID.int4),
      };
    case 'regexp_split_to_table':
      return {
        list: `string_split_regex(${settle(translation, first).sql}, ${settle(translation, args[1] ?? first).sql})`,
        element: row(OID.text),
      };
    case 'string_to_table':
      return {
        list: `string_split(${settle(translation, first).sql}, ${settle(translation, args[1] ?? first).sql})`,
        element: row(OID.text),
      };
    case 'regexp_matches': {
      const pattern = settle(translation, args[1] ?? first).sql;
      const flags = typeof args[2]?.literal === 'string' ? args[2].literal : '';
      const matches = `list_transform(regexp_extract_all(${settle(translation, first).sql}, ${pattern}, CASE WHEN regexp_matches(${pattern}, '(^|[^\\\\])\\([^?]') THEN 1 ELSE 0 END), lambda m: [m])`;
      return {
        list: flags.includes('g') ? matches : `list_slice(${matches}, 1, 1)`,
        element: row(1009),
      };
    }
    case 'json_array_elements':
    case 'jsonb_array_elements':
      return {
        list: `json_extract(${settle(translation, first).sql}, '$[*]')`,
        element: row(name.startsWith('jsonb') ? OID.jsonb : OID.json),
      };
    case 'json_array_elements_text':
    case 'jsonb_array_elements_text':
      return {
        list: `json_extract_string(${settle(translation, first).sql}, '$[*]')`,
        element: row(OID.text),
      };
    case 'json_object_keys':
    case 'jsonb_object_keys':
      return { list: `json_keys(${settle(translation, first).sql})`, element: row(OID.text) };
    default:
      return null;
  }
}

/** The rows' element: its type, the SQL is the caller's. */
function row(oid: number | null): Typed {
  return { sql: '', type: oid === null ? null : typeOf(oid) };
}

/** A set-returning function in a SELECT list: DuckDB unnests several side by side as Postgres does. */
export function setFunction(translation: Translation, scope: Scope, name: string, call: FuncCall): Typed | null {
  if (!SET_FUNCTIONS.has(name) || call.over !== undefined) {
    return null;
  }
  if (scope.clause !== 'select' && scope.clause !== 'order' && scope.clause !== 'group') {
    throw unsupported(translation, 'a set-returning function here', call.location);
  }
  const rows = setFunctionList(translation, scope, name, call);
  return rows === null ? null : { ...otherValue(rows.element, `unnest(${rows.list})`), set: true };
}

function series(translation: Translation, args: readonly Typed[], call: FuncCall): { readonly list: string; readonly element: Typed } {
  const bounds = args.slice(0, 2);
  const step = args[2];
  const found = commonType(translation, bounds, 'generate_series', call.location);
  const isMoment = found !== null && (found.oid === OID.date || found.oid === OID.timestamp || found.oid === OID.timestamptz);
  if (isMoment || (step !== undefined && oidOf(step) === OID.interval)) {
    const oid = found?.oid === OID.timestamp ? OID.timestamp : OID.timestamptz;
    const [from, to] = bounds.map((bound) => coerce(translation, bound, typeOf(oid), 'implicit', call.location).sql);
    const by = step === undefined ? "INTERVAL '1 day'" : coerce(translation, step, typeOf(OID.interval), 'implicit', call.location).sql;
    return {
      list: `generate_series(${from ?? 'NULL'}, ${to ?? 'NULL'}, ${by})`,
      element: { sql: '', type: typeOf(oid) },
    };
  }
  const all = step === undefined ? bounds : [...bounds, step];
  const type = commonType(translation, all, 'generate_series', call.location);
  const oid = type === null || type.oid === OID.text ? OID.int4 : type.oid;
  const values = all.map((value) => (isUntyped(value) ? coerce(translation, value, typeOf(oid), 'implicit', call.location) : value).sql);
  if (oid === OID.numeric) {
    const [from, to, by] = values;
    const list = `list_transform(generate_series(0, CAST(floor((${to ?? '0'} - ${from ?? '0'}) / ${by ?? '1'}) AS BIGINT)), lambda i: ${from ?? '0'} + i * ${by ?? '1'})`;
    return { list, element: { sql: '', type: typeOf(OID.numeric) } };
  }
  const list = `generate_series(${values.join(', ')})`;
  return oid === OID.int8
    ? { list, element: { sql: '', type: typeOf(oid) } }
    : { list: `CAST(${list} AS INTEGER[])`, element: { sql: '', type: typeOf(OID.int4) } };
}
