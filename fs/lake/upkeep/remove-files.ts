import { readdir, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { boundedMap } from '../../store/bounded-map.js';
import type { CatalogQueries } from '../catalog-database.js';
import type { LakeCore } from '../lake-core.js';
import type { FileSum, RemovalLimits, RemovedFiles } from '../lake.js';
import { sqlText } from '../transaction/catalog-sql.js';
import { absolute, catalogPaths } from './catalog-paths.js';
import { withRetries } from './with-retries.js';

interface FoundFile {
  readonly path: string;
  readonly byteCount: number;
}

/**
 * Removes files scheduled for deletion, then orphans: Parquet files below the data folder that the catalog does not name. Only
 * files scheduled or last written before the limit go; what the catalog names (again) stays whatever its age. A file that is
 * gone already counts. A crash in between leaves files that the next call finds.
 */
export async function removeFiles(core: LakeCore, limits: RemovalLimits): Promise<RemovedFiles> {
  const expired = await removeScheduledFiles(core, limits);
  const orphans = await removeAll(await listOrphanFiles(core, { ...limits, countMax: limits.countMax - expired.length }));
  return { expired: sumOf(expired), orphans: sumOf(orphans) };
}

async function removeScheduledFiles(core: LakeCore, limits: RemovalLimits): Promise<readonly FoundFile[]> {
  const { database } = core;
  // By the database's own clock, which wrote `schedule_start`.
  const ageMs = Math.max(0, Math.round(Date.now() - limits.beforeMs));
  const rows = await database.query(
    `SELECT path, path_is_relative FROM ${database.prefix}ducklake_files_scheduled_for_deletion
     WHERE schedule_start < now() - INTERVAL '${ageMs} milliseconds' ORDER BY schedule_start LIMIT ${limits.countMax}`,
  );
  const named = await namedFiles(core, database);
  const found = await boundedMap(
    rows.map((row) => absolute(core.dataPath, row)).filter((path) => !named.has(path)),
    async (path) => ({ path, byteCount: await sizeOf(path) }),
  );
  const removed = await removeAll(found);
  const paths = new Set(removed.map(({ path }) => path));
  await withRetries(database, async (queries) => {
    for (const row of rows.filter((each) => paths.has(absolute(core.dataPath, each)))) {
      const condition = `path = ${sqlText(String(row['path']))} AND path_is_relative = ${String(row['path_is_relative'])}`;
      await queries.query(`DELETE FROM ${database.prefix}ducklake_files_scheduled_for_deletion WHERE ${condition}`);
    }
  });
  return removed;
}

/** The folder is listed before the catalog is read: a file committed in between is named, not an orphan. */
async function listOrphanFiles(core: LakeCore, limits: RemovalLimits): Promise<readonly FoundFile[]> {
  const found = await listParquetFiles(core.dataPath, limits.beforeMs);
  const named = await namedFiles(core, core.database);
  const scheduled = await core.database.query(`SELECT path, path_is_relative FROM ${core.database.prefix}ducklake_files_scheduled_for_deletion`);
  const waiting = new Set(scheduled.map((row) => absolute(core.dataPath, row)));
  return found.filter(({ path }) => !named.has(path) && !waiting.has(path)).slice(0, limits.countMax);
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

async function listParquetFiles(folder: string, writtenBeforeMs: number): Promise<readonly FoundFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    throw error;
  });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.parquet')).map((entry) => join(entry.parentPath, entry.name));
  const found = await boundedMap(files, (path) =>
    stat(path).then(
      ({ mtimeMs, size }) => (mtimeMs < writtenBeforeMs ? { path, byteCount: size } : null),
      () => null,
    ),
  );
  return found.filter((file) => file !== null);
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function removeAll(files: readonly FoundFile[]): Promise<readonly FoundFile[]> {
  const isGone = await boundedMap(files, ({ path }) =>
    unlink(path).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    ),
  );
  const removed = files.filter((_, index) => isGone[index] === true);
  // A statement's folder goes with its last file; a table's own folder stays, for somebody may be about to write there.
  const folders = new Set(removed.map(({ path }) => dirname(path)).filter((folder) => STATEMENT_FOLDER.test(basename(folder))));
  await boundedMap([...folders], (folder) => rmdir(folder).catch(() => undefined));
  return removed;
}

const STATEMENT_FOLDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function sumOf(files: readonly FoundFile[]): FileSum {
  return { fileCount: files.length, byteCount: files.reduce((sum, { byteCount }) => sum + byteCount, 0) };
}
