import { mkdir, rm } from 'node:fs/promises';
import type { WrittenFile } from '../../executor/engine.js';
import { fieldIds } from '../../fs/lake/duckdb-types.js';
import type { LakeTransaction, NewLakeFile } from '../../fs/lake/lake.js';
import type { LakeColumn, LakeColumnStatistics, LakeTable } from '../../fs/lake/model.js';
import type { FileSink } from '../../planner/fragment/staged-plan.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteName } from '../../planner/types/data-type.js';
import { sessionQueryContext } from '../query/session-context.js';
import type { ParameterConstants } from '../query/whole-query.js';
import type { WrittenColumn } from '../query/write-query.js';
import { writeQuery, writeSql } from '../query/write-query.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import { dataTypeOfLake, fileType } from './lake-types.js';
import { partitionSql } from './partition-sql.js';

/** Files written for a stored table, not yet part of it. */
export interface WrittenRows {
  readonly files: readonly NewLakeFile[];
  readonly rowCount: number;
}

/** Runs a query whose columns are the table's, in order, and writes its rows as data files: distributed where queries are. */
export async function writeTableFiles(
  session: Session,
  transaction: LakeTransaction,
  table: LakeTable,
  query: TranslatedQuery,
  parameters: ParameterConstants,
  options: Pick<ExecuteOptions, 'signal'>,
): Promise<WrittenRows> {
  const context = sessionQueryContext(session, await session.names.current());
  return await writeInto(transaction, table, (columns, sink, directory) => writeQuery(context, query, parameters, columns, sink, directory, options.signal));
}

/** The same for Sluice's own SQL. `partitionValues` are those of all its rows, which then go into one file; null where they differ. */
export async function writeTableSql(
  session: Session,
  transaction: LakeTransaction,
  table: LakeTable,
  sql: string,
  options: Pick<ExecuteOptions, 'signal'>,
  partitionValues: readonly (string | null)[] | null = null,
): Promise<WrittenRows> {
  // The SQL names files, so nothing is looked up.
  const context = sessionQueryContext(session, session.names.withoutTables());
  return await writeInto(transaction, table, (columns, sink, directory) => writeSql(context, sql, columns, sink, directory, options.signal), partitionValues);
}

async function writeInto(
  transaction: LakeTransaction,
  table: LakeTable,
  write: (columns: readonly WrittenColumn[], sink: FileSink, directory: string) => Promise<readonly WrittenFile[]>,
  partitionValues: readonly (string | null)[] | null = null,
): Promise<WrittenRows> {
  const columns = table.columns.map((column) => writtenColumn(column));
  // A folder of its own: what a failed statement has written goes with it.
  const directory = transaction.newFolder(table);
  await makeDirectory(table, directory);
  try {
    const sink: FileSink = {
      format: 'parquet',
      columnNames: columns.map((column) => column.name),
      partitionBy: [],
      options: {},
      singleFile: false,
      table: {
        fieldIds: fieldIds(table.columns),
        partitionExpressions: (partitionValues === null ? (table.partition?.keys ?? []) : []).map((key) => partitionSql(table, key)),
        sort: table.sort.map((key) => `${key.expression} ${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`).join(', '),
      },
    };
    const written = await write(columns, sink, directory);
    const files = written.filter((file) => file.rowCount > 0);
    await Promise.all(written.filter((file) => file.rowCount === 0).map((file) => rm(file.path, { force: true })));
    if (files.length === 0) {
      await rm(directory, { recursive: true, force: true });
    }
    return { files: files.map((file) => newFile(table, file, partitionValues)), rowCount: files.reduce((sum, file) => sum + file.rowCount, 0) };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function makeDirectory(table: LakeTable, directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const sqlstate = code === 'EACCES' || code === 'EPERM' ? SQLSTATE.insufficient_privilege : code === 'ENOSPC' ? SQLSTATE.disk_full : SQLSTATE.io_error;
    throw new SqlError(sqlstate, `could not create a directory for files of table "${table.name}"`, {
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}

function writtenColumn(column: LakeColumn): WrittenColumn {
  const type = dataTypeOfLake(column);
  return { name: column.name, type, storedType: fileType(type) };
}

function newFile(table: LakeTable, file: WrittenFile, partitionValues: readonly (string | null)[] | null): NewLakeFile {
  const { parquet } = file;
  if (parquet === undefined) {
    throw new Error('a Parquet file was written without statistics');
  }
  return {
    path: file.path,
    rowCount: file.rowCount,
    byteCount: file.byteCount,
    footerByteCount: parquet.footerByteCount,
    partitionValues: table.partition === null ? [] : (partitionValues ?? parquet.partitionValues),
    statistics: new Map(table.columns.flatMap((column) => statisticsBelow(column, quoteName(column.name), parquet.statistics))),
  };
}

/** Statistics of a column or, for a nested one, of the columns inside it, by field id. Texts that stand for other types say nothing of these. */
function statisticsBelow(
  column: LakeColumn,
  path: string,
  known: ReadonlyMap<string, LakeColumnStatistics>,
): readonly (readonly [number, LakeColumnStatistics])[] {
  if (column.children.length > 0) {
    return column.children.flatMap((child) => statisticsBelow(child, `${path}.${quoteName(child.name)}`, known));
  }
  const facts = known.get(path);
  if (facts === undefined) {
    return [];
  }
  const type = dataTypeOfLake(column);
  return [[column.id, fileType(type) === type ? facts : { ...facts, min: null, max: null }]];
}
