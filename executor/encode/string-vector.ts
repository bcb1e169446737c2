import duckdb from '@duckdb/node-bindings';
import type { Vector } from '@duckdb/node-bindings';
import { isNullAt, readData } from './value-encoder.js';
import type { Target } from './target.js';
import { targetOver } from './target.js';

/** Bytes of an entry: length, then up to 12 bytes inline, or a prefix and a pointer. */
const ENTRY_BYTES = 16;
/** DuckDB's own limit for strings kept inside their entry. */
const INLINE_BYTES_MAX = 12;
/** The smallest page of any platform DuckDB runs on; larger ones are multiples of it. */
const PAGE_BYTES = 4096;
const TWO_32 = 4_294_967_296;

/**
 * The strings of a VARCHAR, BLOB, BIT or BIGNUM vector.
 *
 * Long strings live behind pointers, and a call into the bindings costs about 1.4 us. So they are fetched by memory
 * pages instead: every page that holds a byte of a string is mapped as a whole, hence copying whole pages never touches
 * unmapped memory, whatever lies between the strings. The strings of one vector nearly always lie in a few runs of
 * neighbouring pages (a decompressed Parquet page, a string heap), so a vector costs a few calls.
 */
export class StringVector {
  #entries: Target = targetOver(Buffer.alloc(0));
  #words: Uint32Array = new Uint32Array(0);
  #pages: Target = targetOver(Buffer.alloc(0));
  readonly #pageOffsets = new Map<number, number>();
  /** Of each long string, where its bytes start in the copied pages. */
  #offsets: Int32Array = new Int32Array(0);
  readonly #address = new Uint32Array(2);

  /** Reads a vector's entries and fetches its long strings. `validity` null means that every entry is a string. */
  load(vector: Vector, count: number, validity: Uint8Array | null): void {
    const data = readData(vector, count * ENTRY_BYTES);
    this.#entries = targetOver(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    this.#words = new Uint32Array(data.buffer, data.byteOffset, count * 4);
    this.#pageOffsets.clear();
    let lastPage = -1;
    let anyLong = false;
    for (let index = 0; index < count; index++) {
      const length = this.#words[index * 4] ?? 0;
      // The entry of a NULL is not initialised.
      if (length > INLINE_BYTES_MAX && !isNullAt(validity, index)) {
        anyLong = true;
        const address = (this.#words[index * 4 + 3] ?? 0) * TWO_32 + (this.#words[index * 4 + 2] ?? 0);
        const end = Math.floor((address + length - 1) / PAGE_BYTES);
        for (let page = Math.floor(address / PAGE_BYTES); page <= end; page++) {
          if (page !== lastPage) {
            this.#pageOffsets.set(page, 0);
            lastPage = page;
          }
        }
      }
    }
    if (anyLong) {
      this.#fetchPages();
      this.#locate(count, validity);
    }
  }

  /** Copies every noted page, one call a run of neighbours. */
  #fetchPages(): void {
    const pages = Float64Array.from(this.#pageOffsets.keys()).toSorted();
    const needed = pages.length * PAGE_BYTES;
    if (this.#pages.bytes.length < needed) {
      this.#pages = targetOver(Buffer.allocUnsafeSlow(needed));
    }
    let start = 0;
    while (start < pages.length) {
      const first = pages[start] ?? 0;
      let end = start + 1;
      while (end < pages.length && pages[end] === first + (end - start)) {
        end++;
      }
      const address = first * PAGE_BYTES;
      this.#address[0] = address % TWO_32;
      this.#address[1] = Math.floor(address / TWO_32);
      const copy = duckdb.get_data_from_pointer(this.#address.buffer, 0, (end - start) * PAGE_BYTES);
      this.#pages.bytes.set(copy, start * PAGE_BYTES);
      for (let index = start; index < end; index++) {
        this.#pageOffsets.set(pages[index] ?? 0, index * PAGE_BYTES);
      }
      start = end;
    }
  }

  #locate(count: number, validity: Uint8Array | null): void {
    if (this.#offsets.length < count) {
      this.#offsets = new Int32Array(count);
    }
    let lastPage = -1;
    let lastOffset = 0;
    for (let index = 0; index < count; index++) {
      if ((this.#words[index * 4] ?? 0) > INLINE_BYTES_MAX && !isNullAt(validity, index)) {
        const address = (this.#words[index * 4 + 3] ?? 0) * TWO_32 + (this.#words[index * 4 + 2] ?? 0);
        const page = Math.floor(address / PAGE_BYTES);
        if (page !== lastPage) {
          lastPage = page;
          lastOffset = this.#pageOffsets.get(page) ?? 0;
        }
        this.#offsets[index] = lastOffset + (address - page * PAGE_BYTES);
      }
    }
  }

  /** Bytes of a string that is not NULL. */
  length(index: number): number {
    return this.#words[index * 4] ?? 0;
  }

  /** The memory a string of this length lies in, and with `start` where. */
  source(index: number): Target {
    return this.length(index) > INLINE_BYTES_MAX ? this.#pages : this.#entries;
  }

  /** The string's first byte in `source`. */
  start(index: number): number {
    return this.length(index) > INLINE_BYTES_MAX ? (this.#offsets[index] ?? 0) : index * ENTRY_BYTES + 4;
  }

  /** A string's bytes, valid until the next `load`. */
  bytes(index: number): Buffer {
    const start = this.start(index);
    return this.source(index).bytes.subarray(start, start + this.length(index));
  }
}
