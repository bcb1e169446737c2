import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DuckdbException } from './exception.js';

/**
 * A value that does not fit its type. DuckDB has one exception type for three Postgres classes (22P02 unreadable text,
 * 22003 out of range, 22007/22008 dates), and no subtype, so its wording decides between them.
 */
export function conversionError(exception: DuckdbException): SqlError {
  const message = exception.message.split('\n', 1)[0] ?? '';
  for (const [pattern, make] of WORDINGS) {
    const match = pattern.exec(message);
    if (match !== null) {
      return make(match, message);
    }
  }
  return new SqlError(SQLSTATE.invalid_text_representation, message);
}

/** Postgres's names of DuckDB's physical types, which is what its messages show. */
const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['BOOL', 'boolean'],
  ['INT8', 'smallint'],
  ['INT16', 'smallint'],
  ['INT32', 'integer'],
  ['INT64', 'bigint'],
  ['INT128', 'numeric'],
  ['UINT8', 'smallint'],
  ['UINT16', 'integer'],
  ['UINT32', 'bigint'],
  ['UINT64', 'numeric'],
  ['UINT128', 'numeric'],
  ['FLOAT', 'real'],
  ['DOUBLE', 'double precision'],
  ['INTERVAL', 'interval'],
  ['DATE', 'date'],
  ['TIME', 'time'],
  ['TIMESTAMP', 'timestamp'],
  ['UUID', 'uuid'],
]);

function typeName(name: string | undefined): string {
  return TYPE_NAMES.get(name ?? '') ?? (name ?? 'unknown').toLowerCase();
}

function unreadable(match: RegExpExecArray): SqlError {
  const type = match[2] ?? '';
  // DuckDB keeps a UUID in an INT128 and says so; text that is no number can only have been meant as one.
  const name = type === 'INT128' && !/^\s*[+-]?[\d.]+\s*$/.test(match[1] ?? '') ? 'uuid' : typeName(type);
  const state = name === 'interval' ? SQLSTATE.invalid_datetime_format : SQLSTATE.invalid_text_representation;
  return new SqlError(state, `invalid input syntax for type ${name}: "${match[1]}"`);
}

type Wording = readonly [pattern: RegExp, make: (match: RegExpExecArray, message: string) => SqlError];

const WORDINGS: readonly Wording[] = [
  [
    /^Type (\w+) with value (.*) can't be cast because the value is out of range for the destination type (\w+)/s,
    (match) =>
      /^(DECIMAL|VARCHAR)/.test(match[3] ?? '')
        ? new SqlError(SQLSTATE.numeric_value_out_of_range, 'numeric field overflow')
        : new SqlError(SQLSTATE.numeric_value_out_of_range, `${typeName(match[3])} out of range`, {
            detail: `The value is ${match[2]}.`,
          }),
  ],
  [/^Could not convert string '(.*)' to (\w+)/s, unreadable],
  [/^Could not convert string "(.*)" to (\w+)/s, unreadable],
  [
    /^Could not convert string '(.*)' to DECIMAL/s,
    (match) => new SqlError(SQLSTATE.invalid_text_representation, `invalid input syntax for type numeric: "${match[1]}"`),
  ],
  [
    /^(?:date|time|timestamp) field value out of range: "(.*)"/s,
    (match) => new SqlError(SQLSTATE.datetime_field_overflow, `date/time field value out of range: "${match[1]}"`),
  ],
  [
    /^invalid (date|time|timestamp) field format: "(.*?)"/s,
    (match) => new SqlError(SQLSTATE.invalid_datetime_format, `invalid input syntax for type ${match[1]}: "${match[2]}"`),
  ],
  [/not in timestamp range|Date and time/i, () => new SqlError(SQLSTATE.datetime_field_overflow, 'timestamp out of range')],
  [
    /^Casting value .* to type DECIMAL|Could not cast value .* to DECIMAL/s,
    (_match, message) =>
      new SqlError(SQLSTATE.numeric_value_out_of_range, 'numeric field overflow', {
        detail: message,
      }),
  ],
  [
    /^Invalid (?:hex escape code|byte) encountered in (?:string|.*) -> blob/i,
    () => new SqlError(SQLSTATE.invalid_text_representation, 'invalid input syntax for type bytea'),
  ],
  [/out of range|overflow/i, (_match, message) => new SqlError(SQLSTATE.numeric_value_out_of_range, message)],
  [
    /^Unimplemented type for cast \((.*) -> (.*)\)/,
    (match) => new SqlError(SQLSTATE.cannot_coerce, `cannot cast type ${match[1]?.toLowerCase()} to ${match[2]?.toLowerCase()}`),
  ],
];
