import type { DataType } from '../../planner/types/data-type.js';
import { printDataType, scalar } from '../../planner/types/data-type.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { OID, formatPostgresType } from '../../planner/types/postgres-type.js';
import { arrayCodec } from '../parameters/array.js';
import type { InputSettings, ParameterCodec } from '../parameters/codec.js';
import { invalidText } from '../parameters/codec.js';
import { codecOf } from '../parameters/parameter-literal.js';
import type { ColumnForm } from './plain-values.js';

/**
 * Values that the gateway has read, as texts that one cast turns back into them. Dates, timestamps and intervals are `@`
 * and numbers, arrays are JSON of their elements' texts.
 */

/** Space to JavaScript but not to PostgreSQL: no value but a text holds it. */
const OTHER_SPACE = /[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/;

/** Reads a value and gives its stored text. Errors are PostgreSQL's. */
export function storedText(form: ColumnForm, value: { readonly format: 'text' | 'binary'; readonly bytes: Buffer }, settings: InputSettings): string {
  const element = storingCodec(form);
  if (value.format === 'text' && !form.isArray && form.oid !== OID.json && form.oid !== OID.jsonb && OTHER_SPACE.test(value.bytes.toString('utf8'))) {
    throw invalidText(formatPostgresType({ oid: form.oid, modifier: -1 }), value.bytes.toString('utf8'));
  }
  if (!form.isArray) {
    return read(element, value, settings);
  }
  const jsonElement: ParameterCodec = {
    text: (text, given) => JSON.stringify(element.text(text, given)),
    binary: (bytes, given) => JSON.stringify(element.binary(bytes, given)),
  };
  const literal = read(arrayCodec(jsonElement, scalar('VARCHAR')), value, settings);
  const items = literal.slice('CAST('.length, literal.lastIndexOf(' AS '));
  if (items.startsWith('[[')) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'arrays of several dimensions cannot be copied');
  }
  return items.replaceAll(/"(?:[^"\\]|\\.)*"|NULL/g, (found) => (found === 'NULL' ? 'null' : found));
}

function read(codec: ParameterCodec, value: { readonly format: 'text' | 'binary'; readonly bytes: Buffer }, settings: InputSettings): string {
  return value.format === 'text' ? codec.text(value.bytes.toString('utf8'), settings) : codec.binary(value.bytes, settings);
}

/** A type's codec whose constants are made stored texts. */
function storingCodec(form: ColumnForm): ParameterCodec {
  const codec = codecOf(form.oid);
  if (codec === undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, `values of column "${form.column.name}" cannot be copied`);
  }
  return {
    text: (text, settings) => textOf(codec.text(text, settings)),
    binary: (bytes, settings) => textOf(codec.binary(bytes, settings)),
  };
}

/** The forms a codec's constant can have, with what of each is kept. */
const CONSTANTS: readonly (readonly [pattern: RegExp, text: (match: RegExpExecArray) => string])[] = [
  [/^CAST\('((?:[^']|'')*)' AS [^']*\)$/s, (match) => (match[1] ?? '').replaceAll("''", "'")],
  [/^(TRUE|FALSE)$/, (match) => (match[1] ?? '').toLowerCase()],
  [/^from_hex\('([0-9a-f]*)'\)$/, (match) => `\\x${match[1]}`],
  [/^make_(?:date|timestamp|timestamptz)\(CAST\('(-?\d+)' AS [A-Z]+\)\)$/, (match) => `@${match[1]}`],
  [
    /^\(to_months\(CAST\('(-?\d+)' AS INTEGER\)\) \+ to_days\(CAST\('(-?\d+)' AS INTEGER\)\) \+ to_microseconds\(CAST\('(-?\d+)' AS BIGINT\)\)\)$/,
    (match) => `@${match[1]} ${match[2]} ${match[3]}`,
  ],
];

function textOf(constant: string): string {
  for (const [pattern, text] of CONSTANTS) {
    const match = pattern.exec(constant);
    if (match !== null) {
      return text(match);
    }
  }
  throw new Error(`a constant of an unknown form: ${constant.slice(0, 100)}`);
}

/** The value of a stored text, in DuckDB's SQL. */
export function storedValueSql(form: ColumnForm, text: string): string {
  const { type } = form.column;
  if (form.isArray && type.kind === 'list') {
    return `CAST(list_transform(CAST(CAST(${text} AS JSON) AS VARCHAR[]), lambda e: ${scalarSql(type.element, 'e')}) AS ${printDataType(type)})`;
  }
  return scalarSql(type, text);
}

function scalarSql(type: DataType, text: string): string {
  const cast = `CAST(${text} AS ${printDataType(type)})`;
  const numbers = numbersSql(type, text);
  if (numbers !== null) {
    return `CASE WHEN ${text}[1] = '@' THEN CAST(${numbers} AS ${printDataType(type)}) ELSE ${cast} END`;
  }
  return type.kind === 'scalar' && type.name === 'BLOB' ? `from_hex(substr(${text}, 3))` : type.kind === 'scalar' && type.name === 'VARCHAR' ? text : cast;
}

function numbersSql(type: DataType, text: string): string | null {
  const number = (index: number, as: string): string => `CAST(split_part(substr(${text}, 2), ' ', ${index}) AS ${as})`;
  const name = type.kind === 'scalar' ? type.name : '';
  if (name === 'DATE') {
    return `make_date(${number(1, 'INTEGER')})`;
  }
  if (name === 'TIMESTAMP WITH TIME ZONE') {
    return `make_timestamptz(${number(1, 'BIGINT')})`;
  }
  if (name === 'INTERVAL') {
    return `(to_months(${number(1, 'INTEGER')}) + to_days(${number(2, 'INTEGER')}) + to_microseconds(${number(3, 'BIGINT')}))`;
  }
  return name.startsWith('TIMESTAMP') ? `make_timestamp(${number(1, 'BIGINT')})` : null;
}
