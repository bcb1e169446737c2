import type { Vector } from '@duckdb/node-bindings';
import type { Target } from './target.js';
import { copyBytes, targetOver } from './target.js';
import { ValueEncoder, readData } from './value-encoder.js';

/** ENUM as its text, taken from a dictionary encoded once. */
export class EnumEncoder extends ValueEncoder {
  readonly #dictionary: Target;
  readonly #ends: Int32Array;
  #values: Uint8Array | Uint16Array | Uint32Array = new Uint8Array(0);

  constructor(values: readonly string[]) {
    super();
    const encoded = values.map((value) => Buffer.from(value, 'utf8'));
    this.#dictionary = targetOver(Buffer.concat(encoded));
    this.#ends = new Int32Array(values.length + 1);
    encoded.forEach((bytes, index) => {
      this.#ends[index + 1] = (this.#ends[index] ?? 0) + bytes.length;
    });
  }

  protected override loadValues(vector: Vector, count: number): void {
    // DuckDB picks the narrowest unsigned integer that holds the number of values.
    const size = this.#ends.length - 1;
    if (size <= 0xff) {
      this.#values = readData(vector, count);
    } else if (size <= 0xffff) {
      const data = readData(vector, count * 2);
      this.#values = new Uint16Array(data.buffer, data.byteOffset, count);
    } else {
      const data = readData(vector, count * 4);
      this.#values = new Uint32Array(data.buffer, data.byteOffset, count);
    }
  }

  override length(index: number): number {
    const value = this.#values[index] ?? 0;
    return (this.#ends[value + 1] ?? 0) - (this.#ends[value] ?? 0);
  }

  override write(index: number, target: Target, at: number): number {
    const length = this.length(index);
    copyBytes(this.#dictionary, this.#ends[this.#values[index] ?? 0] ?? 0, length, target, at);
    return at + length;
  }
}
