import type { Vector } from '@duckdb/node-bindings';
import type { Target } from './target.js';
import { ValueEncoder, readData } from './value-encoder.js';

const HEX_DIGITS = Buffer.from('0123456789abcdef');
const UUID_BYTES = 16;
const UUID_TEXT_BYTES = 36;

/** UUID. DuckDB keeps it as a little-endian 128-bit integer with its top bit flipped. */
export class UuidEncoder extends ValueEncoder {
  readonly #binary: boolean;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(binary: boolean) {
    super();
    this.#binary = binary;
  }

  protected override loadValues(vector: Vector, count: number): void {
    this.#bytes = readData(vector, count * UUID_BYTES);
  }

  override length(): number {
    return this.#binary ? UUID_BYTES : UUID_TEXT_BYTES;
  }

  override write(index: number, target: Target, at: number): number {
    let out = at;
    for (let offset = 0; offset < UUID_BYTES; offset++) {
      const stored = this.#bytes[index * UUID_BYTES + 15 - offset] ?? 0;
      const byte = offset === 0 ? stored ^ 0x80 : stored;
      if (this.#binary) {
        target.bytes[out++] = byte;
        continue;
      }
      if (offset === 4 || offset === 6 || offset === 8 || offset === 10) {
        target.bytes[out++] = 0x2d;
      }
      target.bytes[out++] = HEX_DIGITS[byte >> 4] ?? 0;
      target.bytes[out++] = HEX_DIGITS[byte & 15] ?? 0;
    }
    return out;
  }
}
