import { sameDataType, type DataType } from '../types/data-type.js';

/** Integers of any width are compared as such. */
const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?\d+(\.\d+)?$/;
/** Years of four digits only: text order is time order there. */
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?$/;

/** As DuckDB prints them: text order is their order. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Compares two values written as DuckDB writes them: negative, zero or positive, or null where the answer is not
 * certain. Types of which text order or number order is not known to be DuckDB's order give null.
 */
export function compareTexts(a: string, b: string, type: DataType, otherType: DataType): number | null {
  if (!sameDataType(type, otherType)) {
    return null;
  }
  if (type.kind === 'decimal') {
    return DECIMAL.test(a) && DECIMAL.test(b) ? compareDecimals(a, b) : null;
  }
  if (type.kind !== 'scalar') {
    return null;
  }
  switch (type.name) {
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
    case 'HUGEINT':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
    case 'UBIGINT':
    case 'UHUGEINT':
      return INTEGER.test(a) && INTEGER.test(b) ? order(BigInt(a), BigInt(b)) : null;
    case 'DATE':
      return DATE.test(a) && DATE.test(b) ? order(a, b) : null;
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
      return compareTimestamps(a, b);
    case 'TIMESTAMP WITH TIME ZONE':
      return compareInstants(a, b);
    case 'UUID':
      return UUID.test(a) && UUID.test(b) ? order(a, b) : null;
    case 'VARCHAR':
      return compareUtf8(a, b);
    // Floats: NaN and files' rounding of their statistics; the rest: another order than their text's.
    case 'BOOLEAN':
    case 'FLOAT':
    case 'DOUBLE':
    case 'BIGNUM':
    case 'JSON':
    case 'BLOB':
    case 'BIT':
    case 'TIME':
    case 'TIME WITH TIME ZONE':
    case 'TIME_NS':
    case 'INTERVAL':
    case 'NULL':
      return null;
  }
}

function order<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareDecimals(a: string, b: string): number {
  const digits = Math.max(fraction(a).length, fraction(b).length);
  return order(unscaled(a, digits), unscaled(b, digits));
}

function fraction(text: string): string {
  return text.split('.')[1] ?? '';
}

function unscaled(text: string, digits: number): bigint {
  return BigInt((text.split('.')[0] ?? '') + fraction(text).padEnd(digits, '0'));
}

function compareTimestamps(a: string, b: string): number | null {
  const left = timestampKey(a);
  const right = timestampKey(b);
  return left === null || right === null ? null : order(left, right);
}

function timestampKey(text: string): string | null {
  const match = TIMESTAMP.exec(text);
  return match === null ? null : `${match[1]} ${match[2] ?? '00:00:00'}.${(match[3] ?? '').padEnd(9, '0')}`;
}

/** Only in UTC, as DuckDB prints statistics and constants: other offsets order otherwise than their texts. */
function compareInstants(a: string, b: string): number | null {
  return a.endsWith('+00') && b.endsWith('+00') ? compareTimestamps(a.slice(0, -3), b.slice(0, -3)) : null;
}

/** DuckDB compares text by its UTF-8 bytes, which is the order of code points, not of JavaScript's UTF-16 units. */
function compareUtf8(a: string, b: string): number {
  const left = a[Symbol.iterator]();
  const right = b[Symbol.iterator]();
  for (;;) {
    const x = left.next();
    const y = right.next();
    if (x.done === true || y.done === true) {
      return (x.done === true ? 0 : 1) - (y.done === true ? 0 : 1);
    }
    const difference = (x.value.codePointAt(0) ?? 0) - (y.value.codePointAt(0) ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
}
