import { Queue } from 'bullmq';
import type { ClusterNames } from './names.js';
import type { Versions } from './member.js';
import type { TaskJob } from './link-messages.js';
import type { RedisConnection } from './redis-connection.js';

/**
 * Tasks of a query go to `interactive` until they have taken some seconds together, then to `batch`. Each executor serves both
 * with places of their own, so that a short query never stands behind the thousand tasks of a long one.
 */
export const SHARES = ['interactive', 'batch'] as const;
export type Share = (typeof SHARES)[number];

/** The queue of a share. Members of other versions have queues of their own: a task never meets a DuckDB that is not its gateway's. */
export function queueName(share: Share, { protocol, duckdb }: Versions): string {
  return `${share}-p${protocol}-${duckdb}`;
}

/**
 * Times executors try to reach a gateway before its job fails, and the wait before the second try; each wait is twice the one
 * before. Together that is longer than the record of a dead gateway lives: the jobs of one are dropped, not failed.
 */
const DIAL_ATTEMPTS = 7;
const DIAL_BACKOFF_MS = 250;

/** Jobs that failed are kept so long for their gateway to look at, and so many. */
const FAILED_JOBS_KEPT = { age: 300, count: 1_000 };

/** BullMQ's event stream is not read: only its end is kept. */
const EVENTS_MAX = 100;

/** What a gateway knows of a task's job. */
export type JobState = { readonly kind: 'there' } | { readonly kind: 'missing' } | { readonly kind: 'failed'; readonly reason: string };

/** The gateway's side of the queues. */
export class TaskQueues {
  readonly #queues: Readonly<Record<Share, Queue<TaskJob>>>;

  constructor(redis: RedisConnection, names: ClusterNames, versions: Versions) {
    const open = (share: Share): Queue<TaskJob> => {
      const queue = new Queue<TaskJob>(queueName(share, versions), {
        connection: redis,
        prefix: names.queues,
        streams: { events: { maxLen: EVENTS_MAX } },
        skipWaitingForReady: true,
      });
      queue.on('error', () => undefined); // of the connection, which reports its own
      return queue;
    };
    this.#queues = { interactive: open('interactive'), batch: open('batch') };
  }

  /** Adds a task's job, or does nothing when it is there. Waits while Redis is away. */
  async add(share: Share, id: string, job: TaskJob, delayMs: number): Promise<void> {
    await this.#queues[share].add('task', job, {
      jobId: id,
      attempts: DIAL_ATTEMPTS,
      backoff: { type: 'exponential', delay: DIAL_BACKOFF_MS },
      removeOnComplete: true,
      removeOnFail: FAILED_JOBS_KEPT,
      ...(delayMs > 0 ? { delay: delayMs } : {}),
    });
  }

  /** Takes a job out that no executor has taken; one that has it is told when it claims the task. */
  async remove(share: Share, id: string): Promise<void> {
    await this.#queues[share].remove(id);
  }

  /** What became of a job. */
  async look(share: Share, id: string): Promise<JobState> {
    const job = await this.#queues[share].getJob(id);
    if (job === undefined) {
      return { kind: 'missing' };
    }
    return (await job.isFailed()) ? { kind: 'failed', reason: job.failedReason } : { kind: 'there' };
  }

  async close(): Promise<void> {
    await Promise.all(SHARES.map((share) => this.#queues[share].close()));
  }
}
