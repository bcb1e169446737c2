import type { ResultColumn, ResultStream, RowBatch } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { CopyReceiver } from '../session/backend.js';

/** Told what a stream gives. */
export interface StreamWatcher {
  sent(batch: RowBatch): void;
  /** All rows were taken, or the reader wanted no more. */
  ended(): void;
  failed(error: unknown): void;
}

/** A stream that tells a watcher what it gives. */
export class WatchedStream implements ResultStream {
  readonly columns: readonly ResultColumn[];
  readonly #stream: ResultStream;
  readonly #watcher: StreamWatcher;

  constructor(stream: ResultStream, watcher: StreamWatcher) {
    this.columns = stream.columns;
    this.#stream = stream;
    this.#watcher = watcher;
  }

  async next(): Promise<RowBatch | null> {
    try {
      const batch = await this.#stream.next();
      if (batch !== null) {
        this.#watcher.sent(batch);
      }
      return batch;
    } catch (error) {
      this.#watcher.failed(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    // The end counts when all that ran for it has ended: its tasks' figures are complete then.
    await this.#stream.close();
    this.#watcher.ended();
  }
}

/** The same for COPY FROM's receiver. */
export function watchReceiver(receiver: CopyReceiver, query: { end(tag: string): void; fail(error: unknown): void }): CopyReceiver {
  const watch = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      query.fail(error);
      throw error;
    }
  };
  return {
    receive: (chunk) => watch(receiver.receive(chunk)),
    finish: async () => {
      const tag = await watch(receiver.finish());
      query.end(tag);
      return tag;
    },
    discard: async () => {
      await receiver.discard();
      query.fail(new SqlError(SQLSTATE.query_canceled, 'COPY from stdin was given up'));
    },
  };
}
