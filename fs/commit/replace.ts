import type { Store } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { parentOf } from '../store/store-path.js';

/** Longest target name kept in a job's note: a path has at most that many bytes. */
const NOTE_BYTES_MAX = 8192;

/**
 * Puts a new folder in an old target's place. No system call does both steps at once, so the old target is first moved
 * into the job's own folder with a note of where it stood: whoever clears up after a death in between moves it back.
 */
export async function replaceTarget(store: Store, job: string, from: string, target: string): Promise<void> {
  await writeNote(store, job, target);
  await store.rename(target, `${job}/replaced`);
  await store.rename(from, target);
  await store.syncDirectory(parentOf(target));
  // From here on the old target may be removed, name by name: half of it must never be moved back.
  await store.removeFile(`${job}/target`);
  await store.syncDirectory(job);
}

/** Moves an old target back to its place when the job failed or died between moving it aside and putting the new one there. */
export async function restoreReplaced(store: Store, job: string): Promise<void> {
  if (!(await exists(store, `${job}/target`)) || !(await exists(store, `${job}/replaced`))) {
    return;
  }
  const target = (await store.readFile(`${job}/target`, NOTE_BYTES_MAX)).toString('utf8');
  if (await exists(store, target)) {
    return;
  }
  try {
    await store.rename(`${job}/replaced`, target);
  } catch (error) {
    // Another server clearing up at the same time was quicker.
    if (error instanceof StoreError && error.code === 'not-found') {
      return;
    }
    throw error;
  }
  await store.syncDirectory(parentOf(target));
}

/** True when something of that name is there. */
export async function exists(store: Store, path: string): Promise<boolean> {
  try {
    await store.stat(path);
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'not-found') {
      return false;
    }
    throw error;
  }
}

async function writeNote(store: Store, job: string, target: string): Promise<void> {
  const note = await store.open(`${job}/target`, 'create');
  try {
    await note.write(Buffer.from(target));
    await note.sync();
  } finally {
    await note.close();
  }
  await store.syncDirectory(job);
}
