import { Data, Dictionary, Field, RecordBatch, Schema, Struct, makeData, vectorFromArray, Utf8 } from 'apache-arrow';
import type { DataType as ArrowType, Vector } from 'apache-arrow';
import assert from 'node:assert/strict';
import type { ResultColumn, RowBatch } from '../engine.js';
import { arrowLayout, unpackBuffers } from '../encode/arrow-layout.js';
import type { DataType } from '../../planner/types/data-type.js';
import { arrowType } from './arrow-types.js';

/** Makes Arrow record batches of the chunks that executors send: their buffers as they are, no value is looked at. */
export class ArrowBatches {
  readonly schema: Schema;
  readonly #columns: readonly ColumnReader[];

  constructor(columns: readonly Pick<ResultColumn, 'name' | 'duckdbType'>[]) {
    this.#columns = columns.map((column) => columnReader(column.duckdbType));
    this.schema = new Schema(columns.map((column, index) => new Field(column.name, this.#columns[index]?.type ?? arrowType(column.duckdbType), true)));
  }

  /** A batch of rows as a record batch. */
  read(batch: RowBatch): RecordBatch {
    const buffers = new Buffers(unpackBuffers(batch.bytes));
    const children = this.#columns.map((column) => column.read(batch.rowCount, buffers));
    return new RecordBatch(this.schema, makeData({ type: new Struct(this.schema.fields), length: batch.rowCount, nullCount: 0, children }));
  }
}

/** A batch's buffers, taken in the order in which they were written. */
class Buffers {
  readonly #all: readonly Uint8Array[];
  #next = 0;

  constructor(all: readonly Uint8Array[]) {
    this.#all = all;
  }

  take(): Uint8Array {
    const buffer = this.#all[this.#next];
    assert(buffer !== undefined, 'a batch has the buffers of its columns');
    this.#next += 1;
    return buffer;
  }
}

interface ColumnReader {
  readonly type: ArrowType;
  readonly read: (length: number, buffers: Buffers) => Data;
}

function columnReader(type: DataType): ColumnReader {
  const own = arrowType(type);
  const layout = arrowLayout(type);
  switch (layout.kind) {
    case 'null':
      return {
        type: own,
        read: (length, buffers) => {
          buffers.take();
          return new Data(own, 0, length, length);
        },
      };
    case 'fixed':
    case 'bits':
    case 'wide':
    case 'interval':
      return flatReader(own, null);
    case 'enum': {
      const values = type.kind === 'enum' ? type.values : [];
      return flatReader(own, vectorFromArray([...values], new Utf8()));
    }
    case 'bytes':
    case 'text':
      return {
        type: own,
        read: (length, buffers) => {
          const validity = buffers.take();
          const offsets = offsetsOver(buffers.take());
          return dataOf(own, length, validity, { 0: offsets, 1: buffers.take() }, []);
        },
      };
    case 'list': {
      const element = columnReader(layout.element);
      return {
        type: own,
        read: (length, buffers) => {
          const validity = buffers.take();
          const offsets = offsetsOver(buffers.take());
          return dataOf(own, length, validity, { 0: offsets }, [element.read(offsets[length] ?? 0, buffers)]);
        },
      };
    }
    case 'array': {
      const element = columnReader(layout.element);
      const { length: size } = layout;
      return { type: own, read: (length, buffers) => dataOf(own, length, buffers.take(), {}, [element.read(length * size, buffers)]) };
    }
    case 'struct': {
      const fields = layout.fields.map(columnReader);
      return {
        type: own,
        read: (length, buffers) => {
          const validity = buffers.take();
          return dataOf(
            own,
            length,
            validity,
            {},
            fields.map((field) => field.read(length, buffers)),
          );
        },
      };
    }
  }
}

function flatReader(type: ArrowType, dictionary: Vector | null): ColumnReader {
  return {
    type,
    read: (length, buffers) => {
      const validity = buffers.take();
      const bytes = buffers.take();
      return dataOf(type, length, validity, { 1: arrayOver(type instanceof Dictionary ? type.indices : type, bytes) }, [], dictionary);
    },
  };
}

type Over<A> = (bytes: Uint8Array) => A;

const offsetsOver: Over<Int32Array> = (bytes) => new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);

/** The kinds of arrays that Arrow's types name, by their constructor. */
const ARRAYS: ReadonlyMap<unknown, Over<ArrayBufferView>> = new Map<unknown, Over<ArrayBufferView>>([
  [Uint8Array, (bytes) => bytes],
  [Int8Array, (bytes) => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
  [Int16Array, (bytes) => new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)],
  [Uint16Array, (bytes) => new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)],
  [Int32Array, offsetsOver],
  [Uint32Array, (bytes) => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)],
  [Float32Array, (bytes) => new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)],
  [BigInt64Array, (bytes) => new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)],
  [BigUint64Array, (bytes) => new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)],
  [Float64Array, (bytes) => new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)],
]);

/** Bytes as the array that Arrow has a type's values in. */
function arrayOver(type: ArrowType, bytes: Uint8Array): ArrayBufferView {
  const constructor: unknown = type.ArrayType;
  const over = ARRAYS.get(constructor);
  assert(over !== undefined, 'a kind of array that Arrow uses');
  return over(bytes);
}

/** Arrow's data over buffers; an empty validity says that nothing is NULL. */
function dataOf(
  type: ArrowType,
  length: number,
  validity: Uint8Array,
  buffers: { readonly 0?: Int32Array; readonly 1?: ArrayBufferView },
  children: Data[],
  dictionary: Vector | null = null,
): Data {
  const all = { ...buffers, ...(validity.byteLength === 0 ? {} : { 2: validity }) };
  return new Data(type, 0, length, validity.byteLength === 0 ? 0 : -1, all, children, ...(dictionary === null ? [] : [dictionary]));
}
