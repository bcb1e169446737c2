import { lstat, mkdir, readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { boundedMap } from '../store/bounded-map.js';
import { mountOf, readMounts } from '../store/mounts.js';
import { removeAbsoluteTree } from '../store/remove-tree.js';
import { errnoOf, toStoreError } from '../store/store-error.js';
import type { ProcessIdentity } from './process-identity.js';
import { livenessOf, ownIdentity } from './process-identity.js';

/**
 * The record of a directory `x` is the symbolic link `x.owner` beside it, whose target is the owner's identity: a link is
 * made in one step with its content, so that no one ever sees half a record. It exists before the directory does and until
 * the directory is gone: a directory without a record has no owner.
 */
const RECORD_SUFFIX = '.owner';

/** Makes a directory (and its parents) that belongs to this process: `removeAbandoned` removes it once the process is gone. */
export async function claimDirectory(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await symlink(printIdentity(await ownIdentity()), path + RECORD_SUFFIX);
    await mkdir(path);
  } catch (error) {
    throw toStoreError(error, path);
  }
}

/** Removes a claimed directory with all that is in it, then its record. */
export async function releaseDirectory(path: string): Promise<void> {
  try {
    await removeAbsoluteTree(path, mountOf(await readMounts(), path));
    await unlinkIfThere(path + RECORD_SUFFIX);
  } catch (error) {
    throw toStoreError(error, path);
  }
}

/** This process as owner records name it. */
export async function ownerName(): Promise<string> {
  return printIdentity(await ownIdentity());
}

/**
 * Removes the directories in `parent` whose owners are gone, and gives their paths. `beforeRemoval` may first put in order
 * what the dead owner left half done. Directories of owners on other machines are left alone, but for those that `isGone`
 * knows by the names that `ownerName` gave there.
 */
export async function removeAbandoned(
  parent: string,
  beforeRemoval?: (path: string) => Promise<void>,
  isGone?: (owner: string) => boolean,
): Promise<readonly string[]> {
  const abandoned = await listAbandoned(parent, isGone);
  await boundedMap(abandoned, async (path) => {
    await beforeRemoval?.(path);
    await releaseDirectory(path);
  });
  return abandoned;
}

async function listAbandoned(parent: string, isGone: ((owner: string) => boolean) | undefined): Promise<readonly string[]> {
  // Directories first, records second: a directory listed here had its record before, so a record found missing was never there.
  const names = new Set((await namesIn(parent)).map((name) => (name.endsWith(RECORD_SUFFIX) ? name.slice(0, -RECORD_SUFFIX.length) : name)));
  const checked = await boundedMap([...names], async (name) => {
    const path = join(parent, name);
    return (await isAbandoned(path, isGone)) ? [path] : [];
  });
  return checked.flat();
}

async function isAbandoned(path: string, isGone: ((owner: string) => boolean) | undefined): Promise<boolean> {
  const record = await readRecord(path);
  if (record === undefined) {
    return await isDirectory(path);
  }
  if (isGone?.(record) === true) {
    return true;
  }
  const identity = parseIdentity(record);
  return identity === undefined || (await livenessOf(identity)) === 'dead';
}

async function namesIn(parent: string): Promise<readonly string[]> {
  try {
    return await readdir(parent);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return [];
    }
    throw toStoreError(error, parent);
  }
}

async function readRecord(path: string): Promise<string | undefined> {
  try {
    return await readlink(path + RECORD_SUFFIX);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return undefined;
    }
    throw toStoreError(error, path);
  }
}

/** Files beside claimed directories are no one's business here. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return false;
    }
    throw toStoreError(error, basename(path));
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
  }
}

function printIdentity(identity: ProcessIdentity): string {
  const { machine, boot, namespace, processId, startTicks } = identity;
  return JSON.stringify([machine, boot, namespace, processId, startTicks]);
}

/** Undefined for links that are no records: nobody can vouch for them. */
function parseIdentity(text: string): ProcessIdentity | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
  const [machine, boot, namespace, processId, startTicks] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
  const valid =
    typeof machine === 'string' && typeof boot === 'string' && typeof namespace === 'string' && typeof processId === 'number' && typeof startTicks === 'string';
  return valid ? { machine, boot, namespace, processId, startTicks } : undefined;
}
