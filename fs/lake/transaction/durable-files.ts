import { open, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { boundedMap } from '../../store/bounded-map.js';
import { LakeError } from '../lake-error.js';
import type { LakeFile } from '../model.js';

/** A file a transaction is about to name. */
export interface WrittenFile {
  /** Absolute. */
  readonly path: string;
  readonly byteCount: number;
}

/** Data files and their delete files. */
export function writtenFilesOf(files: readonly LakeFile[]): readonly WrittenFile[] {
  return [...files, ...files.flatMap((file) => (file.deletes === null ? [] : [file.deletes]))];
}

/**
 * Makes files durable before the catalog names them: each is opened anew, fsynced and found as long as its writer said (a
 * writer that never fsyncs hides a full disk until here), then each folder from a file's up to `root` is fsynced once, the
 * deepest first. Throws `data_file` with the path.
 */
export async function makeFilesDurable(root: string, files: readonly WrittenFile[]): Promise<void> {
  await boundedMap(files, async ({ path, byteCount }) => {
    const found = await syncPath(path);
    if (found !== byteCount) {
      throw new LakeError('data_file', `file "${path}" has ${found} bytes where its writer wrote ${byteCount}`);
    }
  });
  const folders = foldersUpTo(root, files);
  const depths = new Set(folders.map(depthOf));
  for (const depth of [...depths].toSorted((a, b) => b - a)) {
    await boundedMap(
      folders.filter((folder) => depthOf(folder) === depth),
      syncPath,
    );
  }
}

/** Removes files a transaction wrote and did not commit; what is already gone is fine, and so is what cannot be removed: it is an orphan. */
export async function removeWrittenFiles(files: readonly WrittenFile[]): Promise<void> {
  await boundedMap(files, ({ path }) => unlink(path).catch(() => undefined));
}

/** Removes folders with all that is in them: parts of files that no result names, too. */
export async function removeFolders(folders: readonly string[]): Promise<void> {
  await boundedMap(folders, (folder) => rm(folder, { recursive: true, force: true }).catch(() => undefined));
}

/** Removes those of the folders that hold nothing. */
export async function removeEmptyFolders(folders: readonly string[]): Promise<void> {
  await boundedMap(folders, (folder) => rmdir(folder).catch(() => undefined));
}

function foldersUpTo(root: string, files: readonly WrittenFile[]): readonly string[] {
  const top = root.replace(/\/+$/, '');
  const folders = new Set<string>();
  for (const { path } of files) {
    let folder = dirname(path);
    folders.add(folder);
    while (folder.startsWith(`${top}/`)) {
      folder = dirname(folder);
      folders.add(folder);
    }
  }
  return [...folders];
}

async function syncPath(path: string): Promise<number> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
      return (await handle.stat()).size;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new LakeError('data_file', `file "${path}" cannot be made durable: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function depthOf(path: string): number {
  return path.split('/').length;
}
