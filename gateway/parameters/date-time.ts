import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { timeZoneOf } from '../../executor/encode/time-zone.js';
import type { InputSettings, ParameterCodec } from './codec.js';
import { invalidBinary, requireBytes } from './codec.js';
import type { DateTimeInput } from './date-input.js';
import { readDateTime, readTime } from './date-input.js';

const POSTGRES_EPOCH_DAYS = 10_957;
const POSTGRES_EPOCH_MICROS = 946_684_800_000_000n;
const SECONDS_PER_DAY = 86_400;
const MICROS_PER_SECOND = 1_000_000n;
const INT32_MAX = 0x7fff_ffff;
const INT32_MIN = -0x8000_0000;
const INT64_MAX = 0x7fff_ffff_ffff_ffffn;
const INT64_MIN = -INT64_MAX - 1n;
/** What DuckDB's timestamps reach: 290309-12-22 BC to 294247-01-10. */
const DUCKDB_MICROS_MIN = -9_223_372_022_400_000_000n;
const DUCKDB_MICROS_MAX = 9_223_372_036_854_775_806n;
/** make_date takes an int32 day; the two ends are DuckDB's infinities. */
const DUCKDB_DAYS_MAX = INT32_MAX - 1;

function daysSince1970(year: number, month: number, day: number): number {
  // Years from 1 March, whose leap day is the last.
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

/** Infinities by name, and the epoch; undefined for other text. */
function specialInput(text: string): 'infinity' | '-infinity' | 'epoch' | undefined {
  const word = text.trim().toLowerCase();
  return word === 'infinity' || word === '+infinity' ? 'infinity' : word === '-infinity' || word === 'epoch' ? word : undefined;
}

// Values are written as numbers of days or microseconds: DuckDB's own date text cannot be trusted with BC years (it skips the words).
function dateLiteral(days: number): string {
  if (days < -DUCKDB_DAYS_MAX || days > DUCKDB_DAYS_MAX) {
    throw new SqlError(SQLSTATE.datetime_field_overflow, 'date out of range');
  }
  return `make_date(CAST('${days}' AS INTEGER))`;
}

/** date. */
export const dateCodec: ParameterCodec = {
  text: (text, settings) => {
    const special = specialInput(text);
    if (special === 'epoch') {
      return dateLiteral(0);
    }
    if (special !== undefined) {
      return `CAST('${special}' AS DATE)`;
    }
    const input = readDateTime('date', text, settings.dateStyle);
    return dateLiteral(daysSince1970(input.year, input.month, input.day));
  },
  binary: (bytes) => {
    requireBytes(bytes, 4, 'date');
    const days = bytes.readInt32BE();
    return days === INT32_MAX ? "CAST('infinity' AS DATE)" : days === INT32_MIN ? "CAST('-infinity' AS DATE)" : dateLiteral(days + POSTGRES_EPOCH_DAYS);
  },
};

function microsLiteral(micros: bigint, zoned: boolean): string {
  if (micros < DUCKDB_MICROS_MIN || micros > DUCKDB_MICROS_MAX) {
    throw new SqlError(SQLSTATE.datetime_field_overflow, 'timestamp out of range');
  }
  return `${zoned ? 'make_timestamptz' : 'make_timestamp'}(CAST('${micros}' AS BIGINT))`;
}

function timestampCodec(name: string, duckdb: string, zoned: boolean): ParameterCodec {
  return {
    text: (text, settings) => {
      const special = specialInput(text);
      if (special === 'epoch') {
        return microsLiteral(0n, zoned);
      }
      if (special !== undefined) {
        return `CAST('${special}' AS ${duckdb})`;
      }
      return microsLiteral(readMicros(name, text, settings, zoned), zoned);
    },
    binary: (bytes) => {
      requireBytes(bytes, 8, name);
      const micros = bytes.readBigInt64BE();
      return micros === INT64_MAX
        ? `CAST('infinity' AS ${duckdb})`
        : micros === INT64_MIN
          ? `CAST('-infinity' AS ${duckdb})`
          : microsLiteral(micros + POSTGRES_EPOCH_MICROS, zoned);
    },
  };
}

function readMicros(name: string, text: string, settings: InputSettings, zoned: boolean): bigint {
  const input = readDateTime(name, text, settings.dateStyle);
  const local = BigInt(daysSince1970(input.year, input.month, input.day) * SECONDS_PER_DAY) * MICROS_PER_SECOND + BigInt(input.timeMicros ?? 0);
  return zoned ? local - BigInt(offsetOf(input, local, settings)) * MICROS_PER_SECOND : local;
}

/** Microseconds since 1970-01-01 UTC of a timestamptz as text. */
export function timestampMicros(text: string, settings: InputSettings): bigint {
  const special = specialInput(text);
  if (special !== undefined) {
    return special === 'epoch' ? 0n : special === 'infinity' ? DUCKDB_MICROS_MAX : DUCKDB_MICROS_MIN;
  }
  return readMicros('timestamp with time zone', text, settings, true);
}

/** Seconds east of UTC for a local time: as given, or by the rules of the zone given or the session's. */
function offsetOf(input: DateTimeInput, localMicros: bigint, settings: InputSettings): number {
  if (typeof input.zone === 'number') {
    return input.zone;
  }
  return localOffset(input.zone ?? settings.timeZone, Number(localMicros / MICROS_PER_SECOND), input.zone !== null);
}

function localOffset(name: string, localSeconds: number, written: boolean): number {
  const zone = written ? zoneWritten(name) : timeZoneOf(name);
  const before = zone.offsetAt(localSeconds - SECONDS_PER_DAY);
  const after = zone.offsetAt(localSeconds + SECONDS_PER_DAY);
  // Of a local time that occurs twice Postgres takes the later; one that is skipped is counted on from before.
  return zone.offsetAt(localSeconds - after) === after ? after : before;
}

function zoneWritten(name: string): ReturnType<typeof timeZoneOf> {
  try {
    return timeZoneOf(name);
  } catch (cause) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `time zone "${name.toLowerCase()}" not recognized`, {
      cause,
    });
  }
}

/** timestamp. A zone in the text is not looked at, as in Postgres. */
export const timestampParameterCodec: ParameterCodec = timestampCodec('timestamp', 'TIMESTAMP', false);

/** timestamptz. */
export const timestamptzCodec: ParameterCodec = timestampCodec('timestamp with time zone', 'TIMESTAMP WITH TIME ZONE', true);

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function clockText(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(micros - seconds * 1e6).padStart(6, '0')}`;
}

function readMicrosOfDay(bytes: Buffer, name: string): number {
  const micros = Number(bytes.readBigInt64BE(0));
  if (micros < 0 || micros > 86_400_000_000) {
    throw new SqlError(SQLSTATE.datetime_field_overflow, `${name} out of range`);
  }
  return micros;
}

/** time. */
export const timeCodec: ParameterCodec = {
  text: (text) => `CAST('${clockText(readTime('time', text).micros)}' AS TIME)`,
  binary: (bytes) => {
    requireBytes(bytes, 8, 'time');
    return `CAST('${clockText(readMicrosOfDay(bytes, 'time'))}' AS TIME)`;
  },
};

function timetzLiteral(micros: number, offset: number): string {
  const size = Math.abs(offset);
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}:${two(size % 60)}`;
  return `CAST('${clockText(micros)}${zone}' AS TIME WITH TIME ZONE)`;
}

/** timetz. Without a zone, the session's offset of today. */
export const timetzCodec: ParameterCodec = {
  text: (text, settings) => {
    const { micros, zone } = readTime('time with time zone', text);
    const offset =
      typeof zone === 'number' ? zone : (zone === null ? timeZoneOf(settings.timeZone) : zoneWritten(zone)).offsetAt(Math.floor(Date.now() / 1000));
    return timetzLiteral(micros, offset);
  },
  binary: (bytes) => {
    requireBytes(bytes, 12, 'time with time zone');
    const west = bytes.readInt32BE(8);
    if (Math.abs(west) >= 16 * 3600) {
      throw invalidBinary('time with time zone');
    }
    return timetzLiteral(readMicrosOfDay(bytes, 'time'), -west);
  },
};
