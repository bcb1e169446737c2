import type { Vector } from '@duckdb/node-bindings';
import { digitCount, POWERS_OF_TEN, writeDigits } from './digits.js';
import type { ExactType } from './exact-numbers.js';
import { ExactNumbers } from './exact-numbers.js';
import type { Target } from './target.js';
import { writeAscii } from './target.js';
import { ValueEncoder } from './value-encoder.js';

/** Integers and decimals in text: every digit of the scale, as Postgres prints numeric. */
export class ExactTextEncoder extends ValueEncoder {
  readonly #numbers: ExactNumbers;
  readonly #scale: number;
  readonly #power: number;

  constructor(type: ExactType) {
    super();
    this.#numbers = new ExactNumbers(type.storage);
    this.#scale = type.scale;
    // Scales over 15 leave the range of exact powers; such columns take the way over text.
    this.#power = POWERS_OF_TEN[type.scale] ?? Number.POSITIVE_INFINITY;
  }

  protected override loadValues(vector: Vector, count: number): void {
    this.#numbers.load(vector, count, this.validity);
  }

  override length(index: number): number {
    const value = this.#numbers.values[index] ?? 0;
    const scale = this.#scale;
    if (Number.isNaN(value) || scale > 15) {
      return this.#text(index).length;
    }
    const sign = value < 0 ? 1 : 0;
    const digits = digitCount(sign === 1 ? -value : value);
    return scale === 0 ? sign + digits : sign + 1 + scale + Math.max(digits - scale, 1);
  }

  override write(index: number, target: Target, at: number): number {
    const value = this.#numbers.values[index] ?? 0;
    const scale = this.#scale;
    if (Number.isNaN(value) || scale > 15) {
      return writeAscii(target, at, this.#text(index));
    }
    let start = at;
    let magnitude = value;
    if (value < 0) {
      target.bytes[start++] = 0x2d;
      magnitude = -value;
    }
    if (scale === 0) {
      const digits = digitCount(magnitude);
      writeDigits(target, start + digits, magnitude, digits);
      return start + digits;
    }
    const whole = Math.floor(magnitude / this.#power);
    const digits = digitCount(whole);
    const point = start + digits;
    writeDigits(target, point, whole, digits);
    target.bytes[point] = 0x2e;
    const end = point + 1 + scale;
    writeDigits(target, end, magnitude - whole * this.#power, scale);
    return end;
  }

  #text(index: number): string {
    return scaledText(this.#numbers.bigint(index), this.#scale);
  }

  override measureColumn(count: number, rowLengths: Float64Array): void {
    for (let index = 0; index < count; index++) {
      if (!this.isNull(index)) {
        rowLengths[index] = (rowLengths[index] ?? 0) + this.length(index);
      }
    }
  }

  override writeColumn(count: number, target: Target, cursors: Float64Array): void {
    for (let index = 0; index < count; index++) {
      const at = cursors[index] ?? 0;
      if (this.isNull(index)) {
        target.view.setInt32(at, -1);
        cursors[index] = at + 4;
      } else {
        const end = this.write(index, target, at + 4);
        target.view.setInt32(at, end - at - 4);
        cursors[index] = end;
      }
    }
  }
}

/** An unscaled integer as decimal text with `scale` digits after the point. */
export function scaledText(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString();
  if (scale === 0) {
    return negative ? `-${digits}` : digits;
  }
  const padded = digits.padStart(scale + 1, '0');
  const point = padded.length - scale;
  return `${negative ? '-' : ''}${padded.slice(0, point)}.${padded.slice(point)}`;
}
