import { SLUICE_VERSION } from '../settings/definitions.js';
import { openDirectories, sharedDirectory } from './directories.js';
import { poolLog, startLog } from './log.js';
import { durationOption, MEMORY_BYTES_DEFAULT, THREADS_DEFAULT } from './options.js';
import { UsageError } from './usage-error.js';
import { readOptions } from './read-options.js';
import { nextSignal } from './signals.js';

/** How long running tasks may go on after SIGTERM unless --drain-timeout says otherwise. */
const DRAIN_TIMEOUT_MS = 10 * 60_000;

/** `sluice executor`: runs tasks of a cluster until SIGTERM or SIGINT, finishes those it has, and ends; a second signal ends them. */
export async function runExecutor(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions('executor', argv, process.env);
  if (positionals.length > 0) {
    throw new UsageError(`sluice executor takes no arguments: ${positionals.join(' ')}`);
  }
  const stopped = nextSignal();
  const { openRedis, openSharedStore } = await import('./cluster.js');
  const { ExecutorHost } = await import('../../executor/cluster/executor-host.js');
  const { redis, names } = await openRedis(values);
  const threads = Number(values.get('threads') ?? THREADS_DEFAULT);
  const places = Number(values.get('executors') ?? threads);
  try {
    const directories = openDirectories(values);
    const { stateDirectory, shuffleDirectory, spillDirectory } = directories;
    const host = await ExecutorHost.join({
      redis,
      names,
      release: SLUICE_VERSION,
      store: await openSharedStore(directories),
      shuffleDirectory,
      spillDirectory,
      readableRoots: [sharedDirectory(directories.data), stateDirectory],
      threads,
      places,
      memoryBytes: Number(values.get('memory') ?? MEMORY_BYTES_DEFAULT),
      labels: (values.get('labels') ?? '').split(',').filter((label) => label !== ''),
      log: poolLog(startLog(values)),
    });
    process.stdout.write(`sluice executor is ready: ${places} tasks at a time, ${threads} threads\n`);
    await stopped;
    const stop = new AbortController();
    const timeoutMs = durationOption(values, 'drain-timeout', DRAIN_TIMEOUT_MS);
    const timer = timeoutMs === null ? undefined : setTimeout(() => stop.abort(), timeoutMs);
    void nextSignal().then(() => stop.abort());
    await host.drain(stop.signal);
    clearTimeout(timer);
    return 0;
  } finally {
    redis.disconnect();
  }
}
