import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ForcedColumns } from '../copy/copy-format.js';
import { requireDistinctNames } from './describe-columns.js';

/** The columns a COPY names, in its order; all where it names none. 42701, 42703. */
export function namedColumns(columns: readonly Column[], table: string, names: readonly string[]): readonly Column[] {
  if (names.length === 0) {
    return columns;
  }
  const named = names.map((name) => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      throw unknownColumn(name, table);
    }
    return column;
  });
  requireDistinctNames(names);
  return named;
}

/** Which of the columns an option forces; 42703 for a name the table lacks, 42P10 for one that the COPY does not have. */
export function forcedFlags(
  option: string,
  forced: ForcedColumns,
  columns: readonly string[],
  all: readonly string[],
  table: string | null,
): readonly boolean[] {
  if (forced === 'all') {
    return columns.map(() => true);
  }
  for (const name of forced) {
    if (!all.includes(name)) {
      throw unknownColumn(name, table);
    }
    if (!columns.includes(name)) {
      throw new SqlError(SQLSTATE.invalid_column_reference, `${option} column "${name}" not referenced by COPY`);
    }
  }
  requireDistinctNames(forced);
  return columns.map((name) => forced.includes(name));
}

function unknownColumn(name: string, table: string | null): SqlError {
  return new SqlError(SQLSTATE.undefined_column, `column "${name}"${table === null ? '' : ` of relation "${table}"`} does not exist`);
}
