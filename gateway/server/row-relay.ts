import assert from 'node:assert/strict';
import type { ResultStream, RowBatch } from '../../executor/engine.js';
import type { AbortSource } from './abort-source.js';
import type { ClientOutput } from './client-output.js';

/** A stream of rows with what is left of the batch that a row limit has cut. */
export interface RowSource {
  readonly stream: ResultStream;
  leftover: RowBatch | null;
}

/** How a relay ended: `rowCount` rows were sent, and the stream has no more when `ended`. */
export interface RelayOutcome {
  readonly rowCount: number;
  readonly ended: boolean;
}

const DATA_ROW = 0x44;

/**
 * Relays up to `rowCountMax` rows to the client. It asks for a batch only while the socket takes more, so a client that
 * does not read stops the production. Throws the reason once it is aborted.
 */
export async function relayRows(output: ClientOutput, source: RowSource, rowCountMax: number, abort: AbortSource): Promise<RelayOutcome> {
  let rowCount = 0;
  while (rowCount < rowCountMax) {
    while (output.isFull && abort.reason === null) {
      await output.waitUntilDrained();
    }
    abort.throwIfAborted();
    const batch = source.leftover ?? (await source.stream.next());
    source.leftover = null;
    if (batch === null) {
      return { rowCount, ended: true };
    }
    const room = rowCountMax - rowCount;
    if (batch.rowCount <= room) {
      output.relayRows(batch.bytes);
      rowCount += batch.rowCount;
    } else {
      const cut = endOfRow(batch.bytes, room);
      output.relayRows(batch.bytes.subarray(0, cut));
      source.leftover = { bytes: batch.bytes.subarray(cut), rowCount: batch.rowCount - room };
      rowCount += room;
    }
  }
  return { rowCount, ended: false };
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
