import { SqlError, type SqlErrorDetails } from '../../planner/sql-error.js';
import { SQLSTATE, type SqlState } from '../../planner/sqlstate.js';

/** An error after which the connection cannot go on: reported as FATAL, then the socket is closed. */
export class FatalSqlError extends SqlError {
  constructor(sqlstate: SqlState, message: string, details: SqlErrorDetails = {}) {
    super(sqlstate, message, details);
    this.name = 'FatalSqlError';
  }
}

/** A message that does not follow the protocol, but whose end is known: the connection can go on. */
export function protocolViolation(message: string): SqlError {
  return new SqlError(SQLSTATE.protocol_violation, message);
}
