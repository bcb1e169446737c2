import type { Target } from './target.js';

const BILLION = 1_000_000_000;

/** 10^0 .. 10^15 as numbers, all exact. */
export const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Decimal digits of a safe integer that is not negative; 1 for 0. */
export function digitCount(value: number): number {
  if (value < 100_000) {
    return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : value < 10_000 ? 4 : 5;
  }
  let count = 6;
  while (count < 16 && value >= (POWERS_OF_TEN[count] ?? 0)) {
    count++;
  }
  return count;
}

/** Writes exactly `count` digits of a safe integer that is not negative, with leading zeros, to end before `end`. */
export function writeDigits(target: Target, end: number, value: number, count: number): void {
  const bytes = target.bytes;
  let rest = value;
  let left = count;
  let at = end;
  while (rest >= BILLION) {
    const top = Math.floor(rest / BILLION);
    let low = rest - top * BILLION;
    for (let index = 0; index < 9; index++) {
      const quotient = (low / 10) | 0;
      bytes[--at] = 48 + low - quotient * 10;
      low = quotient;
    }
    left -= 9;
    rest = top;
  }
  let low = rest | 0;
  while (left > 0) {
    const quotient = (low / 10) | 0;
    bytes[--at] = 48 + low - quotient * 10;
    low = quotient;
    left--;
  }
}
