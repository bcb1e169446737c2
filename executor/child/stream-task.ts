import duckdb from '@duckdb/node-bindings';
import type { DataChunk, Result } from '@duckdb/node-bindings';
import type { TaskWork } from '../protocol/messages.js';
import { checkInputs } from './check-inputs.js';
import { findLostError } from './lost-error.js';
import { openRows } from './rows.js';
import type { TaskContext } from './task-context.js';

/**
 * Runs a query and sends its rows as they are made. DuckDB's threads fill a bounded buffer while the rows fetched
 * before are encoded and sent; a reader that stops makes `drained` wait, the buffer fills, and DuckDB stops too.
 */
export async function runStream(context: TaskContext, work: Extract<TaskWork, { kind: 'stream' }>): Promise<void> {
  const { channel, database, task } = context;
  await context.preludes.ensure(database, work.preludes);
  context.check();
  await checkInputs(context, work.inputs);
  const statement = await duckdb.prepare(database.connection, work.sql);
  let fetching: Promise<DataChunk> | null = null;
  try {
    context.check();
    const result = await duckdb.execute_prepared_streaming(statement);
    context.check();
    const rows = openRows(result, work);
    let rowCount = 0;
    fetching = fetch(result);
    let started = false;
    for (;;) {
      const chunk = await fetching;
      context.check();
      const count = duckdb.data_chunk_get_size(chunk);
      if (count === 0) {
        break;
      }
      // The next chunk is made while this one is encoded. A rejection is seen when it is awaited.
      fetching = fetch(result);
      rowCount += count;
      for (const batch of rows.encode(chunk)) {
        let more = true;
        channel.together(() => {
          if (!started) {
            started = true;
            channel.send({ kind: 'started', task, columns: rows.columns });
          }
          more = channel.sendRows(task, batch.rowCount, batch.bytes);
        });
        if (!more) {
          await channel.drained();
          context.check();
        }
      }
    }
    await throwLostError(context, result, work.sql);
    channel.together(() => {
      if (!started) {
        channel.send({ kind: 'started', task, columns: rows.columns });
      }
      channel.send({ kind: 'streamed', task, rowCount, ...context.peakMemory() });
    });
  } finally {
    await settled(fetching);
    duckdb.destroy_prepare_sync(statement);
  }
}

function fetch(result: Result): Promise<DataChunk> {
  const fetched = duckdb.fetch_chunk(result).then((chunk) => {
    if (chunk === null) {
      throw new Error('the result gave no chunk');
    }
    return chunk;
  });
  fetched.catch(() => undefined); // a task that ends early never asks what became of its last fetch
  return fetched;
}

/** A cancelled task is over only when DuckDB has let go of it. */
async function settled(fetching: Promise<DataChunk> | null): Promise<void> {
  await fetching?.then(
    () => undefined,
    () => undefined,
  );
}

/**
 * An error after the first rows looks like the end of the result: the binding drops it. A failed result does lose its
 * return type, which is how the two are told apart.
 */
async function throwLostError(context: TaskContext, result: Result, sql: string): Promise<void> {
  if (duckdb.result_return_type(result) === duckdb.ResultType.INVALID) {
    context.check();
    throw await findLostError(context, duckdb.column_count(result), sql);
  }
}
