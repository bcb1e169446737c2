import { boundedMap } from '../store/bounded-map.js';
import type { Store } from '../store/store.js';
import { DatasetError } from './dataset-error.js';
import type { DatasetFormat } from './file-format.js';
import type { NamedFile } from './table-files.js';

/** A data file with the attributes that identify its version. */
export interface DatasetFile extends NamedFile {
  readonly store: Store;
  /** Absolute path, without links. */
  readonly absolutePath: string;
  readonly byteCount: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

/** Tables of at most this many files have every file's attributes checked at every statement: under 2 ms on a local disk. */
export const ALWAYS_CHECKED_FILES_MAX = 64;

/**
 * Files of larger tables are checked this often for having been rewritten in place (new and removed names are seen at
 * once). Files are meant to be immutable; this bounds how long one that was not is read by its old length.
 */
export const ATTRIBUTES_AGE_MAX_MS = 5000;

/** Remembers one table's files with their attributes and hands out the same array while nothing changes. */
export class AttributeCache {
  #files: readonly DatasetFile[] = [];
  #named: readonly NamedFile[] = [];
  #checkedAtMs = -Infinity;

  /** Attributes of the files named. Files that vanished meanwhile are left out. */
  async refresh(store: Store, named: readonly NamedFile[], nowMs: number = Date.now()): Promise<readonly DatasetFile[]> {
    const unchanged = sameNames(this.#named, named);
    const young = nowMs - this.#checkedAtMs < ATTRIBUTES_AGE_MAX_MS;
    if (unchanged && young && named.length > ALWAYS_CHECKED_FILES_MAX) {
      return this.#files;
    }
    const files = await readAttributes(store, named);
    this.#checkedAtMs = nowMs;
    this.#named = named;
    if (!unchanged || !sameFiles(this.#files, files)) {
      this.#files = files;
    }
    return this.#files;
  }
}

/** Attributes of named files, directory by directory. */
export async function readAttributes(store: Store, named: readonly NamedFile[]): Promise<readonly DatasetFile[]> {
  const byDirectory = new Map<string, NamedFile[]>();
  for (const file of named) {
    const group = byDirectory.get(file.directory) ?? [];
    byDirectory.set(file.directory, group);
    group.push(file);
  }
  const files = await boundedMap([...byDirectory], async ([directory, group]) => {
    const parent = await store.resolve(directory);
    const attributes = await store.statNames(
      directory,
      group.map((file) => file.name),
    );
    return group.flatMap((file, index): DatasetFile[] => {
      const found = attributes[index];
      if (found?.kind !== 'file') {
        return [];
      }
      const { byteCount, mtimeMs, inode, localPath } = found;
      return [{ ...file, store, absolutePath: localPath ?? `${parent}/${file.name}`, byteCount, mtimeMs, inode }];
    });
  });
  return files.flat();
}

/** The one format of a table's files; a DatasetError naming an example of each when there are several. */
export function commonFormat(files: readonly NamedFile[]): DatasetFormat | undefined {
  const examples = new Map<DatasetFormat, string>();
  for (const file of files) {
    if (!examples.has(file.format)) {
      examples.set(file.format, file.path);
    }
  }
  if (examples.size > 1) {
    const detail = [...examples].map(([format, path]) => `${JSON.stringify(path)} is ${format}`).join(', ');
    throw new DatasetError('mixed-formats', 'the files of a table must all have one format', `${detail}.`);
  }
  return files[0]?.format;
}

/** The partition keys of a table's files; a DatasetError naming two files when they differ. */
export function commonPartitionKeys(files: readonly NamedFile[]): readonly string[] {
  const [first] = files;
  const keys = first?.partition.map((value) => value.key) ?? [];
  for (const file of files) {
    if (file.partition.length !== keys.length || file.partition.some((value, index) => value.key !== keys[index])) {
      const detail = `${JSON.stringify(first?.path)} and ${JSON.stringify(file.path)} lie in different key=value folders.`;
      throw new DatasetError('partition-mismatch', 'the files of a table must all be partitioned by the same columns', detail);
    }
  }
  return keys;
}

function sameNames(a: readonly NamedFile[], b: readonly NamedFile[]): boolean {
  return a === b || (a.length === b.length && a.every((file, index) => file.path === b[index]?.path));
}

/** True when two listings show the same versions of the same files. */
export function sameFiles(a: readonly DatasetFile[], b: readonly DatasetFile[]): boolean {
  return a.length === b.length && a.every((file, index) => sameVersion(file, b[index]));
}

/** True when a file was not written since. */
export function sameVersion(a: DatasetFile, b: DatasetFile | undefined): boolean {
  return b !== undefined && a.absolutePath === b.absolutePath && a.byteCount === b.byteCount && a.mtimeMs === b.mtimeMs && a.inode === b.inode;
}
