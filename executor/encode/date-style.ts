import { packedCivil, packedDay, packedMonth, packedYear } from './calendar.js';

/** DateStyle taken apart: how dates are laid out, and whether the day comes before the month. */
export interface DateLayout {
  readonly style: 'ISO' | 'SQL' | 'Postgres' | 'German';
  readonly dayFirst: boolean;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const SECONDS_PER_HOUR = 3600;

/** Reads the DateStyle setting (`ISO, MDY`). Unknown words leave the default, ISO. */
export function dateLayoutOf(dateStyle: string): DateLayout {
  const words = dateStyle.toLowerCase().split(/[\s,]+/);
  const style = words.includes('sql') ? 'SQL' : words.includes('german') ? 'German' : words.includes('postgres') ? 'Postgres' : 'ISO';
  return { style, dayFirst: words.includes('dmy') || words.includes('european') };
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** A date in any style, for any year. */
export function dateText(days: number, layout: DateLayout): string {
  const packed = packedCivil(days);
  const year = packedYear(packed);
  const yearText = String(year > 0 ? year : 1 - year).padStart(4, '0');
  const era = year > 0 ? '' : ' BC';
  const month = two(packedMonth(packed));
  const day = two(packedDay(packed));
  switch (layout.style) {
    case 'ISO':
      return `${yearText}-${month}-${day}${era}`;
    case 'SQL':
      return `${layout.dayFirst ? `${day}/${month}` : `${month}/${day}`}/${yearText}${era}`;
    case 'German':
      return `${day}.${month}.${yearText}${era}`;
    case 'Postgres':
      return `${layout.dayFirst ? `${day}-${month}` : `${month}-${day}`}-${yearText}${era}`;
  }
}

/** A time of day, `fraction` being its sub-second digits as a number of `digits` digits; trailing zeros go. */
export function timeText(seconds: number, fraction: number, digits: number): string {
  const hours = Math.floor(seconds / SECONDS_PER_HOUR);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = fraction === 0 ? '' : `.${String(fraction).padStart(digits, '0').replace(/0+$/, '')}`;
  return `${two(hours)}:${two(minutes)}:${two(seconds % 60)}${tail}`;
}

/** An offset from UTC in seconds as Postgres prints it: `+02`, `+05:30`, `-00:01:15`. */
export function offsetText(offsetSeconds: number): string {
  const size = Math.abs(offsetSeconds);
  const seconds = size % 60;
  const minutes = Math.floor(size / 60) % 60;
  const sign = offsetSeconds < 0 ? '-' : '+';
  const hours = two(Math.floor(size / SECONDS_PER_HOUR));
  return seconds !== 0 ? `${sign}${hours}:${two(minutes)}:${two(seconds)}` : minutes !== 0 ? `${sign}${hours}:${two(minutes)}` : `${sign}${hours}`;
}

/** A date and time in any style; `zone` is what follows for timestamptz, empty for timestamp. */
export function timestampText(days: number, time: string, zone: { readonly offset: string; readonly name: string } | null, layout: DateLayout): string {
  if (layout.style === 'Postgres') {
    const packed = packedCivil(days);
    const year = packedYear(packed);
    const month = MONTHS[packedMonth(packed) - 1] ?? '';
    const day = two(packedDay(packed));
    const weekday = WEEKDAYS[(((days + 4) % 7) + 7) % 7] ?? '';
    const yearText = String(year > 0 ? year : 1 - year).padStart(4, '0');
    return `${weekday} ${layout.dayFirst ? `${day} ${month}` : `${month} ${day}`} ${time} ${yearText}${zone === null ? '' : ` ${zone.name}`}${year > 0 ? '' : ' BC'}`;
  }
  const date = dateText(days, layout);
  const era = date.endsWith(' BC') ? ' BC' : '';
  const plain = era === '' ? date : date.slice(0, -era.length);
  return `${plain} ${time}${zone === null ? '' : layout.style === 'ISO' ? zone.offset : ` ${zone.name}`}${era}`;
}
