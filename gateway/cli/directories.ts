import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { isS3Url } from '../../fs/s3/location.js';
import type { OptionValues } from './options.js';
import { UsageError } from './usage-error.js';

/** Where the tables' files are: a directory, its path without links, or a place in S3. */
export type DataPlace = { readonly kind: 'directory'; readonly path: string } | { readonly kind: 's3'; readonly url: string };

/** The directories that every command works in. */
export interface Directories {
  readonly data: DataPlace;
  readonly stateDirectory: string;
  readonly shuffleDirectory: string;
  readonly spillDirectory: string;
}

/** Makes what is missing of the directories named by --data, --state and --spill. Throws UsageError. */
export function openDirectories(values: OptionValues): Directories {
  const data = openDataPlace(values.get('data'));
  const stateDirectory = makeDirectory(values.get('state') ?? ownStateDirectory(data), 'state');
  return {
    data,
    stateDirectory,
    shuffleDirectory: makeDirectory(join(stateDirectory, 'shuffle'), 'state'),
    spillDirectory: values.has('spill') ? makeDirectory(values.get('spill') ?? '', 'spill') : makeOwnSpillDirectory(),
  };
}

/** The data directory of a member of a cluster, whose members all see the same files. Throws UsageError. */
export function sharedDirectory(data: DataPlace): string {
  if (data.kind === 's3') {
    throw new UsageError(`--redis with --data ${data.url}: a cluster over data in S3 is not supported`);
  }
  return data.path;
}

function openDataPlace(data: string | undefined): DataPlace {
  return data !== undefined && isS3Url(data) ? { kind: 's3', url: data } : { kind: 'directory', path: requireDirectory(data) };
}

function ownStateDirectory(data: DataPlace): string {
  if (data.kind === 's3') {
    throw new UsageError(`--state DIR is required with --data ${data.url}: a local directory for copies of what is read, and for results being written`);
  }
  return join(data.path, '.sluice');
}

function requireDirectory(path: string | undefined): string {
  if (path === undefined) {
    throw new UsageError('--data DIR is required: the directory whose files and folders are the tables');
  }
  try {
    const absolute = realpathSync(resolve(path));
    if (statSync(absolute).isDirectory()) {
      return absolute;
    }
  } catch (error) {
    throw new UsageError(`--data ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new UsageError(`--data ${path}: not a directory`);
}

/** The temporary directory is everybody's: what lies there must be this user's own and closed to others, for queries read it back. */
function makeOwnSpillDirectory(): string {
  const path = join(tmpdir(), `sluice-spill-${userInfo().uid}`);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(path);
  if (uid !== userInfo().uid || (mode & 0o077) !== 0) {
    throw new UsageError(`${path} does not belong to this user alone; remove it or name another directory with --spill`);
  }
  return realpathSync(path);
}

/** Makes a directory that an option names; gives its path without links. */
export function makeDirectory(path: string, option: string): string {
  try {
    mkdirSync(path, { recursive: true });
    return realpathSync(path);
  } catch (error) {
    throw new UsageError(`--${option} ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
