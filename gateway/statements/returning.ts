import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node, RangeVar } from '../../planner/parse/syntax-tree.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import { selectNode } from '../../planner/translate/dml/syntax-nodes.js';
import { translateInnerQuery } from '../../planner/translate/query.js';
import type { Session } from '../session/session.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import { QueryStatement } from './query.js';
import type { ReturningSource } from './returning-sources.js';
import { returningSelect } from './returning-sources.js';
import { withTarget } from './target-environment.js';

/** What RETURNING sees besides the table: the table's columns among the rows', the names of FROM or USING, and what is kept of them. */
export interface ReturningFrom {
  readonly columns: readonly Column[];
  readonly names: readonly string[];
  readonly sources: readonly ReturningSource[];
}

/** Schema under which RETURNING's environment knows the rows that were changed. */
const CHANGED_SCHEMA = '_sluice_changed';

/**
 * RETURNING as a query over the changed rows, which `rows` gives: without them (null) it is there to be described. It sees
 * the table by the name the statement gave it, and of the statement's sources the columns that the rows hold.
 */
export function returningQuery(
  session: Session,
  statement: ParsedStatement,
  declaredTypes: readonly number[],
  returning: readonly Node[],
  alias: string,
  rows: Relation,
  from: ReturningFrom | null = null,
): QueryStatement {
  const changed: RangeVar = { schemaname: CHANGED_SCHEMA, relname: alias, inh: true, relpersistence: 'p', location: -1 };
  const select =
    from === null || from.names.length === 0
      ? selectNode(returning, [{ RangeVar: changed }], null, null)
      : returningSelect(returning, alias, from.columns, from.names, from.sources, changed);
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
