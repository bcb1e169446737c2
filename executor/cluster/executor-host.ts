import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { dirname } from 'node:path';
import { LeaseDesk } from '../pool/lease-desk.js';
import type { PoolLog } from '../pool/options.js';
import { LinkPool } from './link-pool.js';
import type { ExecutorRecord, SharedStore } from './member.js';
import { mismatchOf, ownVersions } from './member.js';
import type { ClusterNames } from './names.js';
import type { RedisConnection } from './redis-connection.js';
import { Registry } from './registry.js';
import { TaskWorker } from './task-worker.js';

/** How an executor is set up. */
export interface ExecutorHostOptions {
  readonly redis: RedisConnection;
  readonly names: ClusterNames;
  readonly release: string;
  readonly store: SharedStore;
  readonly shuffleDirectory: string;
  readonly spillDirectory: string;
  readonly readableRoots: readonly string[];
  readonly threads: number;
  readonly places: number;
  readonly memoryBytes: number;
  readonly labels: readonly string[];
  readonly log: PoolLog;
}

/** An executor of a cluster: its DuckDB processes, its record in the registry, and the worker that takes tasks for them. */
export class ExecutorHost {
  readonly #options: ExecutorHostOptions;
  readonly #processes: LeaseDesk;
  readonly #links: LinkPool;
  readonly #worker: TaskWorker;
  readonly #leave: () => Promise<void>;
  readonly #setDraining: () => Promise<void>;

  private constructor(
    options: ExecutorHostOptions,
    parts: {
      readonly processes: LeaseDesk;
      readonly links: LinkPool;
      readonly worker: TaskWorker;
      readonly leave: () => Promise<void>;
      readonly setDraining: () => Promise<void>;
    },
  ) {
    this.#options = options;
    this.#processes = parts.processes;
    this.#links = parts.links;
    this.#worker = parts.worker;
    this.#leave = parts.leave;
    this.#setDraining = parts.setDraining;
  }

  /** Joins the cluster. Throws Error that says why when its gateways cannot use this executor. */
  static async join(options: ExecutorHostOptions): Promise<ExecutorHost> {
    const { redis, names, store, places } = options;
    const registry = new Registry(redis, names);
    const id = `${hostname()}-${randomUUID().slice(0, 8)}`;
    const versions = ownVersions();
    await refuseMismatch(registry, { versions, store });
    await mkdir(dirname(options.shuffleDirectory), { recursive: true });
    const processes = await LeaseDesk.open({
      executorCount: places,
      executorCountMax: 2 * places,
      threads: options.threads,
      memoryBytes: options.memoryBytes,
      spillDirectory: options.spillDirectory,
      shuffleDirectory: options.shuffleDirectory,
      readableRoots: options.readableRoots,
      writableRoots: options.readableRoots,
      log: options.log,
    });
    const links = new LinkPool({ executor: id, processes, threads: options.threads });
    let state: ExecutorRecord['state'] = 'ready';
    let worker: TaskWorker | null = null;
    const startedMs = Date.now();
    const enrolment = await registry.enter('executor', id, () => ({
      id,
      release: options.release,
      versions,
      host: hostname(),
      processId: process.pid,
      store,
      startedMs,
      cores: availableParallelism(),
      threads: options.threads,
      places,
      memoryBytes: options.memoryBytes,
      labels: options.labels,
      state,
      runningCount: worker?.runningCount ?? 0,
    }));
    worker = new TaskWorker({ redis, names, versions, registry, links, places });
    const setDraining = async (): Promise<void> => {
      state = 'draining';
      await enrolment.renew();
    };
    return new ExecutorHost(options, { processes, links, worker, setDraining, leave: () => enrolment.leave() });
  }

  /** Takes no more tasks, finishes those it has, and leaves the cluster; `stop` ends what still runs at once. */
  async drain(stop: AbortSignal): Promise<void> {
    const { log, redis } = this.#options;
    log.info({ running: this.#worker.runningCount }, 'draining');
    if (redis.status === 'ready') {
      await this.#setDraining();
    }
    const end = (): void => this.#links.close();
    stop.addEventListener('abort', end, { once: true });
    await this.#worker.drain();
    await this.#leave();
    this.#links.close();
    await this.#processes.close();
    redis.disconnect();
  }
}

async function refuseMismatch(registry: Registry, own: Parameters<typeof mismatchOf>[0]): Promise<void> {
  const { present } = await registry.gateways();
  const reasons = present.map((gateway) => ({ gateway, reason: mismatchOf(own, gateway) }));
  const [first] = reasons;
  if (first !== undefined && reasons.every(({ reason }) => reason !== null)) {
    throw new Error(`this executor cannot join the cluster: ${first.reason ?? ''} (gateway ${first.gateway.id} on ${first.gateway.host})`);
  }
}
