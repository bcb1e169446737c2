import type { Vector } from '@duckdb/node-bindings';
import { StringVector } from './string-vector.js';
import { targetOver } from './target.js';
import type { ValueEncoder } from './value-encoder.js';
import { isNullAt, readData, readValidity } from './value-encoder.js';

/**
 * One vector as Arrow's buffers. `rows` picks values, in order, or null takes the first `count`: elements of lists may lie
 * anywhere in their vector.
 */
export interface ArrowColumn {
  /** Reads a vector; its memory is DuckDB's until the next `load`. */
  load(vector: Vector, count: number): void;
  append(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void;
}

/** Bytes of an interval, and of a list's place in its elements. */
export const ENTRY_BYTES = 16;

const NOTHING = new Uint8Array(0);

/** Validity as Arrow has it: DuckDB's own bits, or those of the picked rows. */
function validityOf(validity: Uint8Array | null, rows: Uint32Array | null, count: number): Uint8Array {
  if (validity === null) {
    return NOTHING;
  }
  if (rows === null) {
    return validity.subarray(0, Math.ceil(count / 8));
  }
  const picked = new Uint8Array(Math.ceil(count / 8));
  for (let index = 0; index < count; index++) {
    if (!isNullAt(validity, rows[index] ?? 0)) {
      picked[index >> 3] = (picked[index >> 3] ?? 0) | (1 << (index & 7));
    }
  }
  return picked;
}

/** A vector whose validity is the first of its buffers. */
export abstract class Column implements ArrowColumn {
  protected validity: Uint8Array | null = null;

  load(vector: Vector, count: number): void {
    this.validity = readValidity(vector, count);
    this.loadValues(vector, count);
  }

  protected abstract loadValues(vector: Vector, count: number): void;

  append(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    buffers.push(validityOf(this.validity, rows, count));
    this.appendValues(rows, count, buffers);
  }

  protected abstract appendValues(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void;

  protected isNull(row: number): boolean {
    return isNullAt(this.validity, row);
  }
}

/** NULL of no type. */
export class NullColumn extends Column {
  protected loadValues(): void {
    // There are none.
  }

  protected appendValues(): void {
    // There are none.
  }
}

/** DuckDB's own bytes. */
export class FixedColumn extends Column {
  readonly #byteWidth: number;
  #data: Uint8Array = NOTHING;

  constructor(byteWidth: number) {
    super();
    this.#byteWidth = byteWidth;
  }

  protected loadValues(vector: Vector, count: number): void {
    this.#data = readData(vector, count * this.#byteWidth);
  }

  protected appendValues(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    const width = this.#byteWidth;
    if (rows === null) {
      buffers.push(this.#data.subarray(0, count * width));
      return;
    }
    const picked = new Uint8Array(count * width);
    for (let index = 0; index < count; index++) {
      const from = (rows[index] ?? 0) * width;
      for (let byte = 0; byte < width; byte++) {
        picked[index * width + byte] = this.#data[from + byte] ?? 0;
      }
    }
    buffers.push(picked);
  }
}

/** Booleans as bits. */
export class BitColumn extends Column {
  #data: Uint8Array = NOTHING;

  protected loadValues(vector: Vector, count: number): void {
    this.#data = readData(vector, count);
  }

  protected appendValues(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    const bits = new Uint8Array(Math.ceil(count / 8));
    for (let index = 0; index < count; index++) {
      if (this.#data[rows === null ? index : (rows[index] ?? 0)] === 1) {
        bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
      }
    }
    buffers.push(bits);
  }
}

/** Integers of 2, 4 or 8 bytes as 16, by their sign. */
export class WideColumn extends Column {
  readonly #byteWidth: number;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(byteWidth: number) {
    super();
    this.#byteWidth = byteWidth;
  }

  protected loadValues(vector: Vector, count: number): void {
    const data = readData(vector, count * this.#byteWidth);
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  protected appendValues(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    const words = new Int32Array(count * 4);
    for (let index = 0; index < count; index++) {
      const at = (rows === null ? index : (rows[index] ?? 0)) * this.#byteWidth;
      const low = this.#byteWidth === 2 ? this.#view.getInt16(at, true) : this.#view.getInt32(at, true);
      const high = this.#byteWidth === 8 ? this.#view.getInt32(at + 4, true) : low >> 31;
      const sign = high >> 31;
      words[index * 4] = low;
      words[index * 4 + 1] = high;
      words[index * 4 + 2] = sign;
      words[index * 4 + 3] = sign;
    }
    buffers.push(new Uint8Array(words.buffer));
  }
}

const NANOSECONDS_PER_MICROSECOND = 1000n;

/** Intervals in nanoseconds. */
export class IntervalColumn extends Column {
  #view: DataView = new DataView(new ArrayBuffer(0));

  protected loadValues(vector: Vector, count: number): void {
    const data = readData(vector, count * ENTRY_BYTES);
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  protected appendValues(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    const bytes = new Uint8Array(count * ENTRY_BYTES);
    const target = new DataView(bytes.buffer);
    for (let index = 0; index < count; index++) {
      const row = rows === null ? index : (rows[index] ?? 0);
      if (!this.isNull(row)) {
        target.setInt32(index * ENTRY_BYTES, this.#view.getInt32(row * ENTRY_BYTES, true), true);
        target.setInt32(index * ENTRY_BYTES + 4, this.#view.getInt32(row * ENTRY_BYTES + 4, true), true);
        target.setBigInt64(index * ENTRY_BYTES + 8, this.#view.getBigInt64(row * ENTRY_BYTES + 8, true) * NANOSECONDS_PER_MICROSECOND, true);
      }
    }
    buffers.push(bytes);
  }
}

/** Texts and blobs. */
export class BytesColumn extends Column {
  readonly #strings = new StringVector();

  protected loadValues(vector: Vector, count: number): void {
    this.#strings.load(vector, count, this.validity);
  }

  protected appendValues(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    const strings = this.#strings;
    const offsets = new Int32Array(count + 1);
    let total = 0;
    for (let index = 0; index < count; index++) {
      const row = rows === null ? index : (rows[index] ?? 0);
      total += this.isNull(row) ? 0 : strings.length(row);
      offsets[index + 1] = total;
    }
    const bytes = Buffer.allocUnsafe(total);
    for (let index = 0; index < count; index++) {
      const row = rows === null ? index : (rows[index] ?? 0);
      const at = offsets[index] ?? 0;
      const length = (offsets[index + 1] ?? 0) - at;
      if (length > 0) {
        const start = strings.start(row);
        strings.source(row).bytes.copy(bytes, at, start, start + length);
      }
    }
    buffers.push(new Uint8Array(offsets.buffer), bytes);
  }
}

/** Values as the text they have on the wire. */
export class TextColumn implements ArrowColumn {
  readonly #encoder: ValueEncoder;

  constructor(encoder: ValueEncoder) {
    this.#encoder = encoder;
  }

  load(vector: Vector, count: number): void {
    this.#encoder.load(vector, count);
  }

  append(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    const encoder = this.#encoder;
    const validity = new Uint8Array(Math.ceil(count / 8));
    const offsets = new Int32Array(count + 1);
    let total = 0;
    for (let index = 0; index < count; index++) {
      const row = rows === null ? index : (rows[index] ?? 0);
      if (!encoder.isNull(row)) {
        validity[index >> 3] = (validity[index >> 3] ?? 0) | (1 << (index & 7));
        total += encoder.length(row);
      }
      offsets[index + 1] = total;
    }
    const target = targetOver(Buffer.allocUnsafeSlow(total));
    for (let index = 0; index < count; index++) {
      const row = rows === null ? index : (rows[index] ?? 0);
      if (!encoder.isNull(row)) {
        encoder.write(row, target, offsets[index] ?? 0);
      }
    }
    buffers.push(validity, new Uint8Array(offsets.buffer), target.bytes);
  }
}
