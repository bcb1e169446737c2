import { quoteText } from '../types/data-type.js';

/** Postgres's template patterns for dates and times as strftime's; longer names first. */
const TIME_PATTERNS: readonly (readonly [string, string])[] = [
  ['HH24', '%H'],
  ['HH12', '%I'],
  ['YYYY', '%Y'],
  ['IYYY', '%G'],
  ['MONTH', 'M'],
  ['Month', 'm'],
  ['month', 'n'],
  ['DDD', '%j'],
  ['MON', 'B'],
  ['Mon', '%b'],
  ['mon', 'b'],
  ['DAY', 'D'],
  ['Day', 'd'],
  ['day', 'e'],
  ['DY', 'A'],
  ['Dy', '%a'],
  ['dy', 'a'],
  ['MM', '%m'],
  ['MI', '%M'],
  ['DD', '%d'],
  ['HH', '%I'],
  ['SS', '%S'],
  ['MS', '%g'],
  ['US', '%f'],
  ['YY', '%y'],
  ['IW', '%V'],
  ['ID', '%u'],
  ['AM', '%p'],
  ['PM', '%p'],
  ['am', 'p'],
  ['pm', 'p'],
  ['Q', 'Q'],
  ['D', 'w'],
  ['TZ', 'Z'],
  ['tz', 'z'],
  ['OF', '%z'],
  ['Y,YYY', ','],
];

interface PatternPart {
  readonly kind: 'pattern' | 'text';
  readonly value: string;
  readonly fill: boolean;
}

function split(format: string): readonly PatternPart[] {
  const parts: PatternPart[] = [];
  let index = 0;
  while (index < format.length) {
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(format.slice(index));
    if (quoted !== null) {
      parts.push({ kind: 'text', value: (quoted[1] ?? '').replace(/\\(.)/g, '$1'), fill: false });
      index += quoted[0].length;
      continue;
    }
    const fill = /^[FT]M/i.test(format.slice(index));
    const rest = fill ? format.slice(index + 2) : format.slice(index);
    const found = TIME_PATTERNS.find(
      ([name]) =>
        rest.startsWith(name) ||
        (/^[A-Z0-9]+$/.test(name) &&
          name !== 'MONTH' &&
          name !== 'MON' &&
          name !== 'DAY' &&
          name !== 'DY' &&
          rest.slice(0, name.length).toUpperCase() === name &&
          name.length > 1),
    );
    if (found === undefined) {
      parts.push({ kind: 'text', value: format.charAt(index), fill: false });
      index++;
      continue;
    }
    parts.push({ kind: 'pattern', value: found[1], fill });
    index += found[0].length + (fill ? 2 : 0);
  }
  return parts;
}

/** to_char of a moment as DuckDB SQL; null where a pattern has no counterpart. */
export function timeFormat(sql: string, format: string): string | null {
  const pieces: string[] = [];
  for (const part of split(format)) {
    if (part.kind === 'text') {
      pieces.push(quoteText(part.value));
      continue;
    }
    const text = timePiece(sql, part.value, part.fill);
    if (text === null) {
      return null;
    }
    pieces.push(text);
  }
  return pieces.length === 0 ? "''" : `(${pieces.join(' || ')})`;
}

function timePiece(sql: string, pattern: string, fill: boolean): string | null {
  if (pattern.startsWith('%')) {
    const text = `strftime(${sql}, '${pattern}')`;
    return fill ? `regexp_replace(${text}, '^0+(.)', '\\1')` : text;
  }
  const padded = (text: string): string => (fill ? text : `rpad(${text}, 9, ' ')`);
  switch (pattern) {
    case 'M':
      return padded(`upper(strftime(${sql}, '%B'))`);
    case 'm':
      return padded(`strftime(${sql}, '%B')`);
    case 'n':
      return padded(`lower(strftime(${sql}, '%B'))`);
    case 'B':
      return `upper(strftime(${sql}, '%b'))`;
    case 'b':
      return `lower(strftime(${sql}, '%b'))`;
    case 'D':
      return padded(`upper(strftime(${sql}, '%A'))`);
    case 'd':
      return padded(`strftime(${sql}, '%A')`);
    case 'e':
      return padded(`lower(strftime(${sql}, '%A'))`);
    case 'A':
      return `upper(strftime(${sql}, '%a'))`;
    case 'a':
      return `lower(strftime(${sql}, '%a'))`;
    case 'p':
      return `lower(strftime(${sql}, '%p'))`;
    case 'Q':
      return `CAST(quarter(${sql}) AS VARCHAR)`;
    case 'w':
      return `CAST(dayofweek(${sql}) + 1 AS VARCHAR)`;
    default:
      return null;
  }
}

/** to_date's and to_timestamp's format as strptime's; null where a pattern has no counterpart. */
export function timeParseFormat(format: string): string | null {
  let result = '';
  for (const part of split(format)) {
    if (part.kind === 'text') {
      result += part.value.replaceAll('%', '%%');
    } else if (part.value.startsWith('%')) {
      result += part.value;
    } else if (part.value === 'M' || part.value === 'm' || part.value === 'n') {
      result += '%B';
    } else if (part.value === 'B' || part.value === 'b') {
      result += '%b';
    } else {
      return null;
    }
  }
  return result;
}

/** to_char of a number for the plain patterns (9, 0, comma, point, FM); null for others. */
export function numericFormat(sql: string, format: string): string | null {
  const fill = /^FM/i.test(format);
  const body = format.replace(/^FM/i, '');
  if (!/^[09,]*(?:[.D][09]*)?$/i.test(body)) {
    return null;
  }
  const [whole, fraction] = body.split(/[.D]/i);
  const digits = (whole ?? '').replace(/,/g, '').length;
  const places = (fraction ?? '').length;
  const group = (whole ?? '').includes(',') ? ',' : '';
  const zeros = /0/.test(whole ?? '') ? digits - (whole ?? '').replace(/,/g, '').indexOf('0') : 0;
  const number = `abs(round(CAST(${sql} AS DECIMAL(38, ${Math.max(places, 0)})), ${places}))`;
  const text = `format('{:${group}.${places}f}', CAST(${number} AS DOUBLE))`;
  const padded =
    zeros > 0 && group === '' ? `lpad(${text}, ${zeros + (places > 0 ? places + 1 : 0)}, '0')` : zeros === 0 ? `regexp_replace(${text}, '^0\\.', '.')` : text;
  const signed = `concat(CASE WHEN ${sql} < 0 THEN '-' ELSE ${fill ? "''" : "' '"} END, ${padded})`;
  const width = body.length + 1;
  const optionalZeros = fill && /9/.test(fraction ?? '') ? `regexp_replace(${signed}, '0{0,${(fraction ?? '').replace(/^.*0/, '').length}}$', '')` : signed;
  return fill ? optionalZeros : `lpad(trim(${signed}, ' '), ${width}, ' ')`;
}
