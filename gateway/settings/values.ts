import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** A boolean setting's value as `on` or `off`; Postgres takes unambiguous beginnings of on, off, true, false, yes, no, 1, 0. */
export function parseFlag(name: string, value: string): 'on' | 'off' {
  const word = value.toLowerCase();
  if (word === 'on' || word === '1' || (word !== '' && ('true'.startsWith(word) || 'yes'.startsWith(word)))) {
    return 'on';
  }
  if (word === '0' || (word !== '' && ('false'.startsWith(word) || 'no'.startsWith(word) || (word.length > 1 && 'off'.startsWith(word))))) {
    return 'off';
  }
  throw new SqlError(SQLSTATE.invalid_parameter_value, `parameter "${name}" requires a Boolean value`);
}

/** A whole number within bounds. */
export function parseWholeNumber(name: string, value: string, minimum: number, maximum: number): string {
  if (!/^[+-]?\d+$/.test(value.trim())) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for parameter "${name}": "${value}"`);
  }
  const number = Number(value);
  if (number < minimum || number > maximum) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `${value.trim()} is outside the valid range for parameter "${name}" (${minimum} .. ${maximum})`);
  }
  return String(number);
}

const DURATION_UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['us', 0.001],
  ['ms', 1],
  ['s', 1000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Longest duration Postgres takes: an int4 of milliseconds. */
const DURATION_MAX_MS = 2_147_483_647;

/** A duration in milliseconds: a number alone is milliseconds, `5s`, `2 min` and the like are converted. */
export function parseDuration(name: string, value: string): string {
  const match = /^\s*([+-]?\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value);
  const unit = match === null ? undefined : DURATION_UNITS_MS.get(match[2] === '' || match[2] === undefined ? 'ms' : match[2]);
  if (match === null || unit === undefined) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for parameter "${name}": "${value}"`, {
      hint: 'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".',
    });
  }
  const milliseconds = Math.round(Number(match[1]) * unit);
  if (milliseconds < 0 || milliseconds > DURATION_MAX_MS) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `${milliseconds} ms is outside the valid range for parameter "${name}" (0 .. ${DURATION_MAX_MS})`);
  }
  return String(milliseconds);
}

/** A duration as SHOW gives it: in the largest unit that leaves a whole number, as in Postgres. */
export function showDuration(milliseconds: string): string {
  return inLargestUnit(
    milliseconds,
    [...DURATION_UNITS_MS].filter(([, size]) => size >= 1),
  );
}

const BYTE_UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1024],
  ['mb', 1024 ** 2],
  ['gb', 1024 ** 3],
  ['tb', 1024 ** 4],
]);

/** A size in bytes: a number alone is bytes; kB, MB, GB, TB are powers of 1024, as in Postgres. */
export function parseByteSize(name: string, value: string): string {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value);
  const unit = match === null ? undefined : BYTE_UNITS.get((match[2] ?? '').toLowerCase());
  if (match === null || unit === undefined) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for parameter "${name}": "${value}"`, {
      hint: 'Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".',
    });
  }
  return String(Math.round(Number(match[1]) * unit));
}

/** A size as SHOW gives it: in the largest unit that leaves a whole number. */
export function showByteSize(byteCount: string): string {
  return inLargestUnit(byteCount, [
    ['B', 1],
    ['kB', 1024],
    ['MB', 1024 ** 2],
    ['GB', 1024 ** 3],
    ['TB', 1024 ** 4],
  ]);
}

function inLargestUnit(value: string, units: readonly (readonly [unit: string, size: number])[]): string {
  const number = Number(value);
  const unit = number === 0 ? undefined : units.findLast(([, size]) => number % size === 0);
  return unit === undefined ? value : `${number / unit[1]}${unit[0]}`;
}
