import { rm } from 'node:fs/promises';
import type { Column, DataFile, Relation } from '../../planner/relation/relation.js';
import type { FileSink } from '../../planner/fragment/staged-plan.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { storedType, survivesParquet } from '../../planner/types/stored-type.js';
import type { QueryContext } from '../query/query-context.js';
import type { ParameterConstants } from '../query/whole-query.js';
import { writeQuery } from '../query/write-query.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';

/** A query's rows, run once and kept in files of the session until its transaction ends. */
export interface StagedRows {
  /** Over the files, with the columns that were asked for. */
  readonly relation: Relation;
  readonly rowCount: number;
}

/** A relation over staged files. */
export function stagedRelation(name: string, columns: readonly Column[], files: readonly DataFile[]): Relation {
  const stored = columns.filter((column) => !survivesParquet(column.type));
  return {
    schema: '_sluice_staged',
    name,
    columns,
    source: {
      kind: 'files',
      format: 'parquet',
      files,
      partitionColumns: [],
      readerOptions: {},
      unionByName: false,
      ...(stored.length === 0 ? {} : { storedTypes: Object.fromEntries(stored.map((column) => [column.name, storedType(column.type)])) }),
    },
  };
}

/** Runs a query once and keeps its rows; `columns` name and type them in order. A query that fails leaves no file. */
export async function stageRows(
  session: Session,
  context: QueryContext,
  query: TranslatedQuery,
  columns: readonly Column[],
  parameters: ParameterConstants,
  options: Pick<ExecuteOptions, 'signal'>,
): Promise<StagedRows> {
  const directory = await session.temporaryFiles.makeDirectory();
  const written = columns.map((column) => ({ name: column.name, type: column.type, storedType: storedType(column.type) }));
  const sink: FileSink = { format: 'parquet', columnNames: columns.map((column) => column.name), partitionBy: [], options: {}, singleFile: false };
  try {
    const all = await writeQuery(context, query, parameters, written, sink, directory, options.signal);
    const files = all.filter((file) => file.rowCount > 0).map(({ path, byteCount, rowCount }) => ({ path, byteCount, rowCount }));
    return { relation: stagedRelation('staged', columns, files), rowCount: files.reduce((sum, file) => sum + file.rowCount, 0) };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}
