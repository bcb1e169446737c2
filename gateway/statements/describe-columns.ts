import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { QueryStatement } from './query.js';

/** A query's output as columns of a relation; two columns of one name are 42701. */
export async function describeColumns(query: QueryStatement): Promise<readonly Column[]> {
  const described = await query.describeExactly();
  const seen = new Set<string>();
  for (const { name } of described) {
    if (seen.has(name)) {
      throw new SqlError(SQLSTATE.duplicate_column, `column "${name}" specified more than once`);
    }
    seen.add(name);
  }
  return described.map((column) => ({ name: column.name, type: column.duckdbType, postgres: column.type }));
}
