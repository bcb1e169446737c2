import assert from 'node:assert/strict';
import type { RowBatch } from '../../executor/engine.js';

const DATA_ROW = 0x44;

/** Cuts a batch behind its first `rowCount` rows; the rest is null when nothing is left. */
export function splitBatch(batch: RowBatch, rowCount: number): { readonly head: RowBatch; readonly rest: RowBatch | null } {
  if (rowCount >= batch.rowCount) {
    return { head: batch, rest: null };
  }
  const cut = endOfRow(batch.bytes, rowCount);
  return {
    head: { bytes: batch.bytes.subarray(0, cut), rowCount },
    rest: { bytes: batch.bytes.subarray(cut), rowCount: batch.rowCount - rowCount },
  };
}

/** The rows of a batch, last first. */
export function reversedBatch(batch: RowBatch): RowBatch {
  const rows: Buffer[] = [];
  for (let offset = 0; offset < batch.bytes.length;) {
    const end = offset + endOfRow(batch.bytes.subarray(offset), 1);
    rows.push(batch.bytes.subarray(offset, end));
    offset = end;
  }
  return { bytes: Buffer.concat(rows.toReversed()), rowCount: batch.rowCount };
}

/** The offset behind the first `rowCount` DataRow messages. */
function endOfRow(bytes: Buffer, rowCount: number): number {
  let offset = 0;
  for (let row = 0; row < rowCount; row += 1) {
    assert(bytes[offset] === DATA_ROW, 'a row batch holds whole DataRow messages only');
    offset += 1 + bytes.readInt32BE(offset + 1);
  }
  return offset;
}
