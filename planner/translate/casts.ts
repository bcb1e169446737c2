import { printDataType, scalar } from '../types/data-type.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import { dataTypeOf, OID, postgresTypeByOid } from '../types/postgres-type.js';
import type { CoercionContext } from './coercion.js';
import type { Typed } from './typed.js';
import { categoryOf, oidOf } from './typed.js';

/** Digits of a DECIMAL that holds every value of an integer type. */
const INTEGER_DIGITS: ReadonlyMap<number, number> = new Map([
  [OID.int2, 5],
  [OID.int4, 10],
  [OID.int8, 19],
  [OID.oid, 10],
]);

/** A cast between two known types, with Postgres's result. */
export function castSql(expression: Typed, target: PostgresColumnType, context: CoercionContext = 'explicit'): Typed {
  const from = oidOf(expression);
  const to = target.oid;
  const sql = expression.sql;
  if (to === OID.numeric) {
    return castToNumeric(expression, from, target);
  }
  const targetType = postgresTypeByOid(to);
  const fromType = postgresTypeByOid(from);
  if (isText(to)) {
    return { sql: toText(expression, from, target, context), type: target };
  }
  if (targetType !== undefined && targetType.name.startsWith('reg')) {
    const isNumber = categoryOf(from) === 'N';
    return {
      sql: isNumber ? `CAST(${sql} AS BIGINT)` : `pg_${targetType.name}_in(${sql})`,
      type: target,
    };
  }
  if (to === OID.oid && fromType !== undefined && categoryOf(from) === 'N') {
    return {
      sql: fromType.name.startsWith('reg') || from === OID.oid ? sql : `CAST(${sql} AS BIGINT)`,
      type: target,
    };
  }
  if (expression.constant !== undefined && (from === 1560 || from === OID.varbit)) {
    return { sql: `CAST(${expression.constant} AS ${printDataType(dataTypeOf(target) ?? scalar('INTEGER'))})`, type: target };
  }
  if (to === OID.bool && categoryOf(from) === 'S') {
    return {
      sql: `CASE lower(trim(${sql})) WHEN 'on' THEN true WHEN 'off' THEN false ELSE CAST(${sql} AS BOOLEAN) END`,
      type: target,
    };
  }
  if (to === OID.bytea && categoryOf(from) === 'S') {
    return {
      sql: `CASE WHEN starts_with(${sql}, '\\x') THEN unhex(substr(${sql}, 3)) ELSE encode(${sql}) END`,
      type: target,
    };
  }
  if (targetType !== undefined && targetType.category === 'A' && categoryOf(from) === 'S') {
    return { sql: castAs(`concat('[', trim(${sql}, '{}'), ']')`, target), type: target };
  }
  if (to === OID.time && from === OID.interval) {
    return { sql: `(TIME '00:00:00' + ${sql})`, type: target };
  }
  if (to === OID.interval && from === OID.time) {
    return { sql: `to_microseconds(epoch_us(${sql}))`, type: target };
  }
  if ((to === OID.timestamp || to === OID.timestamptz) && target.modifier >= 0 && target.modifier < 6) {
    const step = 10 ** (6 - target.modifier);
    const micros = `CAST(round(epoch_us(${castAs(sql, { oid: to, modifier: -1 })}) / ${step}.0) * ${step} AS BIGINT)`;
    return { sql: `${to === OID.timestamp ? 'make_timestamp' : 'make_timestamptz'}(${micros})`, type: target };
  }
  return { sql: castAs(sql, target), type: target };
}

function castAs(sql: string, target: PostgresColumnType): string {
  const type = dataTypeOf({ oid: target.oid, modifier: -1 });
  return type === undefined ? sql : `CAST(${sql} AS ${printDataType(type)})`;
}

/** True for the types that are VARCHAR in DuckDB and print as themselves. */
function isText(oid: number): boolean {
  return categoryOf(oid) === 'S' || oid === OID.char;
}

function castToNumeric(expression: Typed, from: number, target: PostgresColumnType): Typed {
  const declared = target.modifier >= 4 ? dataTypeOf(target) : undefined;
  if (declared !== undefined && declared.kind === 'decimal') {
    return {
      sql: `CAST(${expression.sql} AS ${printDataType(declared)})`,
      type: target,
      scale: declared.scale,
      width: declared.width,
    };
  }
  if (from === OID.numeric) {
    return { ...expression, type: target };
  }
  const digits =
    expression.constant !== undefined && /^-?\d{1,19}$/.test(expression.constant) ? expression.constant.replace('-', '').length : INTEGER_DIGITS.get(from);
  if (digits !== undefined) {
    return { sql: `CAST(${expression.sql} AS DECIMAL(${digits}, 0))`, type: target, scale: 0, width: digits };
  }
  return { sql: `CAST(${expression.sql} AS DECIMAL(38, 16))`, type: target, scale: 16 };
}

/** The text form of a value, as Postgres's output function writes it. */
export function toText(expression: Typed, from: number, target: PostgresColumnType, context: CoercionContext): string {
  const text = textOf(expression, from);
  const length = target.modifier >= 4 ? target.modifier - 4 : undefined;
  switch (target.oid) {
    case OID.varchar:
      return length === undefined ? text : context === 'explicit' ? `left(${text}, ${length})` : assignedLength(text, length, 'character varying');
    case OID.bpchar:
      return length === undefined ? text : `rpad(${context === 'explicit' ? text : assignedLength(text, length, 'character')}, ${length}, ' ')`;
    case OID.char:
      return `left(${text}, 1)`;
    default:
      return from === OID.bpchar ? `rtrim(${text}, ' ')` : text;
  }
}

/** Assignment to varchar(n) drops only spaces past the end; anything else is an error. */
function assignedLength(text: string, length: number, type: string): string {
  return `CASE WHEN length(rtrim(${text}, ' ')) > ${length} THEN error('SLUICE:22001:value too long for type ${type}(${length})') ELSE left(${text}, ${length}) END`;
}

/** An array as Postgres prints it: elements in quotes where they would be read as something else. */
function arrayText(sql: string, elementOid: number): string {
  const text = textOf({ sql: 'element', type: { oid: elementOid, modifier: -1 } }, elementOid);
  const isPlain = ['N', 'B'].includes(postgresTypeByOid(elementOid)?.category ?? '');
  const value = elementOid === OID.bool ? `CASE WHEN element THEN 't' ELSE 'f' END` : text;
  const escaped = `replace(replace(${value}, '\\', '\\\\'), '"', '\\"')`;
  const needsQuotes = `regexp_matches(${value}, '[{},"\\\\\\s]') OR upper(${value}) IN ('', 'NULL')`;
  const quoted = isPlain ? value : `CASE WHEN ${needsQuotes} THEN concat('"', ${escaped}, '"') ELSE ${value} END`;
  return `('{' || array_to_string(list_transform(${sql}, lambda element: CASE WHEN element IS NULL THEN 'NULL' ELSE ${quoted} END), ',') || '}')`;
}

function textOf(expression: Typed, from: number): string {
  const sql = expression.sql;
  switch (from) {
    case OID.text:
    case OID.varchar:
    case OID.bpchar:
    case OID.name:
    case OID.char:
      return sql;
    case OID.float4:
    case OID.float8:
      return `CASE WHEN isinf(${sql}) THEN CASE WHEN ${sql} > 0 THEN 'Infinity' ELSE '-Infinity' END WHEN isnan(${sql}) THEN 'NaN' ELSE regexp_replace(CAST(${sql} AS VARCHAR), '\\.0$', '') END`;
    case OID.interval:
      return `regexp_replace(replace(CAST(${sql} AS VARCHAR), 'month', 'mon'), '-1 (year|mon|day)( |$)', '-1 \\1s\\2', 'g')`;
    case OID.bytea:
      return `('\\x' || lower(hex(${sql})))`;
    default:
      break;
  }
  const type = postgresTypeByOid(from);
  if (type !== undefined && type.name.startsWith('reg')) {
    return `pg_${type.name}_out(${sql})`;
  }
  if (type !== undefined && type.category === 'A') {
    return arrayText(sql, type.elementOid);
  }
  return `CAST(${sql} AS VARCHAR)`;
}
