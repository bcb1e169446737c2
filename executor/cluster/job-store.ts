import { Queue, Worker } from 'bullmq';
import type { ClusterNames } from './names.js';
import type { Versions } from './member.js';
import type { RedisConnection } from './redis-connection.js';

/**
 * A job: a statement that runs without a connection.
 *
 *   queued --a gateway takes it--> running --> done | failed | canceled
 *      ^-----the gateway is gone-----/
 */
export interface JobRecord {
  readonly id: string;
  readonly role: string;
  readonly statement: string;
  /** Settings of the session that submitted it. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'canceled';
  /** Milliseconds since 1970. */
  readonly submittedMs: number;
  readonly startedMs?: number;
  readonly endedMs?: number;
  /** The gateway that runs it, or ran it last. */
  readonly gateway?: string;
  /** Times it was begun. */
  readonly attempts: number;
  /** Command tag of its last statement. */
  readonly tag?: string;
  readonly error?: { readonly sqlstate: string; readonly message: string; readonly detail?: string };
}

/** Jobs that one gateway runs at the same time. */
const CONCURRENCY = 4;

/** A job whose gateway died is taken over after this time. */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;

/** Times a job may be taken over or put back. */
const TAKEOVERS_MAX = 100;

/** Wait of a job that a gateway put back before another takes it. */
const PUT_BACK_MS = 500;

/** Runs a job to its end; throws when another gateway is to go on with it. */
export type RunJob = (id: string) => Promise<void>;

/** The cluster's jobs: their records, and the queue from which gateways take them. */
export class JobStore {
  readonly #redis: RedisConnection;
  readonly #names: ClusterNames;
  readonly #queueName: string;
  readonly #queue: Queue;
  #worker: Worker | null = null;

  constructor(redis: RedisConnection, names: ClusterNames, versions: Versions) {
    this.#redis = redis;
    this.#names = names;
    this.#queueName = `jobs-p${versions.protocol}-${versions.duckdb}`;
    this.#queue = new Queue(this.#queueName, {
      connection: redis,
      prefix: names.queues,
      streams: { events: { maxLen: 100 } },
      skipWaitingForReady: true,
    });
    this.#queue.on('error', () => undefined);
  }

  /** True while Redis can be asked. */
  get isReachable(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Takes jobs from the queue and runs them. */
  work(run: RunJob): void {
    this.#worker = new Worker(this.#queueName, (job) => run(job.id ?? ''), {
      connection: this.#redis,
      prefix: this.#names.queues,
      concurrency: CONCURRENCY,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: TAKEOVERS_MAX,
    });
    this.#worker.on('error', () => undefined);
  }

  /** Keeps a new job and queues it. */
  async submit(record: JobRecord): Promise<void> {
    await this.write(record);
    await this.#queue.add(
      'job',
      {},
      {
        jobId: record.id,
        attempts: TAKEOVERS_MAX,
        backoff: { type: 'fixed', delay: PUT_BACK_MS },
        removeOnComplete: true,
        removeOnFail: true,
      },
    );
  }

  async read(id: string): Promise<JobRecord | null> {
    const text = await this.#redis.hget(this.#names.jobs, id);
    return text === null ? null : JSON.parse(text);
  }

  /** All jobs, oldest first. */
  async list(): Promise<readonly JobRecord[]> {
    const texts: Readonly<Record<string, string>> = await this.#redis.hgetall(this.#names.jobs);
    return Object.values(texts)
      .map((text): JobRecord => JSON.parse(text))
      .toSorted((a, b) => a.submittedMs - b.submittedMs);
  }

  async write(record: JobRecord): Promise<void> {
    await this.#redis.hset(this.#names.jobs, record.id, JSON.stringify(record));
  }

  /** Forgets a job that has ended. */
  async remove(id: string): Promise<void> {
    await this.#redis.hdel(this.#names.jobs, id);
    await this.#redis.srem(this.#names.canceledJobs, id);
  }

  /** Asks whoever runs a job to stop it. */
  async cancel(id: string): Promise<void> {
    await this.#redis.sadd(this.#names.canceledJobs, id);
  }

  async isCanceled(id: string): Promise<boolean> {
    return (await this.#redis.sismember(this.#names.canceledJobs, id)) === 1;
  }

  /** Stops taking jobs; those that run must have been told to stop. */
  async close(): Promise<void> {
    await this.#worker?.close();
    await this.#queue.close();
  }
}
