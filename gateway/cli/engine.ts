import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import pino from 'pino';
import { Binder } from '../../executor/binder/binder.js';
import { ExecutorPool } from '../../executor/pool/pool.js';
import { removeAbandonedStaging } from '../../fs/commit/staging.js';
import { claimDirectory, releaseDirectory, removeAbandoned } from '../../fs/owner/owner.js';
import { DataRoots } from '../../fs/store/data-roots.js';
import { loadParser } from '../../planner/parse/parser.js';
import { DatasetCatalog } from '../catalog/datasets.js';
import { SequenceAllocator } from '../sequences/allocator.js';
import type { Log, Services } from '../session/services.js';
import { SessionRegistry } from '../session/session-registry.js';
import { openCatalog } from './open-catalog.js';
import type { OptionValues } from './options.js';
import { durationOption, MEMORY_BYTES_DEFAULT, THREADS_DEFAULT, UsageError } from './options.js';

/** Everything below the sockets, started together and stopped together. */
export interface Engine {
  readonly services: Services;
  close(): Promise<void>;
}

/** The database name clients connect to. */
export const DATABASE_NAME = 'sluice';

/** Executor processes kept ready unless --executors says otherwise. */
const EXECUTOR_COUNT_DEFAULT = 2;

/** Most executor processes unless --executors-max says otherwise: every running query and every half-read portal holds one. */
const EXECUTOR_COUNT_MAX_DEFAULT = 32;

/** Starts executors, binder and catalog over a data directory. */
export async function startEngine(values: OptionValues): Promise<Engine> {
  const dataRoot = requireDirectory(values.get('data'));
  const stateDirectory = makeDirectory(values.get('state') ?? join(dataRoot, '.sluice'), 'state');
  const shuffleDirectory = makeDirectory(join(stateDirectory, 'shuffle'), 'state');
  const spillDirectory = values.has('spill') ? makeDirectory(values.get('spill') ?? '', 'spill') : makeOwnSpillDirectory();
  const stubDirectory = makeDirectory(join(spillDirectory, 'stubs'), 'spill');
  const log = startLog(values.get('log-level') ?? 'info');
  const executorCount = Number(values.get('executors') ?? EXECUTOR_COUNT_DEFAULT);
  const executorCountMax = Math.max(executorCount, Number(values.get('executors-max') ?? EXECUTOR_COUNT_MAX_DEFAULT));
  const temporaryParent = join(stateDirectory, 'temporary');
  await removeAbandoned(temporaryParent);
  const temporaryDirectory = join(temporaryParent, randomUUID());
  await claimDirectory(temporaryDirectory);
  const roots = await DataRoots.open([dataRoot]);
  await removeAbandonedStaging(roots.first);
  await loadParser();
  const readableRoots = [...roots.stores.map((store) => store.root), stateDirectory];
  const lake = await openCatalog({ dataRoot, readableRoots, cacheDirectory: join(temporaryDirectory, 'lake'), option: values.get('catalog') });
  const processLog = poolLog(log);
  const { pool, binder } = await closingOnFailure(lake, async () => {
    const executors = await ExecutorPool.start({
      executorCount,
      executorCountMax,
      threads: Number(values.get('threads') ?? THREADS_DEFAULT),
      memoryBytes: Number(values.get('memory') ?? MEMORY_BYTES_DEFAULT),
      spillDirectory,
      shuffleDirectory,
      readableRoots,
      writableRoots: readableRoots,
      log: processLog,
    });
    return closingOnFailure(executors, async () => ({
      pool: executors,
      binder: await Binder.start({ stubDirectory, spillDirectory, readableRoots, log: processLog }),
    }));
  });
  const sequences = new SequenceAllocator(lake);
  const datasets = new DatasetCatalog({ roots, inspector: binder, log });
  return {
    services: {
      pool,
      binder,
      datasets,
      lake,
      sequences,
      upkeep: { snapshotRetentionMs: durationOption(values, 'snapshot-retention', null) },
      sessions: new SessionRegistry(),
      dataRoot,
      temporaryDirectory,
      database: DATABASE_NAME,
      log,
    },
    close: async () => {
      await Promise.all([pool.close(), binder.close()]);
      await sequences.release();
      await lake.close();
      await releaseDirectory(temporaryDirectory);
    },
  };
}

/** What was started is closed when the next step fails: a child that is left running would keep this process from ending. */
async function closingOnFailure<T>(started: { close(): Promise<void> }, next: () => Promise<T>): Promise<T> {
  try {
    return await next();
  } catch (error) {
    await started.close();
    throw error;
  }
}

function poolLog(log: Log): { info(fields: object, message: string): void; warn(fields: object, message: string): void } {
  return {
    info: (fields, message) => {
      log('info', { ...fields }, message);
    },
    warn: (fields, message) => {
      log('warn', { ...fields }, message);
    },
  };
}

function startLog(level: string): Log {
  const logger = pino({ level, base: null }, pino.destination(2));
  return (severity, fields, message) => {
    logger[severity](fields, message);
  };
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

function makeDirectory(path: string, option: string): string {
  try {
    mkdirSync(path, { recursive: true });
    return realpathSync(path);
  } catch (error) {
    throw new UsageError(`--${option} ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
