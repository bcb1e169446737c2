import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Binder } from '../../executor/binder/binder.js';
import type { PoolLog } from '../../executor/pool/options.js';
import { ExecutorPool } from '../../executor/pool/pool.js';
import type { ClusterGateway } from '../../executor/cluster/join-as-gateway.js';
import type { QueryEngine } from '../../executor/query-engine.js';
import { removeAbandonedStaging } from '../../fs/commit/staging.js';
import { claimDirectory, releaseDirectory, removeAbandoned } from '../../fs/owner/owner.js';
import type { GapFill } from '../../fs/s3/cached-object.js';
import { DataRoots } from '../../fs/store/data-roots.js';
import { isInside } from '../../fs/store/store-path.js';
import { loadParser } from '../../planner/parse/parser.js';
import { Activity } from '../activity/activity.js';
import { DatasetCatalog } from '../catalog/datasets.js';
import { JobRunner } from '../jobs/run-job.js';
import { SequenceAllocator } from '../sequences/allocator.js';
import type { Services } from '../session/services.js';
import { SessionRegistry } from '../session/session-registry.js';
import { findHistoryDirectory } from './catalog-place.js';
import type { Directories } from './directories.js';
import { followPast } from './follow-past.js';
import { makeDirectory, openDirectories } from './directories.js';
import { poolLog, startLog } from './log.js';
import { openCatalog, openTemporaryCatalog } from './open-catalog.js';
import type { OptionValues } from './options.js';
import { durationOption, MEMORY_BYTES_DEFAULT, THREADS_DEFAULT } from './options.js';
import { UsageError } from './usage-error.js';

/** Everything below the sockets, started together and stopped together. */
export interface Engine {
  readonly services: Services;
  /** Null when queries run in processes of this machine. */
  readonly cluster: ClusterGateway | null;
  close(): Promise<void>;
}

/** The database name clients connect to. */
export const DATABASE_NAME = 'sluice';

/** Executor processes kept ready unless --executors says otherwise. */
const EXECUTOR_COUNT_DEFAULT = 2;

/** Most executor processes unless --executors-max says otherwise: every running query and every half-read portal holds one. */
const EXECUTOR_COUNT_MAX_DEFAULT = 32;

/** Starts executors, binder and catalog over a data directory or a place in S3; `gapFill` is what tests put where nothing was fetched. */
export async function startEngine(values: OptionValues, gapFill: GapFill = 'hole'): Promise<Engine> {
  const directories = openDirectories(values);
  const { data, stateDirectory, spillDirectory } = directories;
  const stubDirectory = makeDirectory(join(spillDirectory, 'stubs'), 'spill');
  const log = startLog(values);
  const temporaryParent = join(stateDirectory, 'temporary');
  await removeAbandoned(temporaryParent);
  const temporaryDirectory = join(temporaryParent, randomUUID());
  await claimDirectory(temporaryDirectory);
  // Loaded for a root in S3 alone.
  const remote = data.kind === 's3' ? await (await import('./s3-root.js')).openS3Root(data.url, values, stateDirectory, gapFill) : null;
  const roots = remote?.roots ?? (await DataRoots.open(data.kind === 's3' ? [] : [data.path]));
  if (remote === null) {
    await removeAbandonedStaging(roots.first);
  }
  await loadParser();
  const dataRoot = remote?.directory ?? roots.first.root;
  const readableRoots = [dataRoot, stateDirectory];
  const lakeCache = join(temporaryDirectory, 'lake');
  const lake =
    remote === null
      ? await openCatalog({ dataRoot, readableRoots, cacheDirectory: lakeCache, option: values.get('catalog') })
      : openTemporaryCatalog({ dataRoot, readableRoots, cacheDirectory: lakeCache, option: values.get('catalog') });
  const processLog = poolLog(log);
  const { pool, cluster, binder } = await closingOnFailure(lake, async () => {
    const executors = await startExecutors(values, directories, [...readableRoots, ...adoptedRoots(lake.dataPath, dataRoot, values)], processLog);
    return closingOnFailure(executors.pool, async () => ({
      ...executors,
      binder: await Binder.start({ stubDirectory, spillDirectory, readableRoots, log: processLog }),
    }));
  });
  const activity = new Activity();
  const past = await followPast(activity, findHistoryDirectory(dataRoot, readableRoots, values.get('history')), values, log);
  const sequences = new SequenceAllocator(lake);
  const objects = remote?.objects ?? null;
  const datasets = new DatasetCatalog({ roots, inspector: binder, objects, log });
  const services: Services = {
    pool,
    binder,
    datasets,
    objects,
    lake,
    sequences,
    upkeep: { snapshotRetentionMs: durationOption(values, 'snapshot-retention', null) },
    sessions: new SessionRegistry(),
    activity,
    jobs: cluster?.jobs ?? null,
    executors: cluster?.executors ?? (() => []),
    dataRoot,
    temporaryDirectory,
    database: DATABASE_NAME,
    log,
  };
  const stopJobs = new AbortController();
  if (cluster !== null) {
    const runner = new JobRunner(services, cluster.jobs, cluster.id, stopJobs.signal);
    cluster.jobs.work((id) => runner.run(id));
  }
  return {
    cluster,
    services,
    close: async () => {
      stopJobs.abort();
      await Promise.all([pool.close(), binder.close()]);
      await past.close();
      await sequences.release();
      await lake.close();
      await remote?.close();
      await releaseDirectory(temporaryDirectory);
    },
  };
}

/** Where the tables' files are when a catalog that others made has them elsewhere: executors need that directory, and nobody's SQL names it. */
function adoptedRoots(dataPath: string, dataRoot: string, values: OptionValues): readonly string[] {
  if (isInside(dataRoot, dataPath)) {
    return [];
  }
  if (values.has('redis')) {
    throw new UsageError(`the catalog's data files are in ${dataPath}: with --redis they must be inside the data directory, which all members see`);
  }
  return [dataPath];
}

interface Executors {
  readonly pool: QueryEngine;
  readonly cluster: ClusterGateway | null;
}

/** The processes of this machine, or with --redis those of the cluster. */
async function startExecutors(values: OptionValues, directories: Directories, readableRoots: readonly string[], log: PoolLog): Promise<Executors> {
  if (values.has('redis')) {
    const { joinCluster } = await import('./cluster.js');
    const cluster = await joinCluster(values, directories, log);
    return { pool: cluster.engine, cluster };
  }
  const executorCount = Number(values.get('executors') ?? EXECUTOR_COUNT_DEFAULT);
  const pool = await ExecutorPool.start({
    executorCount,
    executorCountMax: Math.max(executorCount, Number(values.get('executors-max') ?? EXECUTOR_COUNT_MAX_DEFAULT)),
    threads: Number(values.get('threads') ?? THREADS_DEFAULT),
    memoryBytes: Number(values.get('memory') ?? MEMORY_BYTES_DEFAULT),
    spillDirectory: directories.spillDirectory,
    shuffleDirectory: directories.shuffleDirectory,
    readableRoots,
    writableRoots: readableRoots,
    log,
  });
  return { pool, cluster: null };
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
