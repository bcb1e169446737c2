import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';

const MONTHS_BY_UNIT: Readonly<Record<string, number>> = {
  mon: 1,
  month: 1,
  months: 1,
  mons: 1,
  y: 12,
  yr: 12,
  yrs: 12,
  year: 12,
  years: 12,
  decade: 120,
  decades: 120,
  decs: 120,
  c: 1200,
  cent: 1200,
  century: 1200,
  centuries: 1200,
  mil: 12000,
  millennium: 12000,
  millennia: 12000,
};
const DAYS_BY_UNIT: Readonly<Record<string, number>> = {
  d: 1,
  day: 1,
  days: 1,
  w: 7,
  week: 7,
  weeks: 7,
};
const MICROS_BY_UNIT: Readonly<Record<string, number>> = {
  us: 1,
  usec: 1,
  usecs: 1,
  microsecond: 1,
  microseconds: 1,
  ms: 1e3,
  msec: 1e3,
  msecs: 1e3,
  millisecond: 1e3,
  milliseconds: 1e3,
  s: 1e6,
  sec: 1e6,
  secs: 1e6,
  second: 1e6,
  seconds: 1e6,
  m: 6e7,
  min: 6e7,
  mins: 6e7,
  minute: 6e7,
  minutes: 6e7,
  h: 3.6e9,
  hr: 3.6e9,
  hrs: 3.6e9,
  hour: 3.6e9,
  hours: 3.6e9,
};

/** The fields of `interval '...' DAY TO SECOND` and its kin, as bits of the type modifier (Postgres's utils/timestamp.h). */
const FIELD = {
  month: 1 << 1,
  year: 1 << 2,
  day: 1 << 3,
  hour: 1 << 10,
  minute: 1 << 11,
  second: 1 << 12,
} as const;
const ALL_FIELDS = 0x7fff;
const DAYS_PER_MONTH = 30;
const MICROS_PER_DAY = 86_400e6;

/** An interval split as Postgres stores it. */
export interface IntervalParts {
  readonly months: number;
  readonly days: number;
  readonly micros: number;
}

/** Postgres's interval input in a form DuckDB reads the same way. */
export function intervalText(text: string, modifier: number): string {
  const parts = intervalParts(text, modifier);
  return `${parts.months} months ${parts.days} days ${parts.micros} microseconds`;
}

/** Reads Postgres's interval input (verbose, ISO 8601 `P1DT2H`, `1-2 3 04:05:06`); `modifier` holds the fields after the literal. */
export function intervalParts(text: string, modifier: number): IntervalParts {
  const fields = modifier < 0 ? ALL_FIELDS : modifier & ALL_FIELDS;
  const total = { months: 0, days: 0, micros: 0 };
  const body = text.trim().toLowerCase();
  const ago = /\bago$/.test(body) ? -1 : 1;
  const iso = /^[-+]?p/.test(body) ? isoTokens(body) : null;
  const tokens = iso ?? verboseTokens(body.replace(/^@\s*/, '').replace(/\bago$/, ''), text);
  if (tokens.length === 0) {
    throw invalid(text);
  }
  for (const token of tokens) {
    addToken(total, token, defaultUnit(fields), text);
  }
  return truncate(
    {
      months: normal(Math.trunc(total.months) * ago),
      days: normal(total.days * ago),
      micros: normal(Math.round(total.micros) * ago),
    },
    fields,
  );
}

interface Token {
  readonly value: string;
  readonly unit: string | null;
}

function verboseTokens(body: string, text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:([-+]?\d+:\d+(?::\d+(?:\.\d*)?)?)|([-+]?\d+-\d+)(?=\s|$)|([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-z]+)?)\s*,?/y;
  while (pattern.lastIndex < body.trimEnd().length) {
    const match = pattern.exec(body);
    if (match === null) {
      throw invalid(text);
    }
    if (match[1] !== undefined) {
      tokens.push({ value: match[1], unit: ':' });
    } else if (match[2] !== undefined) {
      tokens.push({ value: match[2], unit: '-' });
    } else {
      tokens.push({ value: match[3] ?? '', unit: match[4] ?? null });
    }
  }
  return tokens;
}

function isoTokens(body: string): readonly Token[] | null {
  const match = /^([-+]?)p((?:[-+]?[\d.]+[ymwd])*)(?:t((?:[-+]?[\d.]+[hms])*))?$/.exec(body);
  if (match === null) {
    return null;
  }
  const tokens: Token[] = [];
  const units: Readonly<Record<string, string>> = { y: 'year', m: 'month', w: 'week', d: 'day' };
  const times: Readonly<Record<string, string>> = { h: 'hour', m: 'minute', s: 'second' };
  for (const [part, names] of [
    [match[2], units],
    [match[3], times],
  ] as const) {
    for (const item of (part ?? '').matchAll(/([-+]?[\d.]+)([ymwdhs])/g)) {
      const value = match[1] === '-' ? String(-Number(item[1])) : (item[1] ?? '0');
      tokens.push({ value, unit: names[item[2] ?? ''] ?? null });
    }
  }
  return tokens;
}

function addToken(total: { months: number; days: number; micros: number }, token: Token, bareUnit: string, text: string): void {
  if (token.unit === ':') {
    const sign = token.value.startsWith('-') ? -1 : 1;
    const [hours, minutes, seconds] = token.value.replace(/^[-+]/, '').split(':');
    // `interval '1:30' minute to second` reads minutes first; plain `1:30` is hours and minutes.
    total.micros += sign * (Number(hours) * 3.6e9 + Number(minutes) * 6e7 + Number(seconds ?? 0) * 1e6);
    return;
  }
  if (token.unit === '-') {
    const sign = token.value.startsWith('-') ? -1 : 1;
    const [years, months] = token.value.replace(/^[-+]/, '').split('-');
    total.months += sign * (Number(years) * 12 + Number(months));
    return;
  }
  const unit = token.unit ?? bareUnit;
  const value = Number(token.value);
  const months = MONTHS_BY_UNIT[unit];
  const days = DAYS_BY_UNIT[unit];
  const micros = MICROS_BY_UNIT[unit];
  if (!Number.isFinite(value)) {
    throw invalid(text);
  }
  if (months !== undefined) {
    const exact = value * months;
    total.months += Math.trunc(exact);
    // Fractions of months become days, and fractions of days time, with 30-day months. Years round to months.
    const rest = months >= 12 ? 0 : (exact - Math.trunc(exact)) * DAYS_PER_MONTH;
    total.months += months >= 12 ? Math.round(exact) - Math.trunc(exact) : 0;
    total.days += Math.trunc(rest);
    total.micros += (rest - Math.trunc(rest)) * MICROS_PER_DAY;
  } else if (days !== undefined) {
    const exact = value * days;
    total.days += Math.trunc(exact);
    total.micros += (exact - Math.trunc(exact)) * MICROS_PER_DAY;
  } else if (micros !== undefined) {
    total.micros += value * micros;
  } else {
    throw invalid(text);
  }
}

/** A number without a unit counts the last field named after the literal. */
function defaultUnit(fields: number): string {
  if (fields === ALL_FIELDS || (fields & FIELD.second) !== 0) {
    return 'second';
  }
  if ((fields & FIELD.minute) !== 0) {
    return 'minute';
  }
  if ((fields & FIELD.hour) !== 0) {
    return 'hour';
  }
  if ((fields & FIELD.day) !== 0) {
    return 'day';
  }
  return (fields & FIELD.month) !== 0 ? 'month' : 'year';
}

/** Fields after the last one named are dropped. */
function truncate(parts: IntervalParts, fields: number): IntervalParts {
  if (fields === ALL_FIELDS || (fields & FIELD.second) !== 0) {
    return parts;
  }
  if ((fields & FIELD.minute) !== 0) {
    return { ...parts, micros: normal(Math.trunc(parts.micros / 6e7) * 6e7) };
  }
  if ((fields & FIELD.hour) !== 0) {
    return { ...parts, micros: normal(Math.trunc(parts.micros / 3.6e9) * 3.6e9) };
  }
  if ((fields & FIELD.day) !== 0) {
    return { ...parts, micros: 0 };
  }
  return {
    months: (fields & FIELD.month) !== 0 ? parts.months : normal(Math.trunc(parts.months / 12) * 12),
    days: 0,
    micros: 0,
  };
}

function normal(value: number): number {
  return value === 0 ? 0 : value;
}

function invalid(text: string): SqlError {
  return new SqlError(SQLSTATE.invalid_datetime_format, `invalid input syntax for type interval: "${text}"`);
}
