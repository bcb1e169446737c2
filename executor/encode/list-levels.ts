import duckdb from '@duckdb/node-bindings';
import type { Vector } from '@duckdb/node-bindings';
import type { DataType } from '../../planner/types/data-type.js';
import type { ValueEncoder } from './value-encoder.js';
import { isNullAt, readData, readValidity } from './value-encoder.js';

const ENTRY_BYTES = 16;

/** What lies below a dimension: it is handed the child vector. */
export interface ListChild {
  load(vector: Vector, count: number): void;
}

/** One dimension of lists or fixed-length arrays: where each one's elements lie in the child vector. */
export class ListLevel<Child extends ListChild = ListChild> {
  readonly #length: number | null;
  #entries: Uint32Array = new Uint32Array(0);
  #validity: Uint8Array | null = null;
  /** The next dimension, or the elements. */
  readonly child: Child;

  constructor(length: number | null, child: Child) {
    this.#length = length;
    this.child = child;
  }

  /** Reads a vector and, below it, all its elements. */
  load(vector: Vector, count: number): void {
    this.#validity = readValidity(vector, count);
    if (this.#length === null) {
      const data = readData(vector, count * ENTRY_BYTES);
      this.#entries = new Uint32Array(data.buffer, data.byteOffset, count * 4);
      this.child.load(duckdb.list_vector_get_child(vector), duckdb.list_vector_get_size(vector));
    } else {
      this.child.load(duckdb.array_vector_get_child(vector), count * this.#length);
    }
  }

  /** True for a NULL list. */
  isNull(index: number): boolean {
    return isNullAt(this.#validity, index);
  }

  /** Index of a list's first element in the child. A child vector has fewer than 2^32 elements. */
  start(index: number): number {
    return this.#length === null ? (this.#entries[index * 4] ?? 0) : index * this.#length;
  }

  /** Number of a list's elements. */
  size(index: number): number {
    return this.#length ?? this.#entries[index * 4 + 2] ?? 0;
  }
}

/** The innermost type below any number of lists. */
export function innermostElement(type: DataType): DataType {
  return type.kind === 'list' || type.kind === 'array' ? innermostElement(type.element) : type;
}

/** Dimensions over elements that are values. */
export type ArrayLevel = ListLevel<ArrayLevel | ValueEncoder>;

/** A list or fixed-length array type. */
export type ListType = Extract<DataType, { readonly kind: 'list' | 'array' }>;

/** The dimensions of a list type over an encoder of its innermost elements. */
export function arrayLevels(type: ListType, element: ValueEncoder): ArrayLevel {
  const child = type.element.kind === 'list' || type.element.kind === 'array' ? arrayLevels(type.element, element) : element;
  return new ListLevel<ArrayLevel | ValueEncoder>(type.kind === 'array' ? type.length : null, child);
}
