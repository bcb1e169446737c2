import { boundedMap } from '../store/bounded-map.js';
import type { Store } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { joinStorePath, parentOf } from '../store/store-path.js';

/** A file its writer announced as finished. */
export interface StagedFile {
  /** Relative to the staging folder's content. */
  readonly path: string;
  /** What the writer says it wrote; the file is refused when it is any longer or shorter. */
  readonly byteCount: number;
}

/**
 * Makes exactly the announced files durable under `content`: each is opened anew, fsynced and measured (a writer that
 * never fsyncs hides a full disk until here), whatever else lies there is removed, then every folder is fsynced, the
 * deepest first, so that no name becomes durable before what it names.
 */
export async function settleStagedFiles(store: Store, content: string, files: readonly StagedFile[]): Promise<void> {
  await boundedMap(files, async ({ path, byteCount }) => {
    const absolute = joinStorePath(content, path);
    const found = await store.syncFile(absolute);
    if (found !== byteCount) {
      throw new StoreError('corrupt', absolute, `file has ${found} bytes where its writer wrote ${byteCount}`);
    }
  });
  const kept = new Set(files.map((file) => file.path));
  const folders = foldersOf(files);
  await removeUnannounced(store, content, '', kept, folders);
  for (const folder of [...folders].toSorted((a, b) => depthOf(b) - depthOf(a))) {
    await store.syncDirectory(joinStorePath(content, folder));
  }
}

/** Every folder above a file, the content folder itself (`''`) included. */
function foldersOf(files: readonly StagedFile[]): ReadonlySet<string> {
  const folders = new Set<string>(['']);
  for (const file of files) {
    for (let folder = parentOf(file.path); folder !== ''; folder = parentOf(folder)) {
      folders.add(folder);
    }
  }
  return folders;
}

/** Attempts that lost leave files behind; they are not part of the result. */
async function removeUnannounced(store: Store, content: string, folder: string, kept: ReadonlySet<string>, folders: ReadonlySet<string>): Promise<void> {
  for (const { name, kind } of await store.list(joinStorePath(content, folder))) {
    const path = joinStorePath(folder, name);
    if (kind === 'directory' && folders.has(path)) {
      await removeUnannounced(store, content, path, kept, folders);
    } else if (!kept.has(path)) {
      await store.removeTree(joinStorePath(content, path));
    }
  }
}

function depthOf(path: string): number {
  return path === '' ? 0 : path.split('/').length;
}
