import duckdb from '@duckdb/node-bindings';
import type { DataChunk } from '@duckdb/node-bindings';
import { DuckDBDataChunk } from '@duckdb/node-api';
import type { OutputSettings, ResultColumn, RowBatch } from '../engine.js';
import { createArrowColumn } from './arrow-columns.js';
import type { ArrowColumn } from './arrow-values.js';
import { packBuffers } from './arrow-layout.js';
import type { RowEncoder } from './row-encoder.js';

/** Makes the encoder of a result that becomes Arrow record batches: a batch a chunk, `packBuffers` of its columns' buffers. */
export function createArrowEncoder(columns: readonly ResultColumn[], settings: OutputSettings): RowEncoder {
  return new ArrowEncoder(columns.map((column) => createArrowColumn(column.duckdbType, settings)));
}

class ArrowEncoder implements RowEncoder {
  readonly #columns: readonly ArrowColumn[];
  /** Keeps the chunk, and with it the memory being read, from being collected during `encode`. */
  #chunk: DataChunk | null = null;

  constructor(columns: readonly ArrowColumn[]) {
    this.#columns = columns;
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
    const buffers: Uint8Array[] = [];
    this.#columns.forEach((column, index) => {
      column.load(duckdb.data_chunk_get_vector(chunk, index), rowCount);
      column.append(null, rowCount, buffers);
    });
    return { bytes: packBuffers(buffers), rowCount };
  }
}
