import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DuckdbException } from './exception.js';

/**
 * Names and types that do not fit. Subtypes decide where DuckDB gives one; the rest have none in 1.5, so there the
 * wording is all that tells an ambiguous column from a missing GROUP BY.
 */
export function binderError(exception: DuckdbException): SqlError {
  const { subtype, name, call } = exception;
  const message = exception.message.split('\n', 1)[0] ?? '';
  if (subtype === 'COLUMN_NOT_FOUND') {
    return new SqlError(SQLSTATE.undefined_column, `column "${name}" does not exist`);
  }
  if (subtype === 'NO_MATCHING_FUNCTION') {
    return noMatchingFunction(name, call);
  }
  for (const [pattern, make] of WORDINGS) {
    const match = pattern.exec(message);
    if (match !== null) {
      return make(match, message);
    }
  }
  return new SqlError(subtype === 'UNSUPPORTED' ? SQLSTATE.feature_not_supported : SQLSTATE.syntax_error_or_access_rule_violation, message);
}

function noMatchingFunction(name: string, call: string): SqlError {
  const hint = 'You might need to add explicit type casts.';
  return /^[A-Za-z_]/.test(name)
    ? new SqlError(SQLSTATE.undefined_function, `function ${call === '' ? name : call} does not exist`, {
        hint: `No function matches the given name and argument types. ${hint}`,
      })
    : new SqlError(SQLSTATE.undefined_function, `operator does not exist: ${call === '' ? name : call}`, {
        hint: `No operator matches the given name and argument types. ${hint}`,
      });
}

type Wording = readonly [pattern: RegExp, make: (match: RegExpExecArray, message: string) => SqlError];

const WORDINGS: readonly Wording[] = [
  [/^Ambiguous reference to column name "([^"]*)"/, (match) => new SqlError(SQLSTATE.ambiguous_column, `column reference "${match[1]}" is ambiguous`)],
  [/^Ambiguous reference to table "([^"]*)"/, (match) => new SqlError(SQLSTATE.duplicate_alias, `table reference "${match[1]}" is ambiguous`)],
  [/does not have a column named "([^"]*)"/, (match) => new SqlError(SQLSTATE.undefined_column, `column "${match[1]}" does not exist`)],
  [/^Referenced table "([^"]*)" not found/, (match) => new SqlError(SQLSTATE.undefined_table, `missing FROM-clause entry for table "${match[1]}"`)],
  [/^Duplicate alias "([^"]*)"/, (match) => new SqlError(SQLSTATE.duplicate_alias, `table name "${match[1]}" specified more than once`)],
  [
    /^column "([^"]*)" must appear in the GROUP BY clause/,
    (match) => new SqlError(SQLSTATE.grouping_error, `column "${match[1]}" must appear in the GROUP BY clause or be used in an aggregate function`),
  ],
  [/^column .* must appear in the GROUP BY clause/, (_match, message) => new SqlError(SQLSTATE.grouping_error, message)],
  [/cannot contain aggregates|aggregate function calls cannot be nested/i, (_match, message) => new SqlError(SQLSTATE.grouping_error, message)],
  [/cannot contain window functions|window functions? .*not allowed/i, (_match, message) => new SqlError(SQLSTATE.windowing_error, message)],
  [/^(GROUP BY|ORDER) term out of range/, (_match, message) => new SqlError(SQLSTATE.invalid_column_reference, message)],
  [
    /^Could not choose a best candidate function for the function call "([^"]*)"/,
    (match) => new SqlError(SQLSTATE.ambiguous_function, `function ${match[1]} is not unique`),
  ],
  [/^No function matches the given name and argument types '(.*)'/, (match) => noMatchingFunction(match[1] ?? '', match[1] ?? '')],
  [/^Set operations can only apply/, () => new SqlError(SQLSTATE.syntax_error, 'each query of a set operation must have the same number of columns')],
  [/^LIMIT\/OFFSET cannot be negative/, () => new SqlError(SQLSTATE.invalid_row_count_in_limit_clause, 'LIMIT must not be negative')],
  [/^Cannot (compare|mix|combine|cast|convert)/i, (_match, message) => new SqlError(SQLSTATE.datatype_mismatch, message)],
];
