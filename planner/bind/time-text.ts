/**
 * Dates and times as DuckDB stores them, as text that casts back to the same value. DuckDB's calendar is proleptic
 * Gregorian; years before 1 are written with (BC).
 */

const MICROS_PER_SECOND = 1_000_000n;
const SECONDS_PER_DAY = 86_400n;
const NANOS_PER_SECOND = 1_000_000_000n;

/** DuckDB's marks for infinity: the largest value of the type, and its negative. */
const DATE_INFINITY = 2147483647n;
const TIMESTAMP_INFINITY = 9223372036854775807n;

/** TIMETZ keeps the largest offset minus the offset in its lower 24 bits. */
const TIMETZ_OFFSET_MAX = 57599n;
const TIMETZ_OFFSET_BITS = 24n;

/** Days since 1970-01-01 as a date's text. */
export function dateText(days: bigint): string {
  return infinityText(days, DATE_INFINITY) ?? withEra(civilFromDays(days), '');
}

/** A timestamp's text; `perSecond` is the number of its units in a second. */
export function timestampText(value: bigint, perSecond: bigint): string {
  const infinite = infinityText(value, TIMESTAMP_INFINITY);
  if (infinite !== null) {
    return infinite;
  }
  const perDay = perSecond * SECONDS_PER_DAY;
  const days = floorDivide(value, perDay);
  return withEra(civilFromDays(days), ` ${clockText(value - days * perDay, perSecond)}`);
}

/** A TIME's text from microseconds since midnight. */
export function timeText(micros: bigint): string {
  return clockText(micros, MICROS_PER_SECOND);
}

/** A TIME_NS's text from nanoseconds since midnight. */
export function timeNanosText(nanos: bigint): string {
  return clockText(nanos, NANOS_PER_SECOND);
}

/** A TIME WITH TIME ZONE's text from DuckDB's packed bits. */
export function timeWithZoneText(bits: bigint): string {
  const micros = bits >> TIMETZ_OFFSET_BITS;
  const offset = TIMETZ_OFFSET_MAX - (bits & ((1n << TIMETZ_OFFSET_BITS) - 1n));
  const size = offset < 0n ? -offset : offset;
  const zone = `${offset < 0n ? '-' : '+'}${pad(size / 3600n, 2)}:${pad((size / 60n) % 60n, 2)}:${pad(size % 60n, 2)}`;
  return clockText(micros, MICROS_PER_SECOND) + zone;
}

/** An interval's text; its three parts never mix. */
export function intervalText(months: bigint, days: bigint, micros: bigint): string {
  return `${months} months ${days} days ${micros} microseconds`;
}

function infinityText(value: bigint, infinity: bigint): string | null {
  return value === infinity ? 'infinity' : value === -infinity ? '-infinity' : null;
}

function clockText(units: bigint, perSecond: bigint): string {
  const seconds = units / perSecond;
  const fraction = units % perSecond;
  const digits = perSecond.toString().length - 1;
  const clock = `${pad(seconds / 3600n, 2)}:${pad((seconds / 60n) % 60n, 2)}:${pad(seconds % 60n, 2)}`;
  return fraction === 0n ? clock : `${clock}.${pad(fraction, digits)}`;
}

interface CivilDate {
  readonly year: bigint;
  readonly month: bigint;
  readonly day: bigint;
}

function withEra(date: CivilDate, rest: string): string {
  const beforeChrist = date.year <= 0n;
  const year = beforeChrist ? 1n - date.year : date.year;
  return `${pad(year, 4)}-${pad(date.month, 2)}-${pad(date.day, 2)}${beforeChrist ? ' (BC)' : ''}${rest}`;
}

// Counts in eras of 400 years (146,097 days) whose years begin in March, so that the leap day is the last of a year.
function civilFromDays(days: bigint): CivilDate {
  const shifted = days + 719_468n;
  const era = floorDivide(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const shiftedMonth = (5n * dayOfYear + 2n) / 153n;
  const month = shiftedMonth < 10n ? shiftedMonth + 3n : shiftedMonth - 9n;
  return {
    year: yearOfEra + era * 400n + (month <= 2n ? 1n : 0n),
    month,
    day: dayOfYear - (153n * shiftedMonth + 2n) / 5n + 1n,
  };
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function pad(value: bigint, width: number): string {
  return value.toString().padStart(width, '0');
}
