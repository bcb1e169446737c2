import { boundedMap } from '../store/bounded-map.js';
import type { FileStat, Store } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { joinStorePath } from '../store/store-path.js';
import type { DirectoryCache } from './directory-cache.js';
import type { DatasetFormat } from './file-format.js';
import { isHidden, parseDataFileName } from './file-format.js';
import type { PartitionValue } from './hive-path.js';
import { parseHiveFolder } from './hive-path.js';

/** Folders below a table at most this deep are read; deeper ones are refused, which also ends cycles of links. */
export const TABLE_DEPTH_MAX = 32;

/** Files of one table at most: beyond this, metadata alone would not fit into the gateway's memory. */
export const TABLE_FILES_MAX = 1_000_000;

/** A data file by its name: not opened yet, its attributes not asked for. */
export interface NamedFile {
  /** Store-relative. */
  readonly path: string;
  readonly directory: string;
  readonly name: string;
  readonly format: DatasetFormat;
  /** Values of the `key=value` folders above the file and below the table, outermost first. */
  readonly partition: readonly PartitionValue[];
}

/** Every data file of a table folder, at any depth, in path order. */
export async function listTableFiles(store: Store, cache: DirectoryCache, folder: string): Promise<readonly NamedFile[]> {
  return await walk({ store, cache, seen: new Set(), found: 0 }, { path: folder, real: await store.resolve(folder) }, [], 0);
}

interface Walk {
  readonly store: Store;
  readonly cache: DirectoryCache;
  /** Real paths of folders read, so that a link cannot show a file twice. */
  readonly seen: Set<string>;
  found: number;
}

/** A folder on the way, with its attributes where they were asked for together with its neighbours'. */
interface Folder {
  readonly path: string;
  readonly real: string;
  readonly asked?: { readonly stat: FileStat; readonly atMs: number };
}

async function walk(state: Walk, folder: Folder, partition: readonly PartitionValue[], depth: number): Promise<NamedFile[]> {
  if (depth > TABLE_DEPTH_MAX) {
    throw new StoreError('too-large', folder.path, `folders nested more than ${TABLE_DEPTH_MAX} deep`);
  }
  if (state.seen.has(folder.real)) {
    return [];
  }
  state.seen.add(folder.real);
  const entries = (await state.cache.list(folder.path, folder.asked)).filter((entry) => !isHidden(entry.name));
  const files: NamedFile[] = [];
  for (const { name, kind } of entries) {
    const parsed = kind === 'file' ? parseDataFileName(name) : undefined;
    if (parsed !== undefined) {
      files.push({
        path: joinStorePath(folder.path, name),
        directory: folder.path,
        name,
        format: parsed.format,
        partition,
      });
    }
  }
  state.found += files.length;
  if (state.found > TABLE_FILES_MAX) {
    throw new StoreError('too-large', folder.path, `a table of more than ${TABLE_FILES_MAX} files`);
  }
  const names = entries.filter((entry) => entry.kind === 'directory').map((entry) => entry.name);
  const below = await boundedMap(await foldersBelow(state.store, folder, names), async ({ name, ...child }) => {
    const hive = parseHiveFolder(name);
    return await walk(state, child, hive === undefined ? partition : [...partition, hive], depth + 1);
  });
  return [...files, ...below.flat()];
}

/** The folders of these names: their attributes in one call, so that a folder costs no trips of its own. Those that vanished are left out. */
async function foldersBelow(store: Store, parent: Folder, names: readonly string[]): Promise<readonly (Folder & { readonly name: string })[]> {
  if (names.length === 0) {
    return [];
  }
  const atMs = Date.now();
  const stats = await store.statNames(parent.path, names);
  const folders = await boundedMap([...names.entries()], async ([index, name]) => {
    const stat = stats[index];
    if (stat?.kind !== 'directory') {
      return [];
    }
    const path = joinStorePath(parent.path, name);
    return [{ name, path, real: stat.link ? await store.resolve(path) : `${parent.real}/${name}`, asked: { stat, atMs } }];
  });
  return folders.flat();
}
