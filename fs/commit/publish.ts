import type { Store } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { joinStorePath, parentOf } from '../store/store-path.js';
import { exists, replaceTarget } from './replace.js';
import type { StagedFile } from './staged-files.js';
import { settleStagedFiles } from './staged-files.js';

/**
 * What to do with a target that exists: refuse (`create`), put the new files in its place (`overwrite`), or add them to it
 * (`append`, folders only). Where there is none, all three make it.
 */
export type PublishMode = 'create' | 'overwrite' | 'append';

/** How files are published. */
export interface PublishOptions {
  readonly mode: PublishMode;
  /** True: the target is a file, and there is exactly one staged file; else it is a folder. */
  readonly singleFile: boolean;
}

/** Makes staged files durable, then visible under `target` in one step. `job` is the staging folder, `content` in it holds the files. */
export async function publish(
  store: Store,
  job: string,
  target: string,
  files: readonly StagedFile[],
  options: PublishOptions & { readonly id: string },
): Promise<void> {
  if (target === '') {
    throw new StoreError('exists', target, 'the root itself is no target');
  }
  const content = `${job}/content`;
  await settleStagedFiles(store, content, files);
  await makeParents(store, parentOf(target));
  if (options.singleFile) {
    const [file, ...others] = files;
    if (file === undefined || others.length > 0) {
      throw new StoreError('corrupt', target, `a single file was to be written, not ${files.length}`);
    }
    await publishFile(store, joinStorePath(content, file.path), target, options.mode);
  } else {
    await publishFolder(store, job, content, target, options);
  }
}

async function publishFile(store: Store, from: string, target: string, mode: PublishMode): Promise<void> {
  switch (mode) {
    case 'create':
      // A link, unlike a rename, never replaces.
      await store.link(from, target);
      break;
    case 'overwrite':
      if ((await exists(store, target)) && (await store.stat(target)).kind !== 'file') {
        throw new StoreError('exists', target, 'a folder of this name exists');
      }
      await store.rename(from, target);
      break;
    case 'append':
      throw new StoreError('exists', target, 'rows are added to folders, not to single files');
  }
  await store.syncDirectory(parentOf(target));
}

async function publishFolder(
  store: Store,
  job: string,
  content: string,
  target: string,
  options: { readonly mode: PublishMode; readonly id: string },
): Promise<void> {
  if (!(await exists(store, target))) {
    // Another's folder that appears meanwhile makes the rename fail, unless it is empty: then nothing is lost.
    await store.rename(content, target);
    await store.syncDirectory(parentOf(target));
    return;
  }
  switch (options.mode) {
    case 'create':
      throw new StoreError('exists', target, 'already exists');
    case 'overwrite':
      await replaceTarget(store, job, content, target);
      break;
    case 'append':
      if ((await store.stat(target)).kind !== 'directory') {
        throw new StoreError('exists', target, 'rows are added to folders, not to single files');
      }
      // Tables are read with all their subfolders: one rename adds any number of files at once.
      await store.rename(content, joinStorePath(target, `part-${options.id}`));
      await store.syncDirectory(target);
      break;
  }
}

/** Makes the folders above a target, each durable in its parent. */
async function makeParents(store: Store, folder: string): Promise<void> {
  if (folder === '' || (await exists(store, folder))) {
    return;
  }
  await makeParents(store, parentOf(folder));
  await store.makeDirectory(folder, { recursive: true });
  await store.syncDirectory(parentOf(folder));
}
