import type { SqlState } from './sqlstate.js';

/** The optional parts of a Postgres error report. `position` counts characters of the statement text from 1. */
export interface SqlErrorDetails {
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: number;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  /** The function of PostgreSQL's source that would report it, where a client tells errors apart by it. */
  readonly routine?: string;
  /** Where it happened, as CONTEXT (`COPY t, line 3`). */
  readonly context?: string;
  readonly cause?: unknown;
}

/** An error a user can cause and must understand: a message in Postgres's style under one SQLSTATE. */
export class SqlError extends Error {
  readonly sqlstate: SqlState;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  /** 1-based character offset into the statement text the client sent. */
  readonly position: number | undefined;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly routine: string | undefined;
  readonly context: string | undefined;

  constructor(sqlstate: SqlState, message: string, details: SqlErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SqlError';
    this.sqlstate = sqlstate;
    this.detail = details.detail;
    this.hint = details.hint;
    this.position = details.position;
    this.schema = details.schema;
    this.table = details.table;
    this.column = details.column;
    this.routine = details.routine;
    this.context = details.context;
  }
}

/** Work on a statement that stands so many characters into the text that the client sent: its errors' positions count in that. */
export async function positionedInText<T>(offset: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw moved(error, offset);
  }
}

function moved(error: unknown, offset: number): unknown {
  if (!(error instanceof SqlError) || error.position === undefined || offset === 0) {
    return error;
  }
  const { sqlstate, message, detail, hint, position, schema, table, column, routine, context } = error;
  const all = { detail, hint, schema, table, column, routine, context };
  const known = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SqlError(sqlstate, message, { ...known, position: position + offset, cause: error });
}

/** A report that does not end the statement: sent to the client as NoticeResponse. */
export interface SqlNotice {
  readonly severity: 'WARNING' | 'NOTICE' | 'INFO' | 'DEBUG' | 'LOG';
  readonly sqlstate: SqlState;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** 1-based character offset into the statement text. */
  readonly position?: number;
}
