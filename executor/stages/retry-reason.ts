import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/**
 * Why a task may be tried again. What the statement itself does wrong is no reason: it would do so again.
 *
 * - lost process: it crashed, was killed, or its executor is gone
 * - store: the file system failed for a moment (EIO, ETIMEDOUT, ESTALE), as parallel ones do while a server changes over
 * - shuffle file: a file of this query's is missing or not as its manifest says
 * - memory: it ran out of it
 */
export type RetryReason = 'lost process' | 'store' | 'shuffle file' | 'memory';

/** What the operating system says of a file system that will be back. */
const PASSING = /Input\/output error|Connection timed out|Stale (?:NFS )?file handle|Remote I\/O error|Transport endpoint is not connected/i;

/** The reason to try a task again after this error; null when it is final. `directory` is that of the query's shuffle files. */
export function retryReason(error: unknown, directory: string | null): RetryReason | null {
  if (!(error instanceof SqlError)) {
    return null;
  }
  const text = `${error.message}\n${error.detail ?? ''}`;
  if (error.sqlstate === SQLSTATE.crash_shutdown) {
    return 'lost process';
  }
  if (error.sqlstate === SQLSTATE.out_of_memory) {
    return 'memory';
  }
  if (error.sqlstate === SQLSTATE.disk_full) {
    return null;
  }
  if (error.sqlstate === SQLSTATE.io_error && PASSING.test(text)) {
    return 'store';
  }
  // Whatever DuckDB says of a shuffle file that is not there, is cut short or reads as zeros, it names it.
  return (directory !== null && text.includes(directory)) || text.startsWith(EXCHANGE_ROWS) ? 'shuffle file' : null;
}

/** How the error begins that a task fails with when its inputs have other rows than their manifests say. */
export const EXCHANGE_ROWS = 'an exchange has ';
