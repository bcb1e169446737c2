import { readdir, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { boundedMap } from '../../store/bounded-map.js';
import type { CatalogQueries } from '../catalog-database.js';
import type { LakeCore } from '../lake-core.js';
import type { FileSum, RemovalLimits, RemovedFiles } from '../lake.js';
import { sqlText } from '../transaction/catalog-sql.js';
import { writerOf } from '../transaction/file-folders.js';
import { absolute, catalogPaths } from './catalog-paths.js';
import { withRetries } from './with-retries.js';

interface FoundFile {
  readonly path: string;
  readonly byteCount: number;
}

/** Files of unknown writers go no younger where others than Sluice may be writing: their clocks and commits are not ours to know. */
const FOREIGN_AGE_MIN_MS = 3_600_000;

/**
 * Removes files scheduled for deletion, then orphans: Parquet files below the data folder that the catalog does not name and that
 * no living gateway wrote, other than this one in what is over; of a folder that was there before Sluice only what Sluice wrote. Only files scheduled or last written before the limit go; what the
 * catalog names (again) stays whatever its age. A file that is gone already counts. A crash in between leaves files that the next
 * call finds.
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
     WHERE schedule_start <= now() - INTERVAL '${ageMs} milliseconds' ORDER BY schedule_start LIMIT ${limits.countMax}`,
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

/**
 * In this order: files are listed, then it is asked who may still commit any of them, then what the catalog names. Whoever ends
 * in between has committed what is then named, or never will.
 */
async function listOrphanFiles(core: LakeCore, limits: RemovalLimits): Promise<readonly FoundFile[]> {
  const listed = await listParquetFiles(core.dataPath);
  const written = core.holds.folders();
  const others = await core.presence.others();
  const foreignBeforeMs = core.database.isExclusive ? limits.beforeMs : Math.min(limits.beforeMs, Date.now() - FOREIGN_AGE_MIN_MS);
  const found = listed.filter(({ path, mtimeMs }) => {
    const folder = statementFolderOf(core.dataPath, path);
    if (folder === null) {
      return !core.isDataForeign && mtimeMs <= foreignBeforeMs;
    }
    return mtimeMs <= limits.beforeMs && !others.has(folder.writer) && !written.has(folder.path);
  });
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

/** The folder of the statement that wrote a file, and the gateway that did; null for a file of somebody else. */
function statementFolderOf(root: string, path: string): { readonly path: string; readonly writer: number } | null {
  for (let folder = dirname(path); !relative(root, folder).startsWith('..') && folder !== root; folder = dirname(folder)) {
    const writer = writerOf(basename(folder));
    if (writer !== null) {
      return { path: folder, writer };
    }
  }
  return null;
}

async function listParquetFiles(folder: string): Promise<readonly (FoundFile & { readonly mtimeMs: number })[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    throw error;
  });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.parquet')).map((entry) => join(entry.parentPath, entry.name));
  const found = await boundedMap(files, (path) =>
    stat(path).then(
      ({ mtimeMs, size }) => ({ path, byteCount: size, mtimeMs }),
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
  const folders = new Set(removed.map(({ path }) => dirname(path)).filter((folder) => writerOf(basename(folder)) !== null));
  await boundedMap([...folders], (folder) => rmdir(folder).catch(() => undefined));
  return removed;
}

function sumOf(files: readonly FoundFile[]): FileSum {
  return { fileCount: files.length, byteCount: files.reduce((sum, { byteCount }) => sum + byteCount, 0) };
}
