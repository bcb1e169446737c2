import type { Column, Relation } from '../../planner/relation/relation.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import type { QueryContext } from '../query/query-context.js';
import type { ParameterConstants } from '../query/whole-query.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import { temporaryRelation, writeSessionFiles } from '../session/temporary-tables.js';

/** A query's rows, run once and kept in files of the session until its transaction ends. */
export interface StagedRows {
  /** Over the files, with the columns that were asked for. */
  readonly relation: Relation;
  readonly rowCount: number;
}

/** Runs a query once and keeps its rows; `columns` name and type them in order. */
export async function stageRows(
  session: Session,
  context: QueryContext,
  query: TranslatedQuery,
  columns: readonly Column[],
  parameters: ParameterConstants,
  options: Pick<ExecuteOptions, 'signal'>,
): Promise<StagedRows> {
  const { files, rowCount } = await writeSessionFiles(session, context, query, columns, parameters, options.signal);
  return { relation: temporaryRelation('staged', columns, files), rowCount };
}
