import duckdb from '@duckdb/node-bindings';
import type { DataChunk } from '@duckdb/node-bindings';
import { DuckDBDataChunk } from '@duckdb/node-api';
import assert from 'node:assert/strict';
import type { OutputSettings, ResultColumn, RowBatch } from '../engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { createValueEncoder } from './create-value-encoder.js';
import { targetOver } from './target.js';
import type { ValueEncoder } from './value-encoder.js';

/** Turns DuckDB's chunks into DataRow messages. One encoder serves one result; it keeps memory between chunks. */
export interface RowEncoder {
  /** Encodes every row of a chunk. The bytes are the caller's; the chunk is not needed afterwards. */
  encode(chunk: DuckDBDataChunk | DataChunk): RowBatch;
}

const DATA_ROW = 0x44;
/** Message type, length, and number of columns. */
const HEADER_BYTES = 7;
const LENGTH_WORD_BYTES = 4;
/** Postgres's own limit for a message (its largest allocation). */
const ROW_BYTES_MAX = 0x3fff_ffff;
/** Rows of one chunk go out as one buffer, which Node bounds to 4 GB. */
const BATCH_BYTES_MAX = 0xffff_ffff;

/** Makes the encoder of a result. Columns that cannot be sent as asked are refused here, with 0A000. */
export function createRowEncoder(columns: readonly ResultColumn[], settings: OutputSettings): RowEncoder {
  return new ColumnwiseRowEncoder(columns.map((column) => createValueEncoder(column.duckdbType, column.type.oid, column.format, settings)));
}

/**
 * Works column by column in two passes: the first adds up each row's length, the second writes every value at its row's
 * cursor. Each loop then sees one type only, and the bytes are written once, in place.
 */
class ColumnwiseRowEncoder implements RowEncoder {
  readonly #encoders: readonly ValueEncoder[];
  #rowLengths: Float64Array = new Float64Array(0);
  #cursors: Float64Array = new Float64Array(0);
  /** Keeps the chunk, and with it the memory being read, from being collected during `encode`. */
  #chunk: DataChunk | null = null;

  constructor(encoders: readonly ValueEncoder[]) {
    this.#encoders = encoders;
  }

  encode(chunk: DuckDBDataChunk | DataChunk): RowBatch {
    this.#chunk = chunk instanceof DuckDBDataChunk ? chunk.chunk : chunk;
    try {
      return this.#encodeChunk(this.#chunk);
    } finally {
      this.#chunk = null;
    }
  }

  #encodeChunk(chunk: DataChunk): RowBatch {
    const rowCount = duckdb.data_chunk_get_size(chunk);
    assert.equal(duckdb.data_chunk_get_column_count(chunk), this.#encoders.length, 'a chunk has the columns of its result');
    if (this.#rowLengths.length < rowCount) {
      this.#rowLengths = new Float64Array(rowCount);
      this.#cursors = new Float64Array(rowCount);
    }
    this.#rowLengths.fill(HEADER_BYTES + LENGTH_WORD_BYTES * this.#encoders.length);
    this.#encoders.forEach((encoder, index) => {
      encoder.load(duckdb.data_chunk_get_vector(chunk, index), rowCount);
      encoder.measureColumn(rowCount, this.#rowLengths);
    });
    const bytes = this.#writeHeaders(rowCount);
    const target = targetOver(bytes);
    for (const encoder of this.#encoders) {
      encoder.writeColumn(rowCount, target, this.#cursors);
    }
    return { bytes, rowCount };
  }

  /** Allocates the batch, writes each row's header, and sets its cursor to its first value. */
  #writeHeaders(rowCount: number): Buffer {
    const lengths = this.#rowLengths;
    let total = 0;
    for (let row = 0; row < rowCount; row++) {
      const length = lengths[row] ?? 0;
      if (length > ROW_BYTES_MAX) {
        throw new SqlError(SQLSTATE.program_limit_exceeded, 'row is too large', {
          detail: `A row takes ${length} bytes; the limit is ${ROW_BYTES_MAX}.`,
        });
      }
      total += length;
    }
    if (total > BATCH_BYTES_MAX) {
      throw new SqlError(SQLSTATE.program_limit_exceeded, 'rows are too large', {
        detail: `${rowCount} rows take ${total} bytes; the limit is ${BATCH_BYTES_MAX}.`,
      });
    }
    const bytes = Buffer.allocUnsafeSlow(total);
    let at = 0;
    for (let row = 0; row < rowCount; row++) {
      const length = lengths[row] ?? 0;
      bytes[at] = DATA_ROW;
      bytes.writeInt32BE(length - 1, at + 1);
      bytes.writeInt16BE(this.#encoders.length, at + 5);
      this.#cursors[row] = at + HEADER_BYTES;
      at += length;
    }
    return bytes;
  }
}
