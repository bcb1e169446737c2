import type { DataChunk, Result } from '@duckdb/node-bindings';
import { DuckDBResult } from '@duckdb/node-api';
import { createCopyEncoder } from '../encode/copy-encoder.js';
import { createRowEncoder } from '../encode/row-encoder.js';
import { resultColumns } from '../encode/result-columns.js';
import type { ResultColumn, RowBatch } from '../engine.js';
import type { TaskWork } from '../protocol/messages.js';

/** A result's columns and the encoder of its chunks. */
export interface Rows {
  readonly columns: readonly ResultColumn[];
  encode(chunk: DataChunk): readonly RowBatch[];
}

/** Most bytes put into one frame where rows allow it: a frame is held whole in both processes. */
const FRAME_BYTES_AIM = 16 << 20;

/** Reads a result's columns and makes its encoder. */
export function openRows(result: Result, work: Extract<TaskWork, { kind: 'stream' }>): Rows {
  const described = new DuckDBResult(result);
  const columns = resultColumns({ names: described.columnNames(), types: described.columnTypes() }, work.encodings, work.columnNames ?? undefined);
  const encoder = work.copy === null ? createRowEncoder(columns, work.output) : createCopyEncoder(columns, work.output, work.copy);
  const isSplit = work.copy?.kind !== 'arrow'; // a batch for Arrow is one whole
  return { columns, encode: (chunk) => (isSplit ? splitBatch(encoder.encode(chunk)) : [encoder.encode(chunk)]) };
}

/** Cuts a batch of wide rows between rows. */
export function splitBatch(batch: RowBatch, byteCountAim: number = FRAME_BYTES_AIM): readonly RowBatch[] {
  const { bytes } = batch;
  if (bytes.length <= byteCountAim) {
    return [batch];
  }
  const batches: RowBatch[] = [];
  let start = 0;
  let rowCount = 0;
  for (let at = 0; at < bytes.length;) {
    at += 1 + bytes.readInt32BE(at + 1); // DataRow: type byte, then a length that counts itself
    rowCount += 1;
    if (at - start >= byteCountAim || at === bytes.length) {
      batches.push({ bytes: bytes.subarray(start, at), rowCount });
      start = at;
      rowCount = 0;
    }
  }
  return batches;
}
