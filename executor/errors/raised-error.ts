import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { SqlState } from '../../planner/sqlstate.js';
import type { DuckdbException } from './exception.js';

/** Translated SQL raises Postgres's own errors by `error('SLUICE:<sqlstate>:<message>')`; this is that text. */
const RAISED = /^SLUICE:([0-9A-Z]{5}):(.*)$/s;

const STATES: ReadonlySet<string> = new Set(Object.values(SQLSTATE));

/** `Invalid Input`: an error our translation raised, a truncated file, or a bad argument. */
export function raisedError(exception: DuckdbException): SqlError {
  const { message } = exception;
  const raised = RAISED.exec(message);
  if (raised !== null) {
    const state = raised[1] ?? '';
    return new SqlError(isSqlState(state) ? state : SQLSTATE.internal_error, raised[2] ?? '');
  }
  const line = message.split('\n', 1)[0] ?? '';
  if (line.startsWith('More than one row returned by a subquery')) {
    return new SqlError(SQLSTATE.cardinality_violation, 'more than one row returned by a subquery used as an expression');
  }
  if (speaksOfDamage(line)) {
    return new SqlError(SQLSTATE.data_corrupted, line);
  }
  if (/^missing [)\]]|^invalid (escape sequence|perl operator|character class)|^no argument for repetition operator|^bad repetition/i.test(line)) {
    return new SqlError(SQLSTATE.invalid_regular_expression, `invalid regular expression: ${line}`);
  }
  return new SqlError(SQLSTATE.invalid_parameter_value, line);
}

/** True for what the Parquet reader says of a damaged file: it has no exception type of its own. */
export function speaksOfDamage(line: string): boolean {
  return /No magic bytes found|too small to be a Parquet file|[Ff]ooter length|Parquet file|corrupt|truncated|TProtocolException|decompress|Out of buffer|don't know what type/.test(
    line,
  );
}

function isSqlState(text: string): text is SqlState {
  return STATES.has(text);
}
