import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import { formatPostgresType, OID } from '../types/postgres-type.js';
import type { LiteralSession } from './literals.js';
import { timestampParts } from './moment.js';

const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A date or time in the form DuckDB reads as Postgres does. Forms not known here go on as they are. */
export function dateTimeText(text: string, oid: number, session: LiteralSession): string {
  const body = text.trim();
  const word = body.toLowerCase();
  if (word === 'infinity' || word === '-infinity') {
    return word;
  }
  if (word === 'epoch') {
    return oid === OID.timestamptz ? '1970-01-01 00:00:00+00' : oid === OID.date ? '1970-01-01' : '1970-01-01 00:00:00';
  }
  if (word === 'now' || word === 'today' || word === 'tomorrow' || word === 'yesterday') {
    return specialMoment(word, oid, session);
  }
  const dated = normalDate(body, session);
  const expected = oid === OID.time || oid === OID.timetz ? /^\d{1,2}:\d{2}|^\d{4,6}\b|T/ : /^\d{1,6}-\d{1,2}-\d{1,2}/;
  if (!expected.test(dated)) {
    throw new SqlError(SQLSTATE.invalid_datetime_format, `invalid input syntax for type ${formatPostgresType({ oid, modifier: -1 })}: "${text}"`);
  }
  const parts = /^(\d{1,6})-(\d{1,2})-(\d{1,2})(?!\d)/.exec(dated);
  if (parts !== null && !isCalendarDate(Number(parts[1]), Number(parts[2]), Number(parts[3]))) {
    const hint = Number(parts[2]) < 1 || Number(parts[2]) > 12 ? { hint: 'Perhaps you need a different "datestyle" setting.' } : {};
    throw new SqlError(SQLSTATE.datetime_field_overflow, `date/time field value out of range: "${text}"`, hint);
  }
  if (oid === OID.date) {
    return parts === null ? dated : parts[0] + (/\sBC$/i.test(dated) ? ' (BC)' : '');
  }
  if (oid === OID.timestamp) {
    // A zone in a timestamp without one is read and dropped.
    return dated.replace(/(:\d{2}(?:\.\d+)?)\s*(?:[+-]\d{1,2}(?::?\d{2})?|z|utc)$/i, '$1');
  }
  if (oid === OID.time) {
    return dated.replace(/^.*[T ](?=\d{1,2}:)/, '').replace(/\s*[+-]\d{1,2}(?::?\d{2})?$/, '');
  }
  // DuckDB wants seconds before a zone.
  return dated.replace(/([T ]\d{1,2}:\d{2})(?=\s*(?:[+-]\d|z$|[a-z]))/i, '$1:00');
}

/** Dates as `2020-01-31`, whatever the form: `20200131`, `1/31/2020` (by DateStyle), `Jan 31, 2020`, `31 Jan 2020`. */
function normalDate(body: string, session: LiteralSession): string {
  const compact = /^(\d{4})(\d{2})(\d{2})(?=$|[T ])/.exec(body);
  if (compact !== null) {
    return `${compact[1]}-${compact[2]}-${compact[3]}${body.slice(8)}`;
  }
  const slashed = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})/.exec(body);
  if (slashed !== null) {
    const isDayFirst = /dmy/i.test(session.setting('DateStyle') ?? '');
    const [month, day] = isDayFirst ? [slashed[3], slashed[1]] : [slashed[1], slashed[3]];
    return `${slashed[4]}-${pad(month)}-${pad(day)}${body.slice(slashed[0].length)}`;
  }
  const yearFirst = /^(\d{4})\/(\d{1,2})\/(\d{1,2})/.exec(body);
  if (yearFirst !== null) {
    return `${yearFirst[1]}-${pad(yearFirst[2])}-${pad(yearFirst[3])}${body.slice(yearFirst[0].length)}`;
  }
  const named = /^([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})/i.exec(body);
  const month = named === null ? 0 : monthNumber(named[1]);
  if (named !== null && month > 0) {
    return `${named[3]}-${pad(String(month))}-${pad(named[2])}${body.slice(named[0].length)}`;
  }
  const dayFirst = /^(\d{1,2})[\s-]([a-z]{3,9})[\s-](\d{4})/i.exec(body);
  const second = dayFirst === null ? 0 : monthNumber(dayFirst[2]);
  if (dayFirst !== null && second > 0) {
    return `${dayFirst[3]}-${pad(String(second))}-${pad(dayFirst[1])}${body.slice(dayFirst[0].length)}`;
  }
  const loose = /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/.exec(body);
  return loose === null ? body : `${loose[1]}-${pad(loose[2])}-${pad(loose[3])}${body.slice(loose[0].length)}`;
}

function monthNumber(name: string | undefined): number {
  return MONTH_NAMES.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

function pad(digits: string | undefined): string {
  return (digits ?? '').padStart(2, '0');
}

function isCalendarDate(year: number, month: number, day: number): boolean {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days !== undefined && day >= 1 && day <= days && year >= 1;
}

function specialMoment(word: string, oid: number, session: LiteralSession): string {
  const shift = word === 'tomorrow' ? 1 : word === 'yesterday' ? -1 : 0;
  const micros = session.transactionTimestampMicros;
  const parts = timestampParts(micros + BigInt(shift) * 86_400_000_000n, session.timeZone);
  if (oid === OID.date) {
    return parts.date;
  }
  const time = word === 'now' ? parts.time : '00:00:00';
  return oid === OID.time
    ? time
    : oid === OID.timestamptz || oid === OID.timetz
      ? `${oid === OID.timetz ? '' : `${parts.date} `}${time}${parts.offset}`
      : `${parts.date} ${time}`;
}
