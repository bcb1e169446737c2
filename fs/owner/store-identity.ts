import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf, toStoreError } from '../store/store-error.js';

const FILE_NAME = 'store-id';

/** Names of a store that was just written to by another machine may be "not found" for this long (3FS caches that for 5 s). */
const VISIBLE_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 200;

/**
 * The identity of a shared directory, made by whoever looks first: two machines that read the same one have the same
 * directory mounted, under whatever path. Throws StoreError.
 */
export async function storeIdentity(directory: string): Promise<string> {
  const path = join(directory, FILE_NAME);
  const draft = `${path}.${randomUUID()}`;
  try {
    const there = await readIfThere(path);
    if (there !== null) {
      return there;
    }
    await mkdir(directory, { recursive: true });
    await writeFile(draft, `${randomUUID()}\n`);
    try {
      await link(draft, path); // exclusive, and with its content, on every file system that has hard links
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') {
        throw error;
      }
    } finally {
      await unlink(draft);
    }
    return await readSoon(path);
  } catch (error) {
    throw toStoreError(error, path);
  }
}

async function readSoon(path: string): Promise<string> {
  for (let waitedMs = 0; ; waitedMs += LOOK_AGAIN_MS) {
    const there = await readIfThere(path);
    if (there !== null || waitedMs >= VISIBLE_WITHIN_MS) {
      return there ?? (await readFile(path, 'utf8')).trim();
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? null : text;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return null;
    }
    throw error;
  }
}
