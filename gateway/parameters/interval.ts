import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ParameterCodec } from './codec.js';
import { requireBytes } from './codec.js';
import { invalidDateTime } from './date-input.js';

/** Each unit as months, days, or microseconds; fractions spill from months into days (30 a month) and from days into microseconds. */
interface Unit {
  readonly field: 'months' | 'days' | 'micros';
  readonly factor: number;
}

const SECOND = 1e6;
const MONTHS: Unit = { field: 'months', factor: 1 };
const YEARS: Unit = { field: 'months', factor: 12 };
const DAYS: Unit = { field: 'days', factor: 1 };
const HOURS: Unit = { field: 'micros', factor: 3600 * SECOND };
const MINUTES: Unit = { field: 'micros', factor: 60 * SECOND };
const SECONDS: Unit = { field: 'micros', factor: SECOND };
const DAYS_PER_MONTH = 30;
const MICROS_PER_DAY = 86_400 * SECOND;

const UNITS: readonly (readonly [pattern: RegExp, unit: Unit])[] = [
  [/^(us|usecs?|microseconds?|microsecon)$/, { field: 'micros', factor: 1 }],
  [/^(ms|msecs?|milliseconds?|millisecon)$/, { field: 'micros', factor: 1000 }],
  [/^(s|secs?|seconds?)$/, SECONDS],
  [/^(m|mins?|minutes?)$/, MINUTES],
  [/^(h|hrs?|hours?)$/, HOURS],
  [/^(d|days?)$/, DAYS],
  [/^(w|weeks?)$/, { field: 'days', factor: 7 }],
  [/^(mons?|months?)$/, MONTHS],
  [/^(y|yrs?|years?)$/, YEARS],
  [/^(decs?|decades?)$/, { field: 'months', factor: 120 }],
  [/^(c|cent|century|centuries)$/, { field: 'months', factor: 1200 }],
  [/^(mil|mils|millennia|millennium)$/, { field: 'months', factor: 12_000 }],
];

class IntervalSum {
  months = 0;
  days = 0;
  micros = 0n;

  add(amount: number, unit: Unit): void {
    const value = amount * unit.factor;
    switch (unit.field) {
      case 'months': {
        const whole = Math.trunc(value);
        this.months += whole;
        const rest = value - whole;
        if (rest !== 0) {
          this.add(Number((rest * DAYS_PER_MONTH).toFixed(9)), DAYS);
        }
        return;
      }
      case 'days': {
        const whole = Math.trunc(value);
        this.days += whole;
        this.micros += BigInt(Math.round((value - whole) * MICROS_PER_DAY));
        return;
      }
      case 'micros':
        this.micros += BigInt(Math.round(value));
    }
  }

  literal(): string {
    if ((this.months | 0) !== this.months || (this.days | 0) !== this.days || BigInt.asIntN(64, this.micros) !== this.micros) {
      throw new SqlError(SQLSTATE.datetime_field_overflow, 'interval out of range');
    }
    return `(to_months(CAST('${this.months}' AS INTEGER)) + to_days(CAST('${this.days}' AS INTEGER)) + to_microseconds(CAST('${this.micros}' AS BIGINT)))`;
  }
}

const CLOCK = /^([+-]?)(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?$/;
const AMOUNT = /^([+-]?\d*\.?\d+|[+-]?\d+\.)$/;
const YEAR_MONTH = /^([+-]?)(\d+)-(\d+)$/;

function unitOf(word: string | undefined): Unit | undefined {
  return word === undefined ? undefined : UNITS.find(([pattern]) => pattern.test(word))?.[1];
}

/** Adds a token that stands alone (a clock time, years and months); false when it is something else. */
function addSingle(token: string, sum: IntervalSum): boolean {
  const clock = CLOCK.exec(token);
  if (clock !== null) {
    const sign = clock[1] === '-' ? -1 : 1;
    sum.add(sign * Number(clock[2]), HOURS);
    sum.add(sign * Number(clock[3]), MINUTES);
    sum.add(sign * Number(clock[4] ?? 0), SECONDS);
    return true;
  }
  const yearMonth = YEAR_MONTH.exec(token);
  if (yearMonth !== null) {
    sum.add((yearMonth[1] === '-' ? -1 : 1) * (Number(yearMonth[2]) * 12 + Number(yearMonth[3])), MONTHS);
    return true;
  }
  return false;
}

function readPostgres(text: string, sum: IntervalSum): boolean {
  const lower = text.trim().toLowerCase();
  const ago = /\sago$/.test(lower);
  const tokens = lower
    .replace(/^@\s*/, '')
    .replace(/\sago$/, '')
    .replaceAll(/(\d)([a-z])/g, '$1 $2')
    .split(/\s+/)
    .filter((token) => token !== '');
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] ?? '';
    if (addSingle(token, sum)) {
      continue;
    }
    if (!AMOUNT.test(token)) {
      return false;
    }
    const next = tokens[index + 1];
    const unit = unitOf(next);
    if (unit !== undefined) {
      sum.add(Number(token), unit);
      index++;
    } else if (next !== undefined && CLOCK.test(next)) {
      // `1 04:05:06`: days before a clock time.
      sum.add(Number(token), DAYS);
    } else if (next === undefined) {
      sum.add(Number(token), SECONDS);
    } else {
      return false;
    }
  }
  if (ago) {
    sum.months = -sum.months;
    sum.days = -sum.days;
    sum.micros = -sum.micros;
  }
  return tokens.length > 0;
}

const ISO = /^P(?=.)((?:[+-]?\d+(?:\.\d+)?[YMWD])*)(?:T((?:[+-]?\d+(?:\.\d+)?[HMS])+))?$/;
const ISO_DATE_UNITS: Readonly<Record<string, Unit>> = {
  Y: YEARS,
  M: MONTHS,
  W: { field: 'days', factor: 7 },
  D: DAYS,
};
const ISO_TIME_UNITS: Readonly<Record<string, Unit>> = { H: HOURS, M: MINUTES, S: SECONDS };

function readIso(text: string, sum: IntervalSum): boolean {
  const match = ISO.exec(text.trim());
  if (match === null) {
    return false;
  }
  for (const [part = '', units] of [
    [match[1], ISO_DATE_UNITS],
    [match[2], ISO_TIME_UNITS],
  ] as const) {
    for (const [, amount, letter] of part.matchAll(/([+-]?[\d.]+)([A-Z])/g)) {
      const unit = units[letter ?? ''];
      if (unit !== undefined) {
        sum.add(Number(amount), unit);
      }
    }
  }
  return true;
}

/** An interval as text in milliseconds, a month taken as 30 days; null when it is none. */
export function intervalMilliseconds(text: string): number | null {
  const sum = new IntervalSum();
  const isRead = text.trim().startsWith('P') ? readIso(text, sum) : readPostgres(text, sum);
  return isRead ? ((sum.months * DAYS_PER_MONTH + sum.days) * MICROS_PER_DAY + Number(sum.micros)) / 1000 : null;
}

/** interval, in every style Postgres prints and in ISO 8601's form with designators. */
export const intervalCodec: ParameterCodec = {
  text: (text) => {
    const sum = new IntervalSum();
    if (!(text.trim().startsWith('P') ? readIso(text, sum) : readPostgres(text, sum))) {
      throw invalidDateTime('interval', text);
    }
    return sum.literal();
  },
  binary: (bytes) => {
    requireBytes(bytes, 16, 'interval');
    const sum = new IntervalSum();
    sum.micros = bytes.readBigInt64BE(0);
    sum.days = bytes.readInt32BE(8);
    sum.months = bytes.readInt32BE(12);
    return sum.literal();
  },
};
