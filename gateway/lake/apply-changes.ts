import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectedRow } from '../../executor/protocol/messages.js';
import type { LakeTransaction, NewLakeDeletes, NewLakeFile } from '../../fs/lake/lake.js';
import type { LakeFile, LakeTable, LakeTableData } from '../../fs/lake/model.js';
import { fileListSql } from '../../planner/relation/file-list-sql.js';
import { scanSql } from '../../planner/relation/scan-sql.js';
import { quoteName, quoteText } from '../../planner/types/data-type.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import { lakeRelation, ROW_FILE_COLUMN, ROW_POSITION_COLUMN, withRowLocations } from './lake-relation.js';
import type { StagedRows } from './staged-rows.js';
import { writeTableSql } from './write-table.js';

type Running = Pick<ExecuteOptions, 'signal'>;

/** Rows of one statement that are kept in the catalog rather than written as a file. */
export const INLINED_ROW_COUNT_MAX = 10;

/** Most data files one statement may delete rows from. */
const FILE_COUNT_MAX = 1_000_000;

/** Field ids that DuckLake gives the columns of delete files. */
const DELETE_FIELD_IDS = '{file_path: 2147483546, pos: 2147483545}';

/** Deletes the rows whose places are staged (ROW_FILE_COLUMN, ROW_POSITION_COLUMN); each once. Gives their number. */
export async function applyDeletes(session: Session, transaction: LakeTransaction, table: LakeTable, staged: StagedRows, options: Running): Promise<number> {
  if (staged.rowCount === 0) {
    return 0;
  }
  const data = await transaction.current.data(table);
  const places = `(SELECT DISTINCT ${quoteName(ROW_FILE_COLUMN)} AS file, ${quoteName(ROW_POSITION_COLUMN)} AS pos FROM ${scanSql(staged.relation)} WHERE ${quoteName(ROW_FILE_COLUMN)} IS NOT NULL)`;
  const counts = await session.services.pool.collect([`SELECT file, count(*) FROM ${places} GROUP BY file`], FILE_COUNT_MAX, options.signal);
  let rowCount = 0;
  const deletes: NewLakeDeletes[] = [];
  const emptied: LakeFile[] = [];
  const rewritten: NewLakeFile[] = [];
  const byPath = new Map(data.files.map((file) => [file.path, file]));
  for (const [path, count] of counts) {
    rowCount += Number(count);
    if (path === data.inlined?.path) {
      transaction.deleteInlinedRows(table, await inlinedRowIds(session, data, places, options));
      continue;
    }
    const file = typeof path === 'string' ? byPath.get(path) : undefined;
    if (file === undefined) {
      throw new Error("a row to delete lies in a file that is not the table's");
    }
    const deleted = (file.deletes?.rowCount ?? 0) + Number(count);
    if (deleted >= file.rowCount) {
      emptied.push(file);
    } else if (file.hasInlinedDeletes === true) {
      rewritten.push(...(await writeRemaining(session, transaction, table, file, places, options)));
      emptied.push(file);
    } else {
      deletes.push(await writeDeletes(session, transaction, table, file, places, options));
    }
  }
  if (deletes.length > 0) {
    transaction.deleteRows(table, deletes);
  }
  if (emptied.length > 0) {
    transaction.dropFiles(table, emptied);
  }
  if (rewritten.length > 0) {
    transaction.appendFiles(table, rewritten);
  }
  return rowCount;
}

/**
 * The rows of a data file that stay, as new files. For a file of which the ducklake extension keeps deletes in the catalog: a delete
 * file naming those rows again would make the extension show others.
 */
async function writeRemaining(
  session: Session,
  transaction: LakeTransaction,
  table: LakeTable,
  file: LakeFile,
  places: string,
  options: Running,
): Promise<readonly NewLakeFile[]> {
  const relation = withRowLocations(lakeRelation(table, { files: [file], inlined: null, rowCount: 0 }));
  const columns = table.columns.map((column) => quoteName(column.name)).join(', ');
  const deleted = `SELECT pos FROM ${places} WHERE file = ${quoteText(file.path)}`;
  const sql = `SELECT ${columns} FROM ${scanSql(relation)} AS old WHERE ${quoteName(ROW_POSITION_COLUMN)} NOT IN (${deleted})`;
  return (await writeTableSql(session, transaction, table, sql, options)).files;
}

async function inlinedRowIds(session: Session, { inlined }: LakeTableData, places: string, options: Running): Promise<readonly number[]> {
  if (inlined === null) {
    return [];
  }
  const rows = await session.services.pool.collect([`SELECT pos FROM ${places} WHERE file = ${quoteText(inlined.path)}`], inlined.rowCount, options.signal);
  return rows.flatMap(([position]) => inlined.rowIds[Number(position)] ?? []);
}

/** One delete file holds all deleted rows of a data file, those of the former one included. */
async function writeDeletes(
  session: Session,
  transaction: LakeTransaction,
  table: LakeTable,
  file: LakeFile,
  places: string,
  options: Running,
): Promise<NewLakeDeletes> {
  const folder = transaction.newFolder(table);
  const path = join(folder, `${randomUUID()}-delete.parquet`);
  const former = file.deletes === null ? '' : ` UNION SELECT pos FROM read_parquet(${fileListSql([file.deletes.path])})`;
  const positions = `SELECT pos FROM ${places} WHERE file = ${quoteText(file.path)}${former}`;
  await mkdir(folder, { recursive: true });
  const [row] = await session.services.pool.collect(
    [
      `COPY (SELECT ${quoteText(file.path)} AS file_path, pos FROM (${positions}) ORDER BY pos) TO ${quoteText(path)} (FORMAT parquet, FIELD_IDS ${DELETE_FIELD_IDS}, RETURN_STATS)`,
    ],
    1,
    options.signal,
  );
  const [, rowCount, byteCount, footerByteCount] = row ?? [];
  return { file, path, rowCount: Number(rowCount), byteCount: Number(byteCount), footerByteCount: Number(footerByteCount) };
}

/** Adds staged rows to a table; `columnNames` are the staged columns that hold the table's, in order; `where` (DuckDB's SQL) may leave rows out. Gives their number. */
export async function appendStaged(
  session: Session,
  transaction: LakeTransaction,
  table: LakeTable,
  staged: StagedRows,
  columnNames: readonly string[],
  options: Running,
  where: string | null = null,
): Promise<number> {
  if (staged.rowCount === 0) {
    return 0;
  }
  const source = `FROM ${scanSql(staged.relation)} AS staged${where === null ? '' : ` WHERE ${where}`}`;
  if (staged.rowCount <= INLINED_ROW_COUNT_MAX && transaction.canInline(table)) {
    const texts = columnNames.map((name) => `CAST(${quoteName(name)} AS VARCHAR)`);
    const rows = await session.services.pool.collect([`SELECT ${texts.join(', ')} ${source}`], INLINED_ROW_COUNT_MAX, options.signal);
    if (rows.length > 0) {
      transaction.appendRows(table, rows.map(textRow));
    }
    return rows.length;
  }
  const written = await writeTableSql(session, transaction, table, `SELECT ${columnNames.map(quoteName).join(', ')} ${source}`, options);
  if (written.files.length > 0) {
    transaction.appendFiles(table, written.files);
  }
  return written.rowCount;
}

/** A collected row of VARCHAR values. */
export function textRow(row: CollectedRow): readonly (string | null)[] {
  return row.map((value) => {
    if (typeof value === 'object' && value !== null) {
      throw new Error('a row to keep in the catalog was not read as texts');
    }
    return value === null ? null : String(value);
  });
}
