import type { ByteSink } from './byte-sink.js';
import { POWERS_OF_TEN } from './digits.js';

const SIGN_NEGATIVE = 0x4000;
const SIGN_NAN = 0xc000;
const SIGN_INFINITY = 0xd000;
const SIGN_MINUS_INFINITY = 0xf000;
/** numeric_send's digits are base 10,000: four decimal ones each. */
const GROUP = 4;

/** Appends the binary form of numeric: digit count, weight of the first digit, sign, decimal scale, digits. */
export function renderNumeric(unscaled: bigint, scale: number, sink: ByteSink): void {
  const negative = unscaled < 0n;
  const text = (negative ? -unscaled : unscaled).toString();
  // Pad so that the decimal point falls between two groups.
  const fraction = Math.ceil(scale / GROUP) * GROUP;
  const digits = text.padEnd(text.length + fraction - scale, '0');
  const groups = Math.ceil(digits.length / GROUP);
  const padded = digits.padStart(groups * GROUP, '0');
  const group = (index: number): number => Number(padded.slice(index * GROUP, index * GROUP + GROUP));
  let first = 0;
  let end = groups;
  while (first < end && group(first) === 0) {
    first++;
  }
  while (end > first && group(end - 1) === 0) {
    end--;
  }
  const zero = first === end;
  sink.int16(end - first);
  sink.int16(zero ? 0 : groups - fraction / GROUP - 1 - first);
  sink.int16(negative && !zero ? SIGN_NEGATIVE : 0);
  sink.int16(scale);
  for (let index = first; index < end; index++) {
    sink.int16(group(index));
  }
}

/** Largest scale of the fast way: a fraction padded to whole groups stays a safe integer. */
const FAST_SCALE_MAX = 12;
const GROUP_SIZE = 10_000;
const HEADER_BYTES = 8;
/** A safe integer has four groups, and a fraction of the fast way three more. */
const FAST_GROUPS_MAX = 7;

/** True when `renderSafeNumeric` takes numbers of this scale. */
export function hasFastNumeric(scale: number): boolean {
  return scale <= FAST_SCALE_MAX;
}

/** `renderNumeric` for unscaled values that are safe JavaScript integers, without big integers or text. */
export function renderSafeNumeric(unscaled: number, scale: number, sink: ByteSink): void {
  const magnitude = unscaled < 0 ? -unscaled : unscaled;
  const power = POWERS_OF_TEN[scale] ?? 1;
  const fractionGroups = (scale + GROUP - 1) >> 2;
  const whole = Math.floor(magnitude / power);
  let wholeGroups = 0;
  for (let rest = whole; rest > 0; rest = Math.floor(rest / GROUP_SIZE)) {
    wholeGroups++;
  }
  const target = sink.reserve(HEADER_BYTES + FAST_GROUPS_MAX * 2);
  const digitsAt = sink.length + HEADER_BYTES;
  const total = wholeGroups + fractionGroups;
  // Aligned to whole groups; the power is 1, 10, 100, or 1000.
  const aligned = (magnitude - whole * power) * (POWERS_OF_TEN[fractionGroups * GROUP - scale] ?? 1);
  writeGroups(target.view, digitsAt, whole, wholeGroups);
  writeGroups(target.view, digitsAt + wholeGroups * 2, aligned, fractionGroups);
  let end = total;
  while (end > 0 && target.view.getInt16(digitsAt + (end - 1) * 2) === 0) {
    end--;
  }
  let first = 0;
  while (first < end && target.view.getInt16(digitsAt + first * 2) === 0) {
    first++;
  }
  if (first > 0 && first < end) {
    target.bytes.copyWithin(digitsAt, digitsAt + first * 2, digitsAt + end * 2);
  }
  const zero = first === end;
  target.view.setInt16(sink.length, end - first);
  target.view.setInt16(sink.length + 2, zero ? 0 : wholeGroups - 1 - first);
  target.view.setInt16(sink.length + 4, unscaled < 0 ? SIGN_NEGATIVE : 0);
  target.view.setInt16(sink.length + 6, scale);
  sink.length = digitsAt + (end - first) * 2;
}

/** Writes `count` groups of a number that has no more. */
function writeGroups(view: DataView, at: number, value: number, count: number): void {
  let rest = value;
  for (let index = count - 1; index >= 0; index--) {
    const next = Math.floor(rest / GROUP_SIZE);
    view.setInt16(at + index * 2, rest - next * GROUP_SIZE);
    rest = next;
  }
}

/** Appends numeric's NaN or infinities. */
export function renderSpecialNumeric(value: number, sink: ByteSink): void {
  sink.int16(0);
  sink.int16(0);
  sink.int16(((Number.isNaN(value) ? SIGN_NAN : value > 0 ? SIGN_INFINITY : SIGN_MINUS_INFINITY) << 16) >> 16);
  sink.int16(0);
}
