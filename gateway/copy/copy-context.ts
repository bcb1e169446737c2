import { SqlError } from '../../planner/sql-error.js';
import type { SqlErrorDetails } from '../../planner/sql-error.js';

/** Bytes of data that a CONTEXT line shows. */
const SHOWN_LENGTH_MAX = 100;

/** The place of a line: `COPY t, line 3`, with what stands there where that is known. */
export function linePlace(table: string, line: number, text?: string): string {
  const place = `COPY ${table}, line ${line}`;
  return text === undefined ? place : `${place}: "${shortened(text)}"`;
}

/** The place of a value; null for a NULL, undefined where it has no text. */
export function columnPlace(table: string, line: number, column: string, value?: string | null): string {
  const place = `COPY ${table}, line ${line}, column ${column}`;
  return value === undefined ? place : value === null ? `${place}: null input` : `${place}: "${shortened(value)}"`;
}

/** The error with a place, unless it has one. */
export function placed(error: unknown, context: string): unknown {
  if (!(error instanceof SqlError) || error.context !== undefined) {
    return error;
  }
  const details: SqlErrorDetails = {
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.table === undefined ? {} : { table: error.table }),
    ...(error.column === undefined ? {} : { column: error.column }),
    context,
    cause: error,
  };
  return new SqlError(error.sqlstate, error.message, details);
}

function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= SHOWN_LENGTH_MAX) {
    return text;
  }
  let end = SHOWN_LENGTH_MAX;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return `${bytes.toString('utf8', 0, end)}...`;
}
