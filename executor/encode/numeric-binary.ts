import type { ByteSink } from "./byte-sink.js";

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
  const digits = text.padEnd(text.length + fraction - scale, "0");
  const groups = Math.ceil(digits.length / GROUP);
  const padded = digits.padStart(groups * GROUP, "0");
  const group = (index: number): number =>
    Number(padded.slice(index * GROUP, index * GROUP + GROUP));
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

/** Appends numeric's NaN or infinities. */
export function renderSpecialNumeric(value: number, sink: ByteSink): void {
  sink.int16(0);
  sink.int16(0);
  sink.int16(
    ((Number.isNaN(value) ? SIGN_NAN : value > 0 ? SIGN_INFINITY : SIGN_MINUS_INFINITY) << 16) >>
      16,
  );
  sink.int16(0);
}
