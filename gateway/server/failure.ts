import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { FatalSqlError } from '../protocol/protocol-error.js';
import type { Log } from './log.js';

/** The cancel request's own error. */
export function canceledByUser(): SqlError {
  return new SqlError(SQLSTATE.query_canceled, 'canceling statement due to user request');
}

/** The client closed its socket: nobody will read this, it only ends what still runs. */
export function clientGone(): FatalSqlError {
  return new FatalSqlError(SQLSTATE.connection_failure, 'connection to client lost');
}

/** The server is going down. */
export function serverShutdown(): FatalSqlError {
  return new FatalSqlError(SQLSTATE.admin_shutdown, 'terminating connection due to administrator command');
}

/** 25P02, as Postgres words it. */
export function failedTransaction(): SqlError {
  return new SqlError(SQLSTATE.in_failed_sql_transaction, 'current transaction is aborted, commands ignored until end of transaction block');
}

/** What the client is told: errors meant for it as they are; anything else is our bug and goes to the log in full. */
export function reportableError(error: unknown, processId: number, log: Log): SqlError {
  if (error instanceof SqlError) {
    return error;
  }
  log('error', { processId, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, 'internal error in a session');
  return new SqlError(SQLSTATE.internal_error, 'internal error', {
    hint: "The server's log has the details.",
    cause: error,
  });
}
