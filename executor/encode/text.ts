import type { Vector } from '@duckdb/node-bindings';
import { StringVector } from './string-vector.js';
import type { Target } from './target.js';
import { copyBytes } from './target.js';
import { ValueEncoder } from './value-encoder.js';

/** VARCHAR and JSON as they are; their text and binary forms are the same. Also BLOB in binary. */
export class StringEncoder extends ValueEncoder {
  readonly #strings = new StringVector();

  protected override loadValues(vector: Vector, count: number): void {
    this.#strings.load(vector, count, this.validity);
  }

  override length(index: number): number {
    return this.#strings.length(index);
  }

  override write(index: number, target: Target, at: number): number {
    const length = this.#strings.length(index);
    copyBytes(this.#strings.source(index), this.#strings.start(index), length, target, at);
    return at + length;
  }

  override measureColumn(count: number, rowLengths: Float64Array): void {
    for (let index = 0; index < count; index++) {
      if (!this.isNull(index)) {
        rowLengths[index] = (rowLengths[index] ?? 0) + this.#strings.length(index);
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
        const length = this.#strings.length(index);
        target.view.setInt32(at, length);
        copyBytes(this.#strings.source(index), this.#strings.start(index), length, target, at + 4);
        cursors[index] = at + 4 + length;
      }
    }
  }
}

/** jsonb in binary: the format's version, then the text. */
export class JsonbEncoder extends ValueEncoder {
  readonly #strings = new StringVector();

  protected override loadValues(vector: Vector, count: number): void {
    this.#strings.load(vector, count, this.validity);
  }

  override length(index: number): number {
    return this.#strings.length(index) + 1;
  }

  override write(index: number, target: Target, at: number): number {
    target.bytes[at] = 1;
    const length = this.#strings.length(index);
    copyBytes(this.#strings.source(index), this.#strings.start(index), length, target, at + 1);
    return at + 1 + length;
  }
}
