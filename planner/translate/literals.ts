import { SqlError } from '../sql-error.js';
import type { SqlState } from '../sqlstate.js';
import { SQLSTATE } from '../sqlstate.js';
import { printDataType, quoteText } from '../types/data-type.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import { dataTypeOf, formatPostgresType, OID, postgresTypeByOid } from '../types/postgres-type.js';
import type { ArrayLiteralItem } from './array-literal.js';
import { parseArrayLiteral } from './array-literal.js';
import { castSql } from './casts.js';
import { intervalText } from './interval-literal.js';
import { dateTimeText } from './date-time-literal.js';
import type { Typed } from './typed.js';

/** The session's fixed moment and zone, for `'now'::timestamptz` and its kin. */
export interface LiteralSession {
  readonly transactionTimestampMicros: bigint;
  readonly timeZone: string;
  /** Value of a setting: DateStyle says which of day and month comes first. */
  readonly setting: (name: string) => string | undefined;
}

const INTEGER_RANGES: ReadonlyMap<number, readonly [bigint, bigint]> = new Map([
  [OID.int2, [-(2n ** 15n), 2n ** 15n - 1n]],
  [OID.int4, [-(2n ** 31n), 2n ** 31n - 1n]],
  [OID.int8, [-(2n ** 63n), 2n ** 63n - 1n]],
  [OID.oid, [-(2n ** 31n), 2n ** 32n - 1n]],
]);

/** A text as a constant of a type, as Postgres's input function for the type reads it. Throws SqlError without position. */
export function literalOf(text: string | null, target: PostgresColumnType, session: LiteralSession): Typed {
  const type = postgresTypeByOid(target.oid);
  const duckdb = dataTypeOf(target);
  if (text === null) {
    return {
      sql: duckdb === undefined ? 'NULL' : `CAST(NULL AS ${printDataType(duckdb)})`,
      type: target,
      text: null,
    };
  }
  if (type !== undefined && type.elementOid !== 0 && type.category === 'A') {
    return arrayLiteral(text, target, type.elementOid, session);
  }
  const range = INTEGER_RANGES.get(target.oid);
  if (range !== undefined) {
    return integerLiteral(text, target, range);
  }
  switch (target.oid) {
    case OID.bool:
      return { sql: booleanText(text), type: target, text: booleanText(text) === 'true' ? 't' : 'f' };
    case OID.numeric:
      return numericLiteral(text, target);
    case OID.float4:
    case OID.float8:
      return floatLiteral(text, target);
    case OID.bytea:
      return { sql: byteaLiteral(text), type: target };
    case OID.date:
    case OID.time:
    case OID.timetz:
    case OID.timestamp:
    case OID.timestamptz: {
      const normal = dateTimeText(text, target.oid, session);
      const exact: Typed = { sql: castText(normal, target), type: { oid: target.oid, modifier: -1 } };
      return target.modifier >= 0 && target.modifier < 6 ? castSql(exact, target) : { ...exact, type: target };
    }
    case OID.interval:
      return { sql: castText(intervalText(text, target.modifier), target), type: target };
    case OID.uuid: {
      const digits = text
        .trim()
        .replace(/^\{(.*)\}$/, '$1')
        .replaceAll('-', '');
      if (!/^[0-9a-fA-F]{32}$/.test(digits)) {
        throw invalidInput(text, target);
      }
      return {
        sql: castText(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5').toLowerCase(), target),
        type: target,
      };
    }
    case OID.json:
    case OID.jsonb:
      if (!isJson(text)) {
        throw new SqlError(SQLSTATE.invalid_text_representation, 'invalid input syntax for type json', { detail: jsonDetail(text) });
      }
      return { sql: castText(text, target), type: target };
    case OID.varchar:
      return textLiteral(target.modifier >= 4 ? truncate(text, target.modifier - 4) : text, target);
    case OID.bpchar: {
      const length = target.modifier >= 4 ? target.modifier - 4 : undefined;
      return {
        sql: quoteText(length === undefined ? text : truncate(text, length).padEnd(length)),
        type: target,
      };
    }
    case OID.char:
      return { sql: quoteText(truncate(text, 1)), type: target };
    case OID.name:
      return textLiteral(truncate(text, 63), target);
    case OID.text:
      return textLiteral(text, target);
    default:
      return { sql: otherLiteral(text, target), type: target };
  }
}

/** What PostgreSQL says of a text that is no JSON: whether it ends too early, or where it stops to be any. */
function jsonDetail(text: string): string {
  const whole = text.trim();
  const token = /[^\s[\]{},:"]+/.exec(whole)?.[0] ?? whole;
  return whole === '' || /[[{,:]$/.test(whole) ? 'The input string ended unexpectedly.' : `Token "${token}" is invalid.`;
}

/** `invalid input syntax`: what Postgres says of a text that is no value of a type. */
export function invalidInput(text: string, target: PostgresColumnType, sqlstate: SqlState = SQLSTATE.invalid_text_representation): SqlError {
  return new SqlError(sqlstate, `invalid input syntax for type ${formatPostgresType({ oid: target.oid, modifier: -1 })}: "${text}"`);
}

function textLiteral(text: string, target: PostgresColumnType): Typed {
  return { sql: quoteText(text), type: target, text };
}

function castText(text: string, target: PostgresColumnType): string {
  const duckdb = dataTypeOf({ oid: target.oid, modifier: -1 });
  return `CAST(${quoteText(text)} AS ${duckdb === undefined ? 'VARCHAR' : printDataType(duckdb)})`;
}

function truncate(text: string, length: number): string {
  return Array.from(text).slice(0, length).join('');
}

function integerLiteral(text: string, target: PostgresColumnType, range: readonly [bigint, bigint]): Typed {
  const digits = text.trim();
  if (!/^[+-]?\d+$/.test(digits)) {
    throw invalidInput(text, target);
  }
  const value = BigInt(digits.replace('+', ''));
  if (value < range[0] || value > range[1]) {
    throw new SqlError(SQLSTATE.numeric_value_out_of_range, `value "${text}" is out of range for type ${formatPostgresType(target)}`);
  }
  const sql = target.oid === OID.int4 ? (value < 0n ? `(${value})` : String(value)) : `CAST(${value} AS ${target.oid === OID.int2 ? 'SMALLINT' : 'BIGINT'})`;
  return { sql, type: target, constant: String(value), text: String(value) };
}

/** A number in plain or exponent form as digits and scale; null for anything else. */
export function plainDecimal(text: string): { readonly digits: string; readonly scale: number } | null {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) {
    return null;
  }
  const exponent = Number(match[4] ?? 0);
  if (Math.abs(exponent) > 400) {
    return null;
  }
  let whole = match[2] ?? '';
  let fraction = match[3] ?? '';
  if (exponent > 0) {
    whole += fraction.slice(0, exponent).padEnd(exponent, '0');
    fraction = fraction.slice(exponent);
  } else if (exponent < 0) {
    const padded = whole.padStart(-exponent, '0');
    fraction = padded.slice(padded.length + exponent) + fraction;
    whole = padded.slice(0, padded.length + exponent);
  }
  whole = whole.replace(/^0+(?=.)/, '');
  const sign = match[1] === '-' ? '-' : '';
  return {
    digits: `${sign}${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`,
    scale: fraction.length,
  };
}

/** A number's text as DuckDB DECIMAL (exact), or as DOUBLE where it has more digits than DECIMAL holds. */
export function numericConstant(text: string): Typed {
  const plain = plainDecimal(text);
  const type: PostgresColumnType = { oid: OID.numeric, modifier: -1 };
  if (plain === null) {
    throw invalidInput(text, type);
  }
  const width = plain.digits.replace(/[^\d]/g, '').replace(/^0+(?=\d)/, '').length;
  const signed = plain.digits.startsWith('-') ? `(${plain.digits})` : plain.digits;
  if (plain.scale <= 38 && width <= 38) {
    const sql = plain.scale === 0 ? `CAST(${plain.digits} AS DECIMAL(${Math.max(width, 1)}, 0))` : signed;
    return { sql, type, scale: plain.scale, width: Math.max(width, plain.scale, 1), constant: plain.digits };
  }
  return {
    sql: `CAST('${plain.digits}' AS DOUBLE)`,
    type,
    constant: plain.digits,
    oddStorage: true,
  };
}

function numericLiteral(text: string, target: PostgresColumnType): Typed {
  if (/^\s*[+-]?(nan|inf|infinity)\s*$/i.test(text)) {
    return { sql: `CAST(${quoteText(text.trim())} AS DOUBLE)`, type: target, oddStorage: true };
  }
  const constant = plainDecimal(text) === null ? null : numericConstant(text);
  if (constant === null) {
    throw invalidInput(text, target);
  }
  const duckdb = dataTypeOf(target);
  if (target.modifier < 4 || duckdb === undefined || duckdb.kind !== 'decimal') {
    return constant;
  }
  return {
    sql: `CAST(${constant.sql} AS ${printDataType(duckdb)})`,
    type: target,
    scale: duckdb.scale,
    width: duckdb.width,
  };
}

function floatLiteral(text: string, target: PostgresColumnType): Typed {
  const trimmed = text.trim();
  const known = /^[+-]?(?:nan|inf|infinity)$/i.test(trimmed);
  if (!known && !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) {
    throw invalidInput(text, target);
  }
  const value = { sql: castText(trimmed, target), type: target };
  return known ? value : { ...value, constant: trimmed };
}

function booleanText(text: string): string {
  const word = text.trim().toLowerCase();
  if (['true', 'yes', 'on', '1'].some((yes) => word !== '' && yes.startsWith(word) && word !== 'o')) {
    return 'true';
  }
  if (['false', 'no', 'off', '0'].some((no) => word !== '' && no.startsWith(word) && word !== 'o')) {
    return 'false';
  }
  throw invalidInput(text, { oid: OID.bool, modifier: -1 });
}

/** bytea's hex form (`\x00ff`) or escape form (`a\000\\`) as a BLOB constant. */
function byteaLiteral(text: string): string {
  if (text.startsWith('\\x')) {
    const hex = text.slice(2).replace(/\s/g, '');
    if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) {
      throw new SqlError(
        SQLSTATE.invalid_parameter_value,
        hex.length % 2 === 0 ? 'invalid hexadecimal digit' : 'invalid hexadecimal data: odd number of digits',
      );
    }
    return `unhex('${hex}')`;
  }
  let hex = '';
  const bytes = new TextEncoder().encode(text);
  for (let index = 0; index < bytes.length; index++) {
    let byte = bytes[index] ?? 0;
    if (byte === 0x5c) {
      const octal = /^[0-3][0-7][0-7]/.exec(String.fromCharCode(...bytes.slice(index + 1, index + 4)));
      if (octal !== null) {
        byte = Number.parseInt(octal[0], 8);
        index += 3;
      } else if (bytes[index + 1] === 0x5c) {
        index += 1;
      } else {
        throw invalidInput(text, { oid: OID.bytea, modifier: -1 });
      }
    }
    hex += byte.toString(16).padStart(2, '0');
  }
  return `unhex('${hex}')`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** reg* types look their names up in the catalog; everything else Sluice does not compute with stays text. */
function otherLiteral(text: string, target: PostgresColumnType): string {
  const type = postgresTypeByOid(target.oid);
  if (type !== undefined && type.name.startsWith('reg')) {
    return /^\d+$/.test(text) ? `CAST(${text} AS BIGINT)` : `pg_${type.name}_in(${quoteText(text)})`;
  }
  return type?.name === 'xid' ? castText(text, target) : quoteText(text);
}

function arrayLiteral(text: string, target: PostgresColumnType, elementOid: number, session: LiteralSession): Typed {
  const element: PostgresColumnType = { oid: elementOid, modifier: target.modifier };
  const duckdb = dataTypeOf({
    oid: target.oid,
    modifier: target.oid === 1231 ? target.modifier : -1,
  });
  const items =
    target.oid === 22 || target.oid === 30
      ? text
          .trim()
          .split(/\s+/)
          .filter((item) => item !== '')
      : parseArrayLiteral(text);
  const print = (item: ArrayLiteralItem): string =>
    item === null || typeof item === 'string' ? literalOf(item, element, session).sql : `[${item.map(print).join(', ')}]`;
  const nested = items.some((item) => Array.isArray(item));
  const sql = `[${items.map(print).join(', ')}]`;
  return {
    sql: duckdb === undefined || nested ? sql : `CAST(${sql} AS ${printDataType(duckdb)})`,
    type: target,
  };
}
