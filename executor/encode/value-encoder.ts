import duckdb from '@duckdb/node-bindings';
import type { Vector } from '@duckdb/node-bindings';
import type { Target } from './target.js';

/**
 * Writes the values of one column, chunk after chunk, in one wire form. `load` points it at a vector; until the next
 * `load` the vector's chunk must stay referenced, for the memory behind it is DuckDB's.
 */
export abstract class ValueEncoder {
  protected validity: Uint8Array | null = null;

  /** Reads a vector of `count` values. */
  load(vector: Vector, count: number): void {
    this.validity = readValidity(vector, count);
    this.loadValues(vector, count);
  }

  /** True when the value is NULL; `length` and `write` are not asked for those. */
  isNull(index: number): boolean {
    return isNullAt(this.validity, index);
  }

  protected abstract loadValues(vector: Vector, count: number): void;

  /** Bytes the value takes, without its length word. */
  abstract length(index: number): number;

  /** Writes the value and returns the offset after it, which is `at + length(index)`. */
  abstract write(index: number, target: Target, at: number): number;

  /**
   * Adds each value's bytes to its row's length. Classes on the hot path repeat these two loops so that their own
   * `length` and `write` are inlined: a loop shared by all classes would call through a table.
   */
  measureColumn(count: number, rowLengths: Float64Array): void {
    for (let index = 0; index < count; index++) {
      if (!this.isNull(index)) {
        rowLengths[index] = (rowLengths[index] ?? 0) + this.length(index);
      }
    }
  }

  /** Writes each value, length word first, at its row's cursor, and moves the cursor past it. */
  writeColumn(count: number, target: Target, cursors: Float64Array): void {
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

/** The validity bits of a vector (bit set: a value), or null when every value is there. */
export function readValidity(vector: Vector, count: number): Uint8Array | null {
  // The bindings answer null, against their declared type, when the vector has no mask.
  const validity: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8);
  return validity;
}

/** Tests a value's bit in a vector's validity. */
export function isNullAt(validity: Uint8Array | null, index: number): boolean {
  return validity !== null && ((validity[index >> 3] ?? 0) & (1 << (index & 7))) === 0;
}

/** The memory of a vector's values. */
export function readData(vector: Vector, byteCount: number): Uint8Array {
  return byteCount === 0 ? new Uint8Array(0) : duckdb.vector_get_data(vector, byteCount);
}
