import { SqlError } from '../../planner/sql-error.js';
import type { SqlErrorDetails } from '../../planner/sql-error.js';
import type { SqlState } from '../../planner/sqlstate.js';

/** A SqlError as it crosses a process boundary. */
export interface WireError {
  readonly sqlstate: SqlState;
  readonly message: string;
  readonly details: Omit<SqlErrorDetails, 'cause'>;
}

/** The sendable form of an error. */
export function toWireError(error: SqlError): WireError {
  return {
    sqlstate: error.sqlstate,
    message: error.message,
    details: {
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.position === undefined ? {} : { position: error.position }),
      ...(error.schema === undefined ? {} : { schema: error.schema }),
      ...(error.table === undefined ? {} : { table: error.table }),
      ...(error.column === undefined ? {} : { column: error.column }),
    },
  };
}

/** The error that `toWireError` was given. */
export function fromWireError(error: WireError): SqlError {
  return new SqlError(error.sqlstate, error.message, error.details);
}
