import { rm } from 'node:fs/promises';
import type { Column, Relation } from '../../planner/relation/relation.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { sessionQueryContext } from '../query/session-context.js';
import type { ParameterConstants } from '../query/whole-query.js';
import { writeQuery } from '../query/write-query.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import { storedType, temporaryRelation } from '../session/temporary-tables.js';

/** A query's rows, run once and kept in temporary files until they are discarded. */
export interface StagedRows {
  /** Over the files, with the columns that were asked for. */
  readonly relation: Relation;
  readonly rowCount: number;
  discard(): Promise<void>;
}

/** Runs a query once and keeps its rows; `columns` name and type them in order. */
export async function stageRows(
  session: Session,
  query: TranslatedQuery,
  columns: readonly Column[],
  parameters: ParameterConstants,
  options: Pick<ExecuteOptions, 'signal'>,
): Promise<StagedRows> {
  const context = sessionQueryContext(session, await session.names.current());
  const directory = await session.temporaryFiles.makeDirectory();
  const discard = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const written = await writeQuery(
      context,
      query,
      parameters,
      columns.map((column) => {
        const stored = storedType(column.type);
        return { name: column.name, type: column.type, storedType: stored };
      }),
      { format: 'parquet', columnNames: columns.map((column) => column.name), partitionBy: [], options: {}, singleFile: false },
      directory,
      options.signal,
    );
    const files = written.filter((file) => file.rowCount > 0).map((file) => ({ path: file.path, byteCount: file.byteCount, rowCount: file.rowCount }));
    return { relation: temporaryRelation('staged', columns, files), rowCount: files.reduce((sum, file) => sum + file.rowCount, 0), discard };
  } catch (error) {
    await discard();
    throw error;
  }
}
