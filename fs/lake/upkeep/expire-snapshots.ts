import type { CatalogQueries } from '../catalog-database.js';
import type { LakeCore } from '../lake-core.js';
import type { ExpiredSnapshots } from '../lake.js';
import { integer, text } from '../snapshot/row-values.js';
import { sqlList, sqlName, sqlText } from '../transaction/catalog-sql.js';
import { catalogPaths, relativePath } from './catalog-paths.js';
import { withRetries } from './with-retries.js';

/**
 * Forgets snapshots. Data and delete files that no remaining snapshot names are taken out of the catalog and scheduled
 * for deletion; `removeFiles` removes them once they are old enough. Answers the ids of the forgotten snapshots.
 * Not done here: macros stay.
 */
export async function expireSnapshots(core: LakeCore, expired: ExpiredSnapshots): Promise<readonly number[]> {
  const { database } = core;
  await core.presence.refresh();
  return await withRetries(database, async (queries) => {
    const { prefix } = database;
    const read = await core.presence.oldestSnapshot(queries);
    const ids = await findExpired(prefix, queries, expired, read);
    if (ids.length === 0) {
      return ids;
    }
    for (const table of ['ducklake_snapshot', 'ducklake_snapshot_changes']) {
      await queries.query(`DELETE FROM ${prefix}${table} WHERE snapshot_id IN ${sqlList(ids)}`);
    }
    const tables = await queries.query(
      `SELECT table_id FROM ${prefix}ducklake_table t GROUP BY table_id
       HAVING count(*) = sum(CASE WHEN ${isUnseen(prefix, 't')} THEN 1 ELSE 0 END)`,
    );
    const tableIds = tables.map((row) => integer(row, 'table_id'));
    await scheduleUnseenFiles(core, queries, tableIds);
    await forgetTables(queries, prefix, tableIds);
    for (const table of ['ducklake_schema', 'ducklake_view', 'ducklake_tag', 'ducklake_column_tag']) {
      await queries.query(`DELETE FROM ${prefix}${table} AS t WHERE ${isUnseen(prefix, 't')}`);
    }
    await forgetInlinedRows(queries, prefix);
    return ids;
  });
}

/** Rows kept in the catalog that no remaining snapshot sees. */
async function forgetInlinedRows(queries: CatalogQueries, prefix: string): Promise<void> {
  for (const row of await queries.query(`SELECT table_name FROM ${prefix}ducklake_inlined_data_tables`)) {
    await queries.query(`DELETE FROM ${prefix}${sqlName(text(row, 'table_name'))} AS t WHERE ${isUnseen(prefix, 't')}`);
  }
}

/** `read` is the oldest snapshot that somebody reads. */
async function findExpired(
  prefix: string,
  queries: CatalogQueries,
  { olderThanMicros, retainLast }: ExpiredSnapshots,
  read: number,
): Promise<readonly number[]> {
  const kept = `(SELECT min(snapshot_id) FROM (SELECT snapshot_id FROM ${prefix}ducklake_snapshot ORDER BY snapshot_id DESC LIMIT ${Math.max(1, retainLast)}) AS last_ones)`;
  const rows = await queries.query(
    `SELECT snapshot_id FROM ${prefix}ducklake_snapshot WHERE snapshot_time < CAST(${sqlText(timeText(olderThanMicros))} AS TIMESTAMP WITH TIME ZONE)
     AND snapshot_id < ${kept}${Number.isFinite(read) ? ` AND snapshot_id < ${read}` : ''} ORDER BY snapshot_id`,
  );
  return rows.map((row) => integer(row, 'snapshot_id'));
}

/** True for rows that ended and whose time no remaining snapshot lies in. */
function isUnseen(prefix: string, alias: string): string {
  return `(${alias}.end_snapshot IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${prefix}ducklake_snapshot s
    WHERE s.snapshot_id >= ${alias}.begin_snapshot AND s.snapshot_id < ${alias}.end_snapshot))`;
}

async function scheduleUnseenFiles(core: LakeCore, queries: CatalogQueries, droppedTableIds: readonly number[]): Promise<void> {
  const { prefix } = core.database;
  const ofDropped = droppedTableIds.length === 0 ? 'false' : `t.table_id IN ${sqlList(droppedTableIds)}`;
  const paths = await catalogPaths(core, queries);
  const dataFiles = await queries.query(
    `SELECT data_file_id AS id, table_id, path, path_is_relative FROM ${prefix}ducklake_data_file t WHERE ${ofDropped} OR ${isUnseen(prefix, 't')}`,
  );
  const dataFileIds = dataFiles.map((row) => integer(row, 'id'));
  const ofFiles = dataFileIds.length === 0 ? 'false' : `t.data_file_id IN ${sqlList(dataFileIds)}`;
  const deleteFiles = await queries.query(
    `SELECT delete_file_id AS id, table_id, path, path_is_relative FROM ${prefix}ducklake_delete_file t WHERE ${ofDropped} OR ${ofFiles} OR ${isUnseen(prefix, 't')}`,
  );
  const scheduled = [...dataFiles, ...deleteFiles].map((row) => {
    const [path, isRelative] = relativePath(core.dataPath, paths.fileOf(row));
    return `(${integer(row, 'id')}, ${sqlText(path)}, ${String(isRelative)}, now())`;
  });
  if (scheduled.length === 0) {
    return;
  }
  await queries.query(`INSERT INTO ${prefix}ducklake_files_scheduled_for_deletion VALUES ${scheduled.join(', ')}`);
  if (dataFileIds.length > 0) {
    for (const table of ['ducklake_data_file', 'ducklake_file_column_stats', 'ducklake_file_variant_stats', 'ducklake_file_partition_value']) {
      await queries.query(`DELETE FROM ${prefix}${table} WHERE data_file_id IN ${sqlList(dataFileIds)}`);
    }
  }
  if (deleteFiles.length > 0) {
    await queries.query(`DELETE FROM ${prefix}ducklake_delete_file WHERE delete_file_id IN ${sqlList(deleteFiles.map((row) => integer(row, 'id')))}`);
  }
}

const TABLE_PARTS = [
  'ducklake_table',
  'ducklake_table_stats',
  'ducklake_table_column_stats',
  'ducklake_partition_info',
  'ducklake_partition_column',
  'ducklake_column',
  'ducklake_column_tag',
  'ducklake_sort_info',
  'ducklake_sort_expression',
  'ducklake_schema_versions',
  'ducklake_inlined_data_tables',
  'ducklake_column_mapping',
];

async function forgetTables(queries: CatalogQueries, prefix: string, tableIds: readonly number[]): Promise<void> {
  if (tableIds.length === 0) {
    return;
  }
  const ids = sqlList(tableIds);
  const inlined = await queries.query(`SELECT table_name FROM ${prefix}ducklake_inlined_data_tables WHERE table_id IN ${ids}`);
  for (const row of inlined) {
    await queries.query(`DROP TABLE IF EXISTS ${prefix}"${String(row['table_name'])}"`);
  }
  for (const table of TABLE_PARTS) {
    await queries.query(`DELETE FROM ${prefix}${table} WHERE table_id IN ${ids}`);
  }
}

/** A time as both databases read it. */
export function timeText(micros: bigint): string {
  const seconds = new Date(Number(micros / 1000n)).toISOString().slice(0, 19);
  return `${seconds.replace('T', ' ')}.${String(micros % 1_000_000n).padStart(6, '0')}+00`;
}
