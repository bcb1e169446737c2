import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { SqlState } from '../../planner/sqlstate.js';
import { binderError } from './binder-error.js';
import { catalogError } from './catalog-error.js';
import { conversionError } from './conversion-error.js';
import { readException } from './exception.js';
import type { DuckdbException } from './exception.js';
import { ioError } from './io-error.js';
import { raisedError, speaksOfDamage } from './raised-error.js';

/** A DuckDB error as the client sees it. */
export interface MappedError {
  readonly error: SqlError;
  /** True when DuckDB refuses further work after it: the process must be replaced. */
  readonly broken: boolean;
}

/**
 * Maps an error of the DuckDB binding by its exception type. Positions are left out: they count in the translated
 * SQL, and a caret at a wrong place is worse than none.
 */
export function mapDuckdbError(cause: unknown): MappedError {
  if (cause instanceof SqlError) {
    return { error: cause, broken: false };
  }
  const exception = readException(cause instanceof Error ? cause.message : String(cause));
  return {
    error: toSqlError(exception),
    broken: exception.type === 'INTERNAL' || exception.type === 'FATAL',
  };
}

/** The SqlError of one exception. */
export function toSqlError(exception: DuckdbException): SqlError {
  switch (exception.type) {
    case 'Catalog':
      return catalogError(exception);
    case 'Binder':
      return binderError(exception);
    case 'Conversion':
      return conversionError(exception);
    case 'IO':
      return ioError(exception);
    case 'Invalid Input':
      return raisedError(exception);
    case 'INTERRUPT':
      return new SqlError(SQLSTATE.query_canceled, 'canceling statement due to user request');
    case 'Invalid':
      return new SqlError(speaksOfDamage(exception.message) ? SQLSTATE.data_corrupted : SQLSTATE.internal_error, firstLine(exception.message));
    case 'Divide by Zero':
      return new SqlError(SQLSTATE.division_by_zero, 'division by zero');
    case 'Out of Memory':
      return outOfMemory(exception);
    case 'INTERNAL':
    case 'FATAL':
      return new SqlError(SQLSTATE.internal_error, 'the executor failed internally while running this statement', { detail: firstLine(exception.message) });
    default:
      return new SqlError(STATE_BY_TYPE.get(exception.type) ?? SQLSTATE.internal_error, firstLine(exception.message));
  }
}

const STATE_BY_TYPE: ReadonlyMap<string, SqlState> = new Map<string, SqlState>([
  ['Out of Range', SQLSTATE.numeric_value_out_of_range],
  ['Decimal', SQLSTATE.numeric_value_out_of_range],
  ['Unknown Type', SQLSTATE.undefined_object],
  ['Mismatch Type', SQLSTATE.datatype_mismatch],
  ['Invalid type', SQLSTATE.datatype_mismatch],
  ['Object Size', SQLSTATE.program_limit_exceeded],
  ['Sequence', SQLSTATE.object_not_in_prerequisite_state],
  ['Serialization', SQLSTATE.data_corrupted],
  ['TransactionContext', SQLSTATE.invalid_transaction_state],
  ['Not implemented', SQLSTATE.feature_not_supported],
  ['Expression', SQLSTATE.data_exception],
  ['Parser', SQLSTATE.syntax_error],
  ['Syntax', SQLSTATE.syntax_error],
  ['Constraint', SQLSTATE.integrity_constraint_violation],
  ['Permission', SQLSTATE.insufficient_privilege],
  ['Settings', SQLSTATE.invalid_parameter_value],
  ['Invalid Configuration', SQLSTATE.invalid_parameter_value],
  ['Parameter Not Resolved', SQLSTATE.indeterminate_datatype],
  ['Parameter Not Allowed', SQLSTATE.feature_not_supported],
  ['Missing Extension', SQLSTATE.feature_not_supported],
  ['Extension', SQLSTATE.feature_not_supported],
  ['Autoload', SQLSTATE.feature_not_supported],
  ['Dependency', SQLSTATE.dependent_objects_still_exist],
  ['Network', SQLSTATE.io_error],
  ['HTTP', SQLSTATE.io_error],
]);

// DuckDB's advice names settings that only the operator has, so it goes to the log's detail, not to the hint.
function outOfMemory(exception: DuckdbException): SqlError {
  // A spill that finds its disk full is an Out of Memory error to DuckDB; the cause is only in its text.
  if (/max_temp_directory_size|No space left on device/.test(exception.message)) {
    return new SqlError(SQLSTATE.disk_full, 'the spill directory is full', {
      detail: firstLine(exception.message),
    });
  }
  return new SqlError(SQLSTATE.out_of_memory, 'out of memory', {
    detail: firstLine(exception.message),
    hint: "Raise the server's memory, or let the statement work on less data at once.",
  });
}

/** The first line of a DuckDB message: what follows are candidates and advice on DuckDB's own settings. */
export function firstLine(message: string): string {
  const end = message.indexOf('\n');
  return (end < 0 ? message : message.slice(0, end)).trim();
}
