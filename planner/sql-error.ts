import type { SqlState } from './sqlstate.js';

/** The optional parts of a Postgres error report. `position` counts characters of the statement text from 1. */
export interface SqlErrorDetails {
  readonly detail?: string;
  readonly hint?: string;
  readonly position?: number;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
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
    this.context = details.context;
  }
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
