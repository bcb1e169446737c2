import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** A date and time as read: fields of the proleptic Gregorian calendar, years counted astronomically (0 is 1 BC). */
export interface DateTimeInput {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Microseconds since midnight, up to 24:00:00; null when only a date was given. */
  readonly timeMicros: number | null;
  /** Seconds east of UTC, or the name of a zone; null when none was given. */
  readonly zone: number | string | null;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const WEEKDAY = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\\s+)?';

/** A time of day, with an optional zone: an offset, Z, or a name. */
const TIME =
  '(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d*))?)?(?:\\s*(am|pm))?\\s*(z|[+-]\\d{1,2}(?::?\\d{2}(?::?\\d{2})?)?|(?!(?:bc|ad)\\b)[a-z][a-z0-9_+/-]*)?';

/** A zone behind a date without a time: `2024-02-29 +01`, as pgjdbc sends dates. */
const ZONE_ALONE = '(?:\\s*\\+|\\s+-)\\d{1,2}(?::?\\d{2})?|\\s+(?:z|utc|gmt)';

type DateFields = readonly [year: number, month: number, day: number];

interface DatePattern {
  readonly pattern: RegExp;
  readonly fields: (match: RegExpExecArray, dayFirst: boolean) => DateFields;
}

function monthNumber(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

/** Two-digit years are of 1970 to 2069, as in Postgres. */
function fullYear(text: string | undefined): number {
  const year = Number(text);
  return (text ?? '').length > 2 ? year : year < 70 ? 2000 + year : 1900 + year;
}

function pattern(source: string): RegExp {
  return new RegExp(`^${source}(?:[T\\s]+${TIME}|(?:${ZONE_ALONE}))?(\\s+(?:bc|ad))?$`, 'i');
}

const DATE_PATTERNS: readonly DatePattern[] = [
  {
    pattern: pattern('(\\d{4,7})[-/.](\\d{1,2})[-/.](\\d{1,2})'),
    fields: (match) => [Number(match[1]), Number(match[2]), Number(match[3])],
  },
  {
    pattern: pattern('(\\d{4})(\\d{2})(\\d{2})'),
    fields: (match) => [Number(match[1]), Number(match[2]), Number(match[3])],
  },
  {
    pattern: pattern('(\\d{1,2})[-/](\\d{1,2})[-/](\\d{4,7}|\\d{2})'),
    fields: (match, dayFirst) =>
      dayFirst ? [fullYear(match[3]), Number(match[2]), Number(match[1])] : [fullYear(match[3]), Number(match[1]), Number(match[2])],
  },
  {
    pattern: pattern('(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4,7})'),
    fields: (match) => [Number(match[3]), Number(match[2]), Number(match[1])],
  },
  {
    pattern: pattern(`${WEEKDAY}(\\d{1,2})[\\s-]*${MONTH}[\\s,-]*(\\d{4,7})`),
    fields: (match) => [Number(match[3]), monthNumber(match[2]), Number(match[1])],
  },
  {
    pattern: pattern(`${WEEKDAY}${MONTH}[\\s-]*(\\d{1,2})[\\s,-]+(\\d{4,7})`),
    fields: (match) => [Number(match[3]), monthNumber(match[1]), Number(match[2])],
  },
];

/** The months' lengths; February's is decided by the year. */
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DATE_FIELD_COUNT = 3;

/** DateStyle Postgres puts the year after the time: `Thu Feb 29 23:59:59.5 2024 UTC`. */
const YEAR_LAST = new RegExp(`^${WEEKDAY}(${MONTH}\\s+\\d{1,2}|\\d{1,2}\\s+${MONTH})\\s+(\\d{1,2}:[\\d:.]+)\\s+(\\d{4,7})(\\s.*)?$`, 'i');

/** Reads a date, or a date and time. 22007 for text that is none, 22008 for fields out of range. */
export function readDateTime(typeName: string, text: string, dateStyle: string): DateTimeInput {
  const trimmed = text
    .trim()
    .replace(
      YEAR_LAST,
      (_, date: string, _first: string | undefined, _second: string | undefined, time: string, year: string, rest: string | undefined) =>
        `${date} ${year} ${time}${rest ?? ''}`,
    );
  const dayFirst = /dmy|european/i.test(dateStyle);
  for (const candidate of DATE_PATTERNS) {
    const match = candidate.pattern.exec(trimmed);
    if (match !== null) {
      const [writtenYear, month, day] = candidate.fields(match, dayFirst);
      const timeAt = 1 + DATE_FIELD_COUNT;
      const isBeforeChrist = (match[timeAt + 6] ?? '').trim().toLowerCase() === 'bc';
      const year = isBeforeChrist ? 1 - writtenYear : writtenYear;
      const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
      const monthDays = (MONTH_DAYS[month - 1] ?? 0) + (month === 2 && leap ? 1 : 0);
      if (writtenYear === 0 || day < 1 || day > monthDays) {
        throw fieldOutOfRange(text, month < 1 || month > 12);
      }
      const time = match[timeAt] === undefined ? null : timeOf(text, match.slice(timeAt, timeAt + 5));
      return { year, month, day, timeMicros: time, zone: zoneOf(match[timeAt + 5], text) };
    }
  }
  throw invalidDateTime(typeName, text);
}

const TIME_ONLY = new RegExp(`^(?:\\d{4,7}-\\d{1,2}-\\d{1,2}[T\\s]+)?${TIME}$`, 'i');

/** Reads a time of day; a date before it is allowed and not looked at. */
export function readTime(typeName: string, text: string): { readonly micros: number; readonly zone: number | string | null } {
  const match = TIME_ONLY.exec(text.trim());
  if (match === null) {
    throw invalidDateTime(typeName, text);
  }
  return { micros: timeOf(text, match.slice(1, 6)), zone: zoneOf(match[6], text) };
}

function timeOf(text: string, fields: readonly (string | undefined)[]): number {
  const [hourText, minuteText, secondText = '0', fraction = '', half] = fields;
  let hour = Number(hourText);
  if (half !== undefined) {
    if (hour > 12) {
      throw fieldOutOfRange(text, false);
    }
    hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  const minute = Number(minuteText);
  const second = Number(secondText);
  const micros = fraction === '' ? 0 : Math.round(Number(`0.${fraction}`) * 1e6);
  const total = ((hour * 60 + minute) * 60 + second) * 1e6 + micros;
  // Postgres reads :60 as the next minute, and 24:00:00 as the end of the day.
  if (minute > 59 || second > 60 || total > 86_400_000_000) {
    throw new SqlError(SQLSTATE.datetime_field_overflow, `date/time field value out of range: "${text}"`);
  }
  return total;
}

function zoneOf(text: string | undefined, whole: string): number | string | null {
  if (text === undefined) {
    return null;
  }
  if (/^(z|utc|gmt|zulu)$/i.test(text)) {
    return 0;
  }
  const match = /^([+-])(\d{1,2}):?(\d{2})?:?(\d{2})?$/.exec(text);
  if (match === null) {
    return text;
  }
  const size = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  if (size >= 16 * 3600) {
    throw new SqlError(SQLSTATE.datetime_field_overflow, `time zone displacement out of range: "${whole}"`);
  }
  return match[1] === '-' ? -size : size;
}

/** 22007 in Postgres's words. */
export function invalidDateTime(typeName: string, text: string): SqlError {
  return new SqlError(SQLSTATE.invalid_datetime_format, `invalid input syntax for type ${typeName}: "${text}"`);
}

function fieldOutOfRange(text: string, perhapsStyle: boolean): SqlError {
  const message = `date/time field value out of range: "${text}"`;
  return new SqlError(SQLSTATE.datetime_field_overflow, message, perhapsStyle ? { hint: 'Perhaps you need a different "datestyle" setting.' } : {});
}
