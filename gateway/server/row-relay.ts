import type { ResultStream, RowBatch } from '../../executor/engine.js';
import { splitBatch } from '../session/row-batch.js';
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
    const { head, rest } = splitBatch(batch, rowCountMax - rowCount);
    output.relayRows(head.bytes);
    source.leftover = rest;
    rowCount += head.rowCount;
  }
  return { rowCount, ended: false };
}
