import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** Why a task may be tried again. What the statement itself does wrong is no reason: it would do so again. */
export type RetryReason = 'lost process';

/** The reason to try a task again after this error; null when it is final. */
export function retryReason(error: unknown): RetryReason | null {
  if (!(error instanceof SqlError)) {
    return null;
  }
  return error.sqlstate === SQLSTATE.crash_shutdown ? 'lost process' : null;
}
