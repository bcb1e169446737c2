import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node, SelectStmt } from '../../planner/parse/syntax-tree.js';
import type { Relation } from '../../planner/relation/relation.js';
import { translateInnerQuery } from '../../planner/translate/query.js';
import type { Session } from '../session/session.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import { QueryStatement } from './query.js';
import { withTarget } from './target-environment.js';

/** Schema under which RETURNING's environment knows the rows that were changed. */
const CHANGED_SCHEMA = '_sluice_changed';

/**
 * RETURNING as a query over the changed rows, which `rows` gives: without them (null) it is there to be described. It sees
 * the table by the name the statement gave it, and nothing else of the statement.
 */
export function returningQuery(
  session: Session,
  statement: ParsedStatement,
  declaredTypes: readonly number[],
  returning: readonly Node[],
  alias: string,
  rows: Relation,
): QueryStatement {
  const select: SelectStmt = {
    targetList: [...returning],
    fromClause: [{ RangeVar: { schemaname: CHANGED_SCHEMA, relname: alias, inh: true, relpersistence: 'p', location: -1 } }],
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
  return new QueryStatement(session, statement, declaredTypes, (parsed, environment, types) =>
    translateInnerQuery(parsed, select, withTarget(environment, CHANGED_SCHEMA, rows), types),
  );
}

/** Runs RETURNING over the changed rows; the command's own tag takes the place of SELECT's. */
export async function runReturning(query: QueryStatement, options: ExecuteOptions, tag: string): Promise<ExecutionResult> {
  const result = await query.run(options);
  return result.kind === 'rows' ? { ...result, tag: () => tag } : result;
}

/** The table as it looks to RETURNING before anything was changed: its columns and no rows. */
export function emptyRows(table: Relation): Relation {
  return { ...table, source: { kind: 'files', format: 'parquet', files: [], partitionColumns: [], readerOptions: {}, unionByName: false } };
}
