import duckdb from '@duckdb/node-bindings';
import type { Vector } from '@duckdb/node-bindings';
import type { OutputSettings } from '../engine.js';
import type { DataType } from '../../planner/types/data-type.js';
import { postgresTypeOf } from '../../planner/types/postgres-type.js';
import { arrowLayout } from './arrow-layout.js';
import type { ArrowColumn } from './arrow-values.js';
import { BitColumn, BytesColumn, Column, ENTRY_BYTES, FixedColumn, IntervalColumn, NullColumn, TextColumn, WideColumn } from './arrow-values.js';
import { createValueEncoder } from './create-value-encoder.js';
import { readData } from './value-encoder.js';

/** The column of a type. */
export function createArrowColumn(type: DataType, settings: OutputSettings): ArrowColumn {
  const layout = arrowLayout(type);
  switch (layout.kind) {
    case 'null':
      return new NullColumn();
    case 'fixed':
    case 'enum':
      return new FixedColumn(layout.byteWidth);
    case 'bits':
      return new BitColumn();
    case 'wide':
      return layout.byteWidth === 16 ? new FixedColumn(16) : new WideColumn(layout.byteWidth);
    case 'interval':
      return new IntervalColumn();
    case 'bytes':
      return new BytesColumn();
    case 'text':
      return new TextColumn(createValueEncoder(type, postgresTypeOf(type).oid, 'text', settings));
    case 'list':
      return new ListColumn(createArrowColumn(layout.element, settings));
    case 'array':
      return new ArrayColumn(createArrowColumn(layout.element, settings), layout.length);
    case 'struct':
      return new StructColumn(layout.fields.map((field) => createArrowColumn(field, settings)));
  }
}

class ListColumn extends Column {
  readonly #element: ArrowColumn;
  #entries: Uint32Array = new Uint32Array(0);

  constructor(element: ArrowColumn) {
    super();
    this.#element = element;
  }

  protected loadValues(vector: Vector, count: number): void {
    const data = readData(vector, count * ENTRY_BYTES);
    this.#entries = new Uint32Array(data.buffer, data.byteOffset, count * 4);
    this.#element.load(duckdb.list_vector_get_child(vector), duckdb.list_vector_get_size(vector));
  }

  protected appendValues(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    const offsets = new Int32Array(count + 1);
    let isInOrder = true;
    for (let index = 0; index < count; index++) {
      const row = rows === null ? index : (rows[index] ?? 0);
      const at = offsets[index] ?? 0;
      const size = this.isNull(row) ? 0 : (this.#entries[row * 4 + 2] ?? 0);
      isInOrder &&= size === 0 || this.#entries[row * 4] === at;
      offsets[index + 1] = at + size;
    }
    buffers.push(new Uint8Array(offsets.buffer));
    this.#element.append(isInOrder ? null : this.#elements(rows, count, offsets), offsets[count] ?? 0, buffers);
  }

  #elements(rows: Uint32Array | null, count: number, offsets: Int32Array): Uint32Array {
    const picked = new Uint32Array(offsets[count] ?? 0);
    for (let index = 0; index < count; index++) {
      const first = this.#entries[(rows === null ? index : (rows[index] ?? 0)) * 4] ?? 0;
      const from = offsets[index] ?? 0;
      for (let at = from; at < (offsets[index + 1] ?? 0); at++) {
        picked[at] = first + at - from;
      }
    }
    return picked;
  }
}

class ArrayColumn extends Column {
  readonly #element: ArrowColumn;
  readonly #length: number;

  constructor(element: ArrowColumn, length: number) {
    super();
    this.#element = element;
    this.#length = length;
  }

  protected loadValues(vector: Vector, count: number): void {
    this.#element.load(duckdb.array_vector_get_child(vector), count * this.#length);
  }

  protected appendValues(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    const length = this.#length;
    const elements =
      rows === null ? null : Uint32Array.from({ length: count * length }, (_, at) => (rows[Math.floor(at / length)] ?? 0) * length + (at % length));
    this.#element.append(elements, count * length, buffers);
  }
}

class StructColumn extends Column {
  readonly #fields: readonly ArrowColumn[];

  constructor(fields: readonly ArrowColumn[]) {
    super();
    this.#fields = fields;
  }

  protected loadValues(vector: Vector, count: number): void {
    this.#fields.forEach((field, index) => field.load(duckdb.struct_vector_get_child(vector, index), count));
  }

  protected appendValues(rows: Uint32Array | null, count: number, buffers: Uint8Array[]): void {
    for (const field of this.#fields) {
      field.append(rows, count, buffers);
    }
  }
}
