import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { boundedMap } from '../../store/bounded-map.js';
import type { CatalogQueries } from '../catalog-database.js';
import type { LakeCore } from '../lake-core.js';
import { sqlText } from '../transaction/catalog-sql.js';
import { absolute, catalogPaths } from './catalog-paths.js';
import { timeText } from './expire-snapshots.js';

/** What clean-up may touch. */
export interface RemovalLimits {
  /**
   * Files younger than this stay: longer than any transaction takes to commit what it wrote, and than any statement reads
   * a snapshot it has begun with. Other processes' transactions and readers are protected by nothing but this.
   */
  readonly minimumAgeMs: number;
  /** Absolute paths that running statements and staged transactions of this process name. */
  readonly inUse: ReadonlySet<string>;
  /** Files to remove in one call at most. */
  readonly countMax: number;
}

/** Absolute paths of the files scheduled for deletion long enough ago, without those in use or named by the catalog again. */
export async function listScheduledFiles(core: LakeCore, limits: RemovalLimits): Promise<readonly string[]> {
  const { database } = core;
  const before = timeText(BigInt(Date.now() - limits.minimumAgeMs) * 1000n);
  const rows = await database.query(
    `SELECT path, path_is_relative FROM ${database.prefix}ducklake_files_scheduled_for_deletion
     WHERE schedule_start < CAST(${sqlText(before)} AS TIMESTAMP WITH TIME ZONE) ORDER BY schedule_start`,
  );
  const named = await namedFiles(core, database);
  const paths = rows.map((row) => absolute(core.dataPath, row));
  return paths.filter((path) => !limits.inUse.has(path) && !named.has(path)).slice(0, limits.countMax);
}

/** Removes the files `listScheduledFiles` tells and takes them off the schedule. A file that is gone already counts. */
export async function removeScheduledFiles(core: LakeCore, limits: RemovalLimits): Promise<readonly string[]> {
  const { database } = core;
  const removed = new Set(await removeAll(await listScheduledFiles(core, limits)));
  await database.transaction(async (queries) => {
    const rows = await queries.query(`SELECT DISTINCT path, path_is_relative FROM ${database.prefix}ducklake_files_scheduled_for_deletion`);
    for (const row of rows.filter((each) => removed.has(absolute(core.dataPath, each)))) {
      const condition = `path = ${sqlText(String(row['path']))} AND path_is_relative = ${String(row['path_is_relative'])}`;
      await queries.query(`DELETE FROM ${database.prefix}ducklake_files_scheduled_for_deletion WHERE ${condition}`);
    }
  });
  return [...removed];
}

/**
 * Absolute paths of Parquet files below the data folder that neither the catalog nor `inUse` names and that are old
 * enough. The folder is listed before the catalog is read: a file committed in between is named, not an orphan.
 */
export async function listOrphanFiles(core: LakeCore, limits: RemovalLimits): Promise<readonly string[]> {
  const found = await listParquetFiles(core.dataPath, Date.now() - limits.minimumAgeMs);
  const named = await namedFiles(core, core.database);
  const scheduled = await core.database.query(`SELECT path, path_is_relative FROM ${core.database.prefix}ducklake_files_scheduled_for_deletion`);
  const waiting = new Set(scheduled.map((row) => absolute(core.dataPath, row)));
  return found.filter((path) => !named.has(path) && !waiting.has(path) && !limits.inUse.has(path)).slice(0, limits.countMax);
}

/** Removes the files `listOrphanFiles` tells; answers those that are gone. */
export async function removeOrphanFiles(core: LakeCore, limits: RemovalLimits): Promise<readonly string[]> {
  return await removeAll(await listOrphanFiles(core, limits));
}

/** Every file that any snapshot names: what ended is still in the catalog until it is expired. */
async function namedFiles(core: LakeCore, queries: CatalogQueries): Promise<ReadonlySet<string>> {
  const { prefix } = core.database;
  const paths = await catalogPaths(core, queries);
  const rows = await queries.query(
    `SELECT table_id, path, path_is_relative FROM ${prefix}ducklake_data_file
     UNION ALL SELECT table_id, path, path_is_relative FROM ${prefix}ducklake_delete_file`,
  );
  return new Set(rows.map((row) => paths.fileOf(row)));
}

async function listParquetFiles(folder: string, modifiedBeforeMs: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.parquet')).map((entry) => join(entry.parentPath, entry.name));
  const times = await boundedMap(files, (path) =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    ),
  );
  return files.filter((_, index) => (times[index] ?? Number.POSITIVE_INFINITY) < modifiedBeforeMs);
}

async function removeAll(paths: readonly string[]): Promise<readonly string[]> {
  const isGone = await boundedMap(paths, (path) =>
    unlink(path).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    ),
  );
  return paths.filter((_, index) => isGone[index] === true);
}
