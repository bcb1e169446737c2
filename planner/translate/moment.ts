/** A moment as a calendar in a time zone shows it. */
export interface MomentParts {
  /** `2020-01-31` */
  readonly date: string;
  /** `01:02:03.4` without trailing zeros in the fraction. */
  readonly time: string;
  /** `+02`, `-03:30`. */
  readonly offset: string;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A moment (microseconds since 1970-01-01 UTC) in a time zone; zones Intl does not know are taken as UTC. */
export function timestampParts(micros: bigint, timeZone: string): MomentParts {
  const seconds = floorDivide(micros, 1_000_000n);
  const fraction = micros - seconds * 1_000_000n;
  const offsetSeconds = zoneOffsetSeconds(seconds, timeZone);
  const local = new Date(Number(seconds + BigInt(offsetSeconds)) * 1000);
  const iso = local.toISOString();
  const time = iso.slice(11, 19);
  const digits = fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`;
  return { date: iso.slice(0, 10), time: `${time}${digits}`, offset: offsetText(offsetSeconds) };
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}

function zoneOffsetSeconds(seconds: bigint, timeZone: string): number {
  const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(timeZone);
  if (fixed !== null) {
    const size = Number(fixed[2]) * 3600 + Number(fixed[3] ?? 0) * 60;
    return fixed[1] === '-' ? -size : size;
  }
  const formatter = formatterOf(timeZone);
  if (formatter === null) {
    return 0;
  }
  const parts = new Map(formatter.formatToParts(new Date(Number(seconds) * 1000)).map((part) => [part.type, part.value]));
  const read = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name) ?? 0);
  const asUtc = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour') % 24, read('minute'), read('second')) / 1000;
  return asUtc - Number(seconds);
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(timeZone);
  if (known !== undefined) {
    return known;
  }
  try {
    const formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(timeZone, formatter);
    return formatter;
  } catch {
    // A POSIX zone that only DuckDB's or Postgres's own database has.
    return null;
  }
}

function offsetText(seconds: number): string {
  const sign = seconds < 0 ? '-' : '+';
  const size = Math.abs(seconds);
  const hours = String(Math.floor(size / 3600)).padStart(2, '0');
  const minutes = Math.floor((size % 3600) / 60);
  return `${sign}${hours}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`}`;
}
