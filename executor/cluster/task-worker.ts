import { Worker } from 'bullmq';
import type { Job } from 'bullmq';
import type { LinkPool } from './link-pool.js';
import type { TaskJob } from './link-messages.js';
import type { Versions } from './member.js';
import type { ClusterNames } from './names.js';
import type { RedisConnection } from './redis-connection.js';
import type { Registry } from './registry.js';
import { queueName, SHARES } from './task-queues.js';

/**
 * A job whose executor died is taken for stalled after this time. Its gateway learns of the death at once, by the link; this is
 * for the moment between taking a job and claiming its task.
 */
const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5_000;

/** Times a job may stall: its task is given out once in any case. */
const STALLED_COUNT_MAX = 5;

/** Links on which one claim is tried. */
const CLAIM_TRIES = 3;

/** What a worker works with. */
export interface TaskWorkerOptions {
  readonly redis: RedisConnection;
  readonly names: ClusterNames;
  readonly versions: Versions;
  readonly registry: Registry;
  readonly links: LinkPool;
  /** Tasks at a time, of each share. */
  readonly places: number;
}

/** Takes tasks' jobs from the queues; a job is over when its task is, whatever became of that. */
export class TaskWorker {
  readonly #options: TaskWorkerOptions;
  readonly #workers: readonly Worker<TaskJob>[];
  #runningCount = 0;

  constructor(options: TaskWorkerOptions) {
    this.#options = options;
    this.#workers = SHARES.map((share) => {
      const worker = new Worker<TaskJob>(queueName(share, options.versions), (job) => this.#perform(job), {
        connection: options.redis,
        prefix: options.names.queues,
        concurrency: options.places,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        maxStalledCount: STALLED_COUNT_MAX,
      });
      // Of the connection, which reports its own, and of jobs whose lock was lost while Redis was away: their gateways know better.
      worker.on('error', () => undefined);
      return worker;
    });
  }

  /** Tasks being done. */
  get runningCount(): number {
    return this.#runningCount;
  }

  /** Takes no more jobs and resolves when those taken are done. */
  async drain(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  async #perform(job: Job<TaskJob>): Promise<void> {
    const { links, registry } = this.#options;
    this.#runningCount += 1;
    try {
      // A link kept from an earlier task may have been closed by its gateway meanwhile: then a new one is dialled.
      for (let tries = 0; tries < CLAIM_TRIES; tries += 1) {
        const link = await links.take(job.data);
        const outcome = await link.perform(job.id ?? '', job.data.secret).finally(() => links.give(job.data, link));
        if (outcome !== 'unanswered') {
          return;
        }
      }
      throw new Error(`the gateway at ${job.data.host}:${job.data.port} closed the connection`);
    } catch (error) {
      if (await registry.has('gateway', job.data.gateway)) {
        throw error; // BullMQ gives the job to an executor again, after a while
      }
      // Nobody waits for it any more.
    } finally {
      this.#runningCount -= 1;
    }
  }
}
