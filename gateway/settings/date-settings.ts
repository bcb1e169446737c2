import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

const STYLES: ReadonlyMap<string, string> = new Map([
  ['iso', 'ISO'],
  ['sql', 'SQL'],
  ['postgres', 'Postgres'],
  ['german', 'German'],
]);

const ORDERS: ReadonlyMap<string, string> = new Map([
  ['mdy', 'MDY'],
  ['us', 'MDY'],
  ['noneuro', 'MDY'],
  ['noneuropean', 'MDY'],
  ['dmy', 'DMY'],
  ['euro', 'DMY'],
  ['european', 'DMY'],
  ['ymd', 'YMD'],
]);

/** DateStyle as Postgres shows it (`ISO, MDY`): either half may be given alone and keeps the other. */
export function canonicalDateStyle(value: string, current: string): string {
  const [currentStyle = 'ISO', currentOrder = 'MDY'] = current.split(', ');
  let style = currentStyle;
  let order = currentOrder;
  for (const word of value.split(',')) {
    const key = word.trim().toLowerCase();
    const namedStyle = STYLES.get(key);
    const namedOrder = ORDERS.get(key);
    if (key === 'default') {
      style = 'ISO';
      order = 'MDY';
    } else if (namedStyle !== undefined) {
      style = namedStyle;
      order = key === 'german' && !value.includes(',') ? 'DMY' : order;
    } else if (namedOrder !== undefined) {
      order = namedOrder;
    } else {
      throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for parameter "DateStyle": "${value}"`, {
        detail: `Unrecognized key word: "${key}".`,
      });
    }
  }
  return `${style}, ${order}`;
}

const canonicalZones = new Map<string, string>();

/**
 * A time zone by its IANA name in its usual spelling, or a numeric offset. Postgres counts POSIX-style offsets
 * ('+02') westwards, which surprises everybody; SET TIME ZONE 2 (eastwards) arrives here as `<+02>-02` or `2`.
 */
export function canonicalTimeZone(value: string): string {
  const name = value.trim();
  const upper = name.toUpperCase();
  if (upper === 'UTC' || upper === 'GMT' || upper === 'DEFAULT' || upper === 'LOCAL' || upper === 'Z' || upper === 'ETC/UTC') {
    return upper === 'GMT' ? 'GMT' : upper === 'ETC/UTC' ? 'Etc/UTC' : 'UTC';
  }
  const hours = /^(?:<[+-]?\d+>)?([+-]?)(\d{1,2})$/.exec(name);
  if (hours !== null) {
    // DuckDB's ICU knows whole hours only as Etc/GMT zones, whose sign counts westwards like POSIX's.
    const posix = name.startsWith('<');
    const signedHours = Number(`${hours[1] ?? ''}${hours[2] ?? ''}`) * (posix ? 1 : -1);
    if (Math.abs(signedHours) > 14) {
      throw invalidTimeZone(value);
    }
    return signedHours === 0 ? 'UTC' : `Etc/GMT${signedHours > 0 ? '+' : '-'}${Math.abs(signedHours)}`;
  }
  const known = canonicalZones.get(upper);
  if (known !== undefined) {
    return known;
  }
  let canonical: string;
  try {
    canonical = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) {
      throw invalidTimeZone(value);
    }
    throw error;
  }
  if (/^[+-]/.test(canonical)) {
    throw invalidTimeZone(value);
  }
  // Intl may answer with another name of the same zone; the user's own spelling is shown when it differs by case alone.
  const shown = canonical.toUpperCase() === upper ? canonical : name;
  canonicalZones.set(upper, shown);
  return shown;
}

function invalidTimeZone(value: string): SqlError {
  return new SqlError(SQLSTATE.invalid_parameter_value, `invalid value for parameter "TimeZone": "${value}"`);
}
