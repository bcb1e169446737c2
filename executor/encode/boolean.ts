import type { Vector } from '@duckdb/node-bindings';
import type { Target } from './target.js';
import { writeAscii } from './target.js';
import { ValueEncoder, readData } from './value-encoder.js';

/** BOOLEAN: `t` and `f` in text, a byte in binary; `true` and `false` where it is reported as text. */
export class BooleanEncoder extends ValueEncoder {
  readonly #form: 'letter' | 'word' | 'byte';
  #values: Uint8Array = new Uint8Array(0);

  constructor(form: 'letter' | 'word' | 'byte') {
    super();
    this.#form = form;
  }

  protected override loadValues(vector: Vector, count: number): void {
    this.#values = readData(vector, count);
  }

  override length(index: number): number {
    return this.#form === 'word' ? (this.#values[index] === 0 ? 5 : 4) : 1;
  }

  override write(index: number, target: Target, at: number): number {
    const value = this.#values[index] !== 0;
    switch (this.#form) {
      case 'letter':
        target.bytes[at] = value ? 0x74 : 0x66;
        return at + 1;
      case 'byte':
        target.bytes[at] = value ? 1 : 0;
        return at + 1;
      case 'word':
        return writeAscii(target, at, value ? 'true' : 'false');
    }
  }
}
