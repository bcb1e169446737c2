import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { QueryStatement } from './query.js';

/** A query's output as columns of a relation, the first ones with other names where names are given. */
export async function describeColumns(query: QueryStatement, names: readonly string[], tooManyNames: string): Promise<readonly Column[]> {
  const described = await query.describeExactly();
  if (names.length > described.length) {
    throw new SqlError(SQLSTATE.syntax_error, tooManyNames);
  }
  const columns = described.map((column, index) => ({ name: names[index] ?? column.name, type: column.duckdbType, postgres: column.type }));
  requireDistinctNames(columns.map((column) => column.name));
  return columns;
}

/** 42701 when a name comes twice. */
export function requireDistinctNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new SqlError(SQLSTATE.duplicate_column, `column "${twice}" specified more than once`);
  }
}
