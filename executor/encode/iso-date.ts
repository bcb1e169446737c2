import { packedCivil } from './calendar.js';
import type { Target } from './target.js';

/** Bytes of `YYYY-MM-DD`. */
export const ISO_DATE_BYTES = 10;
/** Bytes of `HH:MM:SS`. */
export const TIME_BYTES = 8;

/** Writes `YYYY-MM-DD` for a day of the years 1 to 9999. */
export function writeIsoDate(target: Target, at: number, days: number): void {
  const packed = packedCivil(days) | 0;
  const year = packed >> 9;
  const month = (packed >> 5) & 15;
  const day = packed & 31;
  const bytes = target.bytes;
  const century = (year / 100) | 0;
  writeTwo(bytes, at, century);
  writeTwo(bytes, at + 2, year - century * 100);
  bytes[at + 4] = 0x2d;
  writeTwo(bytes, at + 5, month);
  bytes[at + 7] = 0x2d;
  writeTwo(bytes, at + 8, day);
}

/** Bytes of a fraction of a second in microseconds: its point and its digits without trailing zeros; 0 for none. */
export function fractionBytes(micros: number): number {
  if (micros === 0) {
    return 0;
  }
  let digits = 6;
  let rest = micros | 0;
  while (rest % 10 === 0) {
    rest = (rest / 10) | 0;
    digits--;
  }
  return digits + 1;
}

/** Writes `HH:MM:SS` and the fraction, and returns the offset after it. */
export function writeTime(target: Target, at: number, seconds: number, micros: number): number {
  const bytes = target.bytes;
  const minutes = (seconds / 60) | 0;
  const hours = (minutes / 60) | 0;
  writeTwo(bytes, at, hours);
  bytes[at + 2] = 0x3a;
  writeTwo(bytes, at + 3, minutes - hours * 60);
  bytes[at + 5] = 0x3a;
  writeTwo(bytes, at + 6, seconds - minutes * 60);
  if (micros === 0) {
    return at + TIME_BYTES;
  }
  const end = at + TIME_BYTES + fractionBytes(micros);
  bytes[at + TIME_BYTES] = 0x2e;
  let rest = micros | 0;
  for (let position = at + TIME_BYTES + 6; position > at + TIME_BYTES; position--) {
    const quotient = (rest / 10) | 0;
    if (position < end) {
      bytes[position] = 48 + rest - quotient * 10;
    }
    rest = quotient;
  }
  return end;
}

function writeTwo(bytes: Buffer, at: number, value: number): void {
  const tens = (value / 10) | 0;
  bytes[at] = 48 + tens;
  bytes[at + 1] = 48 + value - tens * 10;
}
