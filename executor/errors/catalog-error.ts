import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { SqlState } from '../../planner/sqlstate.js';
import type { DuckdbException } from './exception.js';

/** Something is missing from the catalog, or there already. */
export function catalogError(exception: DuckdbException): SqlError {
  const { subtype, entryType, name } = exception;
  const message = exception.message.split('\n', 1)[0] ?? '';
  if (subtype === 'ENTRY_ALREADY_EXISTS') {
    return new SqlError(DUPLICATE_STATES.get(entryType) ?? SQLSTATE.duplicate_object, `${NOUNS.get(entryType) ?? 'object'} "${name}" already exists`);
  }
  if (subtype !== 'MISSING_ENTRY') {
    // A missing schema has no subtype; a missing table function looks like a missing table without an entry type.
    return new SqlError(SQLSTATE.undefined_object, message);
  }
  const noun = NOUNS.get(entryType);
  if (noun === 'function') {
    return new SqlError(SQLSTATE.undefined_function, `function ${name} does not exist`, {
      hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
    });
  }
  return new SqlError(MISSING_STATES.get(entryType) ?? SQLSTATE.undefined_object, noun === undefined ? message : `${noun} "${name}" does not exist`);
}

const NOUNS: ReadonlyMap<string, string> = new Map([
  ['Table', 'relation'],
  ['View', 'relation'],
  ['Schema', 'schema'],
  ['Sequence', 'relation'],
  ['Index', 'relation'],
  ['Type', 'type'],
  ['Collation', 'collation'],
  ['Scalar Function', 'function'],
  ['Aggregate Function', 'function'],
  ['Table Function', 'function'],
  ['Window Function', 'function'],
  ['Macro Function', 'function'],
  ['Table Macro Function', 'function'],
]);

const MISSING_STATES: ReadonlyMap<string, SqlState> = new Map<string, SqlState>([
  ['Table', SQLSTATE.undefined_table],
  ['View', SQLSTATE.undefined_table],
  ['Sequence', SQLSTATE.undefined_table],
  ['Schema', SQLSTATE.invalid_schema_name],
  ['Type', SQLSTATE.undefined_object],
]);

const DUPLICATE_STATES: ReadonlyMap<string, SqlState> = new Map<string, SqlState>([
  ['Table', SQLSTATE.duplicate_table],
  ['View', SQLSTATE.duplicate_table],
  ['Schema', SQLSTATE.duplicate_schema],
]);
