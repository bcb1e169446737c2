import type { Vector } from '@duckdb/node-bindings';
import { ByteSink } from './byte-sink.js';
import type { Target } from './target.js';
import { copyBytes } from './target.js';
import { ValueEncoder } from './value-encoder.js';

/** For values whose length is only known once they are written: renders a whole vector into memory of its own first. */
export abstract class RenderedEncoder extends ValueEncoder {
  readonly #sink = new ByteSink();
  #ends: Int32Array = new Int32Array(0);

  protected override loadValues(vector: Vector, count: number): void {
    this.loadSource(vector, count);
    if (this.#ends.length < count + 1) {
      this.#ends = new Int32Array(count + 1);
    }
    this.#sink.clear();
    for (let index = 0; index < count; index++) {
      if (!this.isNull(index)) {
        this.render(index, this.#sink);
      }
      this.#ends[index + 1] = this.#sink.length;
    }
  }

  /** Reads what `render` needs of the vector. */
  protected abstract loadSource(vector: Vector, count: number): void;

  /** Appends one value's bytes. */
  protected abstract render(index: number, sink: ByteSink): void;

  override length(index: number): number {
    return (this.#ends[index + 1] ?? 0) - (this.#ends[index] ?? 0);
  }

  override write(index: number, target: Target, at: number): number {
    const start = this.#ends[index] ?? 0;
    const length = (this.#ends[index + 1] ?? 0) - start;
    copyBytes(this.#sink.target, start, length, target, at);
    return at + length;
  }

  override measureColumn(count: number, rowLengths: Float64Array): void {
    for (let index = 0; index < count; index++) {
      rowLengths[index] = (rowLengths[index] ?? 0) + this.length(index);
    }
  }
}
