import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { cancelError, TaskRun } from '../pool/task-run.js';
import type { TaskSettings, TaskWork } from '../protocol/messages.js';
import { ClaimedLink } from './claimed-link.js';
import type { ClaimedTask, LinkHost } from './claimed-link.js';
import type { FromLink, TaskJob } from './link-messages.js';
import type { RedisConnection } from './redis-connection.js';
import type { Share, TaskQueues } from './task-queues.js';

/** How often tasks that nobody has claimed are looked after, and from which age on. */
const LOOK_MS = 1_000;

/** How long Redis may be away before tasks that wait for it fail. */
const REDIS_AWAY_MS_MAX = 30_000;

/** Links that have not shown a secret. */
const UNKNOWN_LINKS_MAX = 1_000;

/** A copy is kept from the executor of its original so many times, with this wait between; then it is better there than nowhere. */
const REFUSALS_MAX = 20;
const REFUSED_DELAY_MS = 50;

/** The version of preludes that are the same in every gateway of a release. */
const FIXED_VERSION = 'fixed';

/** What a task is queued with. */
export interface Submission {
  readonly work: TaskWork;
  readonly settings: TaskSettings;
  readonly attempt: number;
  readonly share: Share;
  /** For a copy of a straggler: the run that it is a copy of, whose executor is not to have it. */
  readonly beside: (() => TaskRun | null) | null;
  /** Wait before an executor may take it: the back-off of a task that is tried again. */
  readonly delayMs: number;
}

/**
 * A task from its submission to its end.
 *
 *   queued --claim--> running --last message, link lost--> ended
 *      \--cancelled, job failed, Redis away----------------^
 */
interface QueuedTask {
  readonly id: string;
  readonly job: TaskJob;
  readonly share: Share;
  readonly run: TaskRun;
  readonly message: ClaimedTask['message'];
  readonly sinceMs: number;
  readonly beside: Submission['beside'];
  /** Times it was refused to the executor it is not for; each time its job is another one. */
  refusedCount: number;
  link: ClaimedLink | null;
}

/** How a desk is set up. */
export interface TaskDeskOptions {
  readonly gateway: string;
  readonly release: string;
  readonly host: string;
  readonly port: number;
  readonly queues: TaskQueues;
  readonly redis: RedisConnection;
}

/**
 * Where a gateway's tasks wait for executors: each is a job in Redis that says where to dial, and the executor that dials with
 * the job's secret is given the work and sends back what comes of it. A task is given out once, whatever the queue repeats.
 */
export class TaskDesk implements LinkHost {
  readonly #options: TaskDeskOptions;
  readonly #server: Server;
  readonly #tasks = new Map<string, QueuedTask>();
  readonly #links = new Set<ClaimedLink>();
  readonly #lookTimer: NodeJS.Timeout;
  #port = 0;
  #nextTask = 1;
  #lastReadyMs = performance.now();
  #looking = false;

  private constructor(options: TaskDeskOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 }, (socket) => {
      const unknown = [...this.#links].filter((link) => link.executor === null).length;
      if (unknown >= UNKNOWN_LINKS_MAX) {
        socket.destroy();
        return;
      }
      this.#links.add(new ClaimedLink(socket, this));
    });
    this.#lookTimer = setInterval(() => void this.#look(), LOOK_MS);
  }

  /** Listens for executors. Rejects when the address cannot be taken. */
  static async listen(options: TaskDeskOptions): Promise<TaskDesk> {
    const desk = new TaskDesk(options);
    try {
      desk.#server.listen(options.port, options.host);
      await once(desk.#server, 'listening');
    } catch (error) {
      clearInterval(desk.#lookTimer);
      throw error;
    }
    const address = desk.#server.address();
    desk.#port = address !== null && typeof address === 'object' ? address.port : options.port;
    return desk;
  }

  get port(): number {
    return this.#port;
  }

  /** Tasks that wait for an executor, and tasks that run in one. */
  get counts(): { readonly waiting: number; readonly running: number } {
    const running = [...this.#tasks.values()].filter(({ link }) => link !== null).length;
    return { waiting: this.#tasks.size - running, running };
  }

  /** Queues a task. */
  submit({ work, settings, attempt, share, beside, delayMs }: Submission): TaskRun {
    const task = this.#nextTask++;
    const id = randomBytes(12).toString('hex');
    const { gateway, host } = this.#options;
    const run = new TaskRun(task, {
      cancel: () => this.#cancel(id),
      kill: () => this.#tasks.get(id)?.link?.destroy(),
      pause: () => this.#tasks.get(id)?.link?.pause(),
      resume: () => this.#tasks.get(id)?.link?.resume(),
    });
    const queued: QueuedTask = {
      id,
      job: { gateway, host, port: this.#port, secret: randomBytes(32).toString('base64url') },
      share,
      run,
      message: { kind: 'task', task, attempt, settings, work: this.#withOwnVersions(work) },
      sinceMs: performance.now() + delayMs,
      beside,
      refusedCount: 0,
      link: null,
    };
    this.#tasks.set(id, queued);
    void run.ended.then(() => this.#tasks.delete(id));
    this.#options.queues.add(share, id, queued.job, delayMs).catch(() => undefined); // looked after below
    return run;
  }

  claim(link: ClaimedLink, { id: jobId, secret, executor }: Extract<FromLink, { readonly kind: 'claim' }>): ClaimedTask | null | undefined {
    const queued = this.#tasks.get(jobId.split('-', 1)[0] ?? '');
    if (queued === undefined) {
      return null;
    }
    const [given, right] = [Buffer.from(secret), Buffer.from(queued.job.secret)];
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      return undefined;
    }
    if (queued.link !== null || queued.run.isEnded) {
      return null; // a job that the queue took for stalled, while its executor is at it
    }
    if (queued.refusedCount < REFUSALS_MAX && this.#isBeside(queued, executor)) {
      queued.refusedCount += 1;
      this.#options.queues.add(queued.share, jobIdOf(queued), queued.job, REFUSED_DELAY_MS).catch(() => undefined);
      return null;
    }
    queued.link = link;
    return { run: queued.run, message: queued.message };
  }

  closed(link: ClaimedLink): void {
    this.#links.delete(link);
  }

  /** Ends the links to executors that are gone; their tasks fail as lost. */
  dropExecutors(isGone: (executor: string) => boolean): void {
    for (const link of this.#links) {
      if (link.executor !== null && isGone(link.executor)) {
        link.destroy();
      }
    }
  }

  /** Ends all tasks and stops listening. */
  async close(): Promise<void> {
    clearInterval(this.#lookTimer);
    const reason = new SqlError(SQLSTATE.admin_shutdown, 'the server is shutting down');
    const ended = [...this.#tasks.values()].map(({ run }) => {
      run.cancel(reason);
      return run.ended;
    });
    await Promise.all(ended);
    for (const link of this.#links) {
      link.destroy();
    }
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  /** Versions of preludes are counted by each gateway for itself: in an executor that several use they say whose they are. */
  #withOwnVersions(work: TaskWork): TaskWork {
    const { gateway, release } = this.#options;
    const preludes = work.preludes.map((prelude) => ({ ...prelude, version: `${prelude.version === FIXED_VERSION ? release : gateway} ${prelude.version}` }));
    return preludes.length === 0 ? work : { ...work, preludes };
  }

  /** True when the executor runs the task that this one is a copy of. */
  #isBeside({ beside }: QueuedTask, executor: string): boolean {
    const original = beside?.() ?? null;
    return original !== null && [...this.#tasks.values()].some(({ run, link }) => run === original && link?.executor === executor);
  }

  #cancel(id: string): void {
    const queued = this.#tasks.get(id);
    if (queued === undefined) {
      return;
    }
    if (queued.link !== null) {
      queued.link.cancel(queued.message.task);
      return;
    }
    queued.run.fail(cancelError(null)); // the run reports the reason it was cancelled for
    this.#options.queues.remove(queued.share, jobIdOf(queued)).catch(() => undefined);
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    await this.#lookAfterTasks();
    this.#looking = false;
  }

  /** Jobs that Redis lost are added again, those that failed fail their tasks, and nobody waits for a Redis that stays away. */
  async #lookAfterTasks(): Promise<void> {
    const now = performance.now();
    const waiting = [...this.#tasks.values()].filter(({ link, sinceMs }) => link === null && now - sinceMs >= LOOK_MS);
    if (this.#options.redis.status !== 'ready') {
      if (now - this.#lastReadyMs > REDIS_AWAY_MS_MAX) {
        waiting.forEach(({ run }) =>
          run.fail(
            new SqlError(SQLSTATE.insufficient_resources, "the cluster's Redis cannot be reached", {
              hint: 'Tasks that executors had taken go on; new ones wait for Redis half a minute.',
            }),
          ),
        );
      }
      return;
    }
    this.#lastReadyMs = now;
    for (const queued of waiting) {
      const { share, job, run } = queued;
      const id = jobIdOf(queued);
      try {
        const state = await this.#options.queues.look(share, id);
        if (state.kind === 'missing' && !run.isEnded) {
          await this.#options.queues.add(share, id, job, 0);
        } else if (state.kind === 'failed') {
          await this.#options.queues.remove(share, id);
          run.fail(
            new SqlError(SQLSTATE.insufficient_resources, 'executors cannot reach this gateway', {
              detail: state.reason,
              hint: `Executors dial ${job.host}:${job.port}; say with --cluster-host and --cluster-port where they reach this gateway.`,
            }),
          );
        }
      } catch {
        return; // Redis went away meanwhile: the next look says so
      }
    }
  }
}

function jobIdOf({ id, refusedCount }: QueuedTask): string {
  return refusedCount === 0 ? id : `${id}-${refusedCount}`;
}
