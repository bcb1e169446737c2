/** One row, every value as text in Postgres's form, null for NULL. */
export type Row = readonly (string | null)[];

/** How a column's values are compared: as text, as exact numbers, or as floats within the tolerance. */
export type ColumnKind = 'text' | 'number' | 'float';

/** Sums of floats depend on the order of addition; on these data sizes by far less than this. */
const RELATIVE_TOLERANCE = 1e-9;
/** Cancellation can leave a sum that should be zero; the tests' values are far larger than this. */
const ABSOLUTE_TOLERANCE = 1e-9;

/** True when two values are equal under a column's kind. */
export function equalValues(left: string | null, right: string | null, kind: ColumnKind): boolean {
  if (left === right) {
    return true;
  }
  if (left === null || right === null || kind === 'text') {
    return false;
  }
  if (kind === 'number') {
    return canonicalNumber(left) === canonicalNumber(right);
  }
  if (canonicalNumber(left) === canonicalNumber(right)) {
    return true;
  }
  const a = Number(left);
  const b = Number(right);
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number.isNaN(a) && Number.isNaN(b);
  }
  return Math.abs(a - b) <= Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * Math.max(Math.abs(a), Math.abs(b)));
}

/** A number's one spelling: no trailing zeros after the point, no leading ones, no negative zero. */
export function canonicalNumber(text: string): string {
  const match = /^([+-]?)0*(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) {
    return text;
  }
  const [, sign = '', whole = '', fraction = ''] = match;
  const digits = fraction.replace(/0+$/, '');
  const magnitude = digits === '' ? whole : `${whole}.${digits}`;
  return sign === '-' && magnitude !== '0' ? `-${magnitude}` : magnitude;
}
