/** An interval's three fields, which do not convert into each other. */
export interface IntervalFields {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

const MICROS_PER_SECOND = 1_000_000n;

/** An interval in text: IntervalStyle postgres, postgres_verbose, sql_standard or iso_8601. */
export function intervalText(interval: IntervalFields, style: string): string {
  switch (style) {
    case 'iso_8601':
      return isoText(interval);
    case 'sql_standard':
      return standardText(interval);
    case 'postgres_verbose':
      return verboseText(interval);
    default:
      return postgresText(interval);
  }
}

interface Clock {
  readonly negative: boolean;
  readonly hours: bigint;
  readonly minutes: bigint;
  readonly seconds: bigint;
  /** `.5` for half a second, empty for none. */
  readonly fraction: string;
}

function clockOf(micros: bigint): Clock {
  const negative = micros < 0n;
  const size = negative ? -micros : micros;
  const total = size / MICROS_PER_SECOND;
  const rest = size % MICROS_PER_SECOND;
  return {
    negative,
    hours: total / 3600n,
    minutes: (total / 60n) % 60n,
    seconds: total % 60n,
    fraction: rest === 0n ? '' : `.${rest.toString().padStart(6, '0').replace(/0+$/, '')}`,
  };
}

function two(value: bigint): string {
  return value.toString().padStart(2, '0');
}

function clockText(clock: Clock): string {
  return `${two(clock.hours)}:${two(clock.minutes)}:${two(clock.seconds)}${clock.fraction}`;
}

function postgresText({ months, days, micros }: IntervalFields): string {
  const parts: string[] = [];
  let previousNegative = false;
  const add = (value: number, unit: string): void => {
    if (value !== 0) {
      // A positive field after a negative one shows its sign.
      parts.push(`${previousNegative && value > 0 ? '+' : ''}${value} ${unit}${value === 1 ? '' : 's'}`);
      previousNegative = value < 0;
    }
  };
  add(Math.trunc(months / 12), 'year');
  add(months % 12, 'mon');
  add(days, 'day');
  if (micros !== 0n || parts.length === 0) {
    const clock = clockOf(micros);
    parts.push(`${clock.negative ? '-' : previousNegative ? '+' : ''}${clockText(clock)}`);
  }
  return parts.join(' ');
}

function verboseText({ months, days, micros }: IntervalFields): string {
  const parts: string[] = [];
  let ago = false;
  const add = (negative: boolean, size: string, unit: string): void => {
    // The first field decides whether the whole is told as past; later ones are signed against it.
    if (parts.length === 0) {
      ago = negative;
    }
    // Postgres's plural: the seconds look at their size, the other units at their signed value.
    const singular = size === '1' && (negative === ago || unit === 'sec');
    parts.push(`${negative === ago ? '' : '-'}${size} ${unit}${singular ? '' : 's'}`);
  };
  const addNumber = (value: number, unit: string): void => {
    if (value !== 0) {
      add(value < 0, String(Math.abs(value)), unit);
    }
  };
  addNumber(Math.trunc(months / 12), 'year');
  addNumber(months % 12, 'mon');
  addNumber(days, 'day');
  const clock = clockOf(micros);
  if (clock.hours !== 0n) {
    add(clock.negative, clock.hours.toString(), 'hour');
  }
  if (clock.minutes !== 0n) {
    add(clock.negative, clock.minutes.toString(), 'min');
  }
  if (clock.seconds !== 0n || clock.fraction !== '') {
    add(clock.negative, `${clock.seconds}${clock.fraction}`, 'sec');
  }
  return parts.length === 0 ? '@ 0' : `@ ${parts.join(' ')}${ago ? ' ago' : ''}`;
}

function standardText({ months, days, micros }: IntervalFields): string {
  const years = Math.trunc(months / 12);
  const restMonths = months % 12;
  const clock = clockOf(micros);
  const negative = months < 0 || days < 0 || micros < 0n;
  const positive = months > 0 || days > 0 || micros > 0n;
  if (!negative && !positive) {
    return '0';
  }
  const clockPart = `${clock.hours}:${two(clock.minutes)}:${two(clock.seconds)}${clock.fraction}`;
  if ((negative && positive) || (months !== 0 && (days !== 0 || micros !== 0n))) {
    // Not expressible in the standard: every field with its sign.
    return `${months < 0 ? '-' : '+'}${Math.abs(years)}-${Math.abs(restMonths)} ${days < 0 ? '-' : '+'}${Math.abs(days)} ${clock.negative ? '-' : '+'}${clockPart}`;
  }
  const sign = negative ? '-' : '';
  if (months !== 0) {
    return `${sign}${Math.abs(years)}-${Math.abs(restMonths)}`;
  }
  return days === 0 ? `${sign}${clockPart}` : `${sign}${Math.abs(days)} ${clockPart}`;
}

function isoText({ months, days, micros }: IntervalFields): string {
  if (months === 0 && days === 0 && micros === 0n) {
    return 'PT0S';
  }
  const years = Math.trunc(months / 12);
  const date = `${years === 0 ? '' : `${years}Y`}${months % 12 === 0 ? '' : `${months % 12}M`}${days === 0 ? '' : `${days}D`}`;
  if (micros === 0n) {
    return `P${date}`;
  }
  const clock = clockOf(micros);
  const sign = clock.negative ? '-' : '';
  const hours = clock.hours === 0n ? '' : `${sign}${clock.hours}H`;
  const minutes = clock.minutes === 0n ? '' : `${sign}${clock.minutes}M`;
  const seconds = clock.seconds === 0n && clock.fraction === '' ? '' : `${sign}${clock.seconds}${clock.fraction}S`;
  return `P${date}T${hours}${minutes}${seconds}`;
}
