import { OID } from '../types/postgres-type.js';
import type { Typed } from './typed.js';
import { categoryOf, oidOf, typed } from './typed.js';

/** `+ - * /` where a date, time or interval takes part; null where Postgres has no such operator. */
export function dateArithmetic(name: string, left: Typed, right: Typed): Typed | null {
  const from = oidOf(left);
  const to = oidOf(right);
  const plain = `(${left.sql} ${name} ${right.sql})`;
  if (from === OID.interval && categoryOf(to) === 'N') {
    return name === '*'
      ? typed(scaled(left.sql, right.sql), OID.interval)
      : name === '/'
        ? typed(scaled(left.sql, `(1.0::DOUBLE / ${right.sql})`), OID.interval)
        : null;
  }
  if (to === OID.interval && categoryOf(from) === 'N') {
    return name === '*' ? typed(scaled(right.sql, left.sql), OID.interval) : null;
  }
  if (name !== '+' && name !== '-') {
    return null;
  }
  if (from === OID.date) {
    return dateMinus(name, left, right, to, isInteger(to));
  }
  if (to === OID.date && name === '+') {
    return dateMinus(name, right, left, from, isInteger(from));
  }
  const moments: readonly number[] = [OID.timestamp, OID.timestamptz];
  if (moments.includes(from)) {
    if (to === OID.interval) {
      return typed(plain, from);
    }
    if (name === '-' && (moments.includes(to) || to === OID.date)) {
      return typed(difference(left, right, from, to), OID.interval);
    }
    return null;
  }
  if (moments.includes(to) && name === '+' && from === OID.interval) {
    return typed(`(${right.sql} + ${left.sql})`, to);
  }
  if (from === OID.interval && to === OID.interval) {
    return typed(plain, OID.interval);
  }
  return timeArithmetic(name, left, right, from, to);
}

function dateMinus(name: string, date: Typed, other: Typed, oid: number, isDays: boolean): Typed | null {
  if (isDays) {
    return typed(`(${date.sql} ${name} CAST(${other.sql} AS INTEGER))`, OID.date);
  }
  if (oid === OID.interval) {
    return typed(`(${date.sql} ${name} ${other.sql})`, OID.timestamp);
  }
  if (oid === OID.date && name === '-') {
    return typed(`CAST(${date.sql} - ${other.sql} AS INTEGER)`, OID.int4);
  }
  if (oid === OID.time && name === '+') {
    return typed(`(${date.sql} + ${other.sql})`, OID.timestamp);
  }
  return (oid === OID.timestamp || oid === OID.timestamptz) && name === '-' ? typed(difference(date, other, OID.date, oid), OID.interval) : null;
}

/** Postgres splits a difference into days and the rest; DuckDB leaves it all in microseconds. */
function difference(left: Typed, right: Typed, from: number, to: number): string {
  const zoned = from === OID.timestamptz || to === OID.timestamptz;
  const cast = (expression: Typed, oid: number): string =>
    oid === (zoned ? OID.timestamptz : OID.timestamp) ? expression.sql : `CAST(${expression.sql} AS ${zoned ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP'})`;
  const micros = `(epoch_us(${cast(left, from)}) - epoch_us(${cast(right, to)}))`;
  return `(to_days(CAST(${micros} // 86400000000 AS INTEGER)) + to_microseconds(${micros} % 86400000000))`;
}

/** interval * number: months' fractions spill into days, days' into time, as Postgres does with 30-day months. */
function scaled(interval: string, factor: string): string {
  const months = `(datepart('year', ${interval}) * 12 + datepart('month', ${interval}))`;
  const days = `datepart('day', ${interval})`;
  const micros = `(datepart('hour', ${interval}) * 3600000000 + datepart('minute', ${interval}) * 60000000 + datepart('microsecond', ${interval}))`;
  const wholeMonths = `trunc(${months} * CAST(${factor} AS DOUBLE))`;
  const restDays = `(${days} * CAST(${factor} AS DOUBLE) + (${months} * CAST(${factor} AS DOUBLE) - ${wholeMonths}) * 30)`;
  return `(to_months(CAST(${wholeMonths} AS INTEGER)) + to_days(CAST(trunc(round(${restDays}, 9)) AS INTEGER)) + to_microseconds(CAST(round(${micros} * CAST(${factor} AS DOUBLE) + (round(${restDays}, 9) - trunc(round(${restDays}, 9))) * 86400000000) AS BIGINT)))`;
}

function timeArithmetic(name: string, left: Typed, right: Typed, from: number, to: number): Typed | null {
  if ((from === OID.time || from === OID.timetz) && to === OID.interval) {
    return typed(`(${left.sql} ${name} ${right.sql})`, from);
  }
  if (from === OID.interval && to === OID.time && name === '+') {
    return typed(`(${right.sql} + ${left.sql})`, OID.time);
  }
  if (from === OID.time && to === OID.time && name === '-') {
    return typed(`to_microseconds(epoch_us(${left.sql}) - epoch_us(${right.sql}))`, OID.interval);
  }
  return null;
}

function isInteger(oid: number): boolean {
  return oid === OID.int4 || oid === OID.int2;
}
