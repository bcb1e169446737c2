import type { Stats } from 'node:fs';
import { lstatSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { boundedMap } from './bounded-map.js';
import type { Mount } from './mounts.js';
import { isAbsence, toStoreError } from './store-error.js';

/** File systems whose attributes come from the kernel's own memory or a local disk: asking takes microseconds. */
const LOCAL_TYPES: ReadonlySet<string> = new Set(['btrfs', 'ext2', 'ext3', 'ext4', 'overlay', 'tmpfs', 'xfs', 'zfs']);

/** How long attributes are asked for without giving other work a turn. */
const SLICE_MS = 5;

/**
 * Attributes of names in a directory, links not followed; undefined for names that are gone. On local file systems they are
 * asked for in place, in slices of time: a trip through the thread pool costs ten times the call itself.
 */
export async function lstatNames(directory: string, names: readonly string[], mount: Mount | undefined): Promise<(Stats | undefined)[]> {
  if (mount === undefined || !LOCAL_TYPES.has(mount.type)) {
    return await boundedMap(names, async (name) => await lstatIfThere(join(directory, name)));
  }
  const found: (Stats | undefined)[] = [];
  let sliceEnd = performance.now() + SLICE_MS;
  for (const name of names) {
    found.push(lstatNow(join(directory, name)));
    if (performance.now() > sliceEnd) {
      await nextTurn();
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
  return found;
}

async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isAbsence(error)) {
      return undefined;
    }
    throw toStoreError(error, path);
  }
}

function lstatNow(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw toStoreError(error, path);
  }
}
