import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** A zone's offset from UTC at an instant. */
export interface TimeZone {
  /** Seconds east of UTC at this many seconds since 1970. */
  offsetAt(epochSeconds: number): number;
}

/**
 * Seconds of the spans whose two ends are compared. Within a span at most one change of offset is looked for; no zone
 * in the database changed its offset and changed back within two days.
 */
const SPAN_SECONDS = 172_800;
/** Bounds of JavaScript's Date, in seconds; offsets beyond are those at the bound. */
const DATE_SECONDS_MAX = 8_640_000_000_000;
/** Spans remembered before the cache starts anew: about 340 years of consecutive days. */
const SPANS_MAX = 65_536;

const zones = new Map<string, TimeZone>();
/** Distinct zones remembered. A process sees a handful; the tz database has about 600 names. */
const ZONES_MAX = 1024;

/** The zone a TimeZone setting names: an IANA name, or a POSIX offset such as `<+02>-02` or `UTC-5`. Unknown ones are 22023. */
export function timeZoneOf(name: string): TimeZone {
  const known = zones.get(name);
  if (known !== undefined) {
    return known;
  }
  const zone = fixedZone(name) ?? namedZone(name);
  if (zones.size >= ZONES_MAX) {
    zones.clear();
  }
  zones.set(name, zone);
  return zone;
}

function fixedZone(name: string): TimeZone | undefined {
  if (/^(utc|gmt|z|zulu|etc\/utc|uct|etc\/uct|universal|greenwich)$/i.test(name)) {
    return { offsetAt: () => 0 };
  }
  // POSIX counts hours west of Greenwich: `<+02>-02` is two hours east.
  const posix = /^(?:<[^>]+>|[A-Za-z]{3,})?([+-]?\d{1,2})(?::(\d{2}))?(?::(\d{2}))?$/.exec(name);
  if (posix === null) {
    return undefined;
  }
  const hours = Number(posix[1]);
  const size = Math.abs(hours) * 3600 + Number(posix[2] ?? 0) * 60 + Number(posix[3] ?? 0);
  const offset = (posix[1] ?? '').startsWith('-') ? size : -size;
  return { offsetAt: () => offset };
}

function namedZone(name: string): TimeZone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for parameter "TimeZone": "${name}"`, { cause });
  }
  return new NamedZone(format);
}

/** Asks Intl, which takes microseconds, once for each span of two days and remembers it. */
class NamedZone implements TimeZone {
  readonly #format: Intl.DateTimeFormat;
  /** By span number: the offset at its start, where it changes (or its end), and the offset from there. */
  readonly #spans = new Map<number, Span>();
  #last: Span = { number: Number.NaN, before: 0, change: 0, after: 0 };

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
  }

  offsetAt(epochSeconds: number): number {
    const clamped = Math.max(-DATE_SECONDS_MAX, Math.min(DATE_SECONDS_MAX - SPAN_SECONDS, epochSeconds));
    const number = Math.floor(clamped / SPAN_SECONDS);
    if (number !== this.#last.number) {
      let span = this.#spans.get(number);
      if (span === undefined) {
        span = this.#explore(number);
        if (this.#spans.size >= SPANS_MAX) {
          this.#spans.clear();
        }
        this.#spans.set(number, span);
      }
      this.#last = span;
    }
    return clamped < this.#last.change ? this.#last.before : this.#last.after;
  }

  #explore(number: number): Span {
    let low = Math.max(number * SPAN_SECONDS, -DATE_SECONDS_MAX);
    let high = (number + 1) * SPAN_SECONDS;
    const before = this.#ask(low);
    const after = this.#ask(high);
    if (before !== after) {
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (this.#ask(middle) === before) {
          low = middle;
        } else {
          high = middle;
        }
      }
    }
    return { number, before, change: high, after };
  }

  #ask(epochSeconds: number): number {
    const fields = new Map(this.#format.formatToParts(epochSeconds * 1000).map((part) => [part.type, part.value]));
    const field = (type: Intl.DateTimeFormatPartTypes): number => Number(fields.get(type));
    const year = fields.get('era') === 'BC' ? 1 - field('year') : field('year');
    const local = new Date(0);
    local.setUTCFullYear(year, field('month') - 1, field('day'));
    local.setUTCHours(field('hour'), field('minute'), field('second'));
    return local.getTime() / 1000 - epochSeconds;
  }
}

interface Span {
  readonly number: number;
  readonly before: number;
  readonly change: number;
  readonly after: number;
}
