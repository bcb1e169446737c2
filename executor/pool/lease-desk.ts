import { join } from 'node:path';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { ExecutorProcess } from './executor-process.js';
import { MemoryShare } from './memory-share.js';
import type { ExecutorPoolOptions, ExecutorPoolStatus } from './options.js';
import { ProcessFolder } from './process-folder.js';
import { cancelError } from './task-run.js';
import { WaitingLine } from './waiting-line.js';

/** How long a process above the warm count stays idle before it is ended. */
const IDLE_RETIRE_MS = 30_000;

/**
 * When another process is started for those who wait: as soon as every process has been held so long that it is not
 * about short statements, or when the first in line has waited this long all the same. Short statements are served
 * faster by the few processes there are: starting one costs as much as hundreds of them (measured: 16 clients of
 * `SELECT 1` on 2 cores had 850 statements a second with 2 processes and 115 while 14 more were started).
 */
const LEASE_LONG_MS = 30;
const WAIT_LONG_MS = 500;
const GROW_CHECK_MS = 10;

/** Wait before a process that failed to start is tried again, so that a broken machine is not kept busy with it. */
const RESTART_DELAY_MS = 500;

/**
 * Hands out processes, each to one statement at a time.
 *
 *   starting --> idle <--> leased     gone (crashed, killed, retired): replaced while fewer than `executorCount` live
 */
export class LeaseDesk {
  readonly #options: ExecutorPoolOptions;
  readonly #folder: ProcessFolder;
  readonly #line = new WaitingLine<ExecutorProcess>();
  /** Last in, first out: the process used last has the warmest caches, and the others can retire. */
  readonly #idle: ExecutorProcess[] = [];
  /** The processes handed out, with the time they were. */
  readonly #leased = new Map<ExecutorProcess, number>();
  readonly #retireTimers = new Map<ExecutorProcess, NodeJS.Timeout>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #ending = new Set<Promise<void>>();
  readonly share: MemoryShare;
  #growTimer: NodeJS.Timeout | null = null;
  #closed = false;

  private constructor(options: ExecutorPoolOptions, folder: ProcessFolder) {
    this.#options = options;
    this.#folder = folder;
    this.share = new MemoryShare(options.memoryBytes, (bytes) => {
      for (const leased of this.#leased.keys()) {
        leased.resize(bytes);
      }
    });
  }

  /** Starts the warm processes; fails when the first one cannot be started. */
  static async open(options: ExecutorPoolOptions): Promise<LeaseDesk> {
    const desk = new LeaseDesk(options, await ProcessFolder.open(join(options.spillDirectory, 'executors'), 'spill'));
    const starts: Promise<void>[] = [];
    for (let count = 0; count < options.executorCount; count++) {
      starts.push(desk.#startOne());
    }
    try {
      await Promise.all(starts);
    } catch (error) {
      await desk.close();
      throw error;
    }
    return desk;
  }

  /** A process for one statement: at once when one is idle, else when one is started or given back. */
  async acquire(signal: AbortSignal): Promise<ExecutorProcess> {
    if (this.#closed) {
      throw shutdownError();
    }
    if (signal.aborted) {
      throw cancelError(signal.reason);
    }
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      return this.#lease(idle);
    }
    const waiting = this.#line.wait(signal);
    this.#growWhenWaiting();
    return await waiting;
  }

  /** Gives a process back; it must be idle or gone. */
  release(leased: ExecutorProcess): void {
    if (this.#leased.delete(leased)) {
      this.share.update(this.#leased.size);
      this.#offer(leased);
    }
  }

  status(): ExecutorPoolStatus {
    const processes = [...this.#idle, ...this.#leased.keys()];
    return {
      idle: this.#idle.length,
      leased: this.#leased.size,
      starting: this.#starting.size,
      waiting: this.#line.length,
      processIds: processes.flatMap((each) => each.processId ?? []),
    };
  }

  /** Ends every process and removes their folders. */
  async close(): Promise<void> {
    this.#closed = true;
    this.share.close();
    if (this.#growTimer !== null) {
      clearTimeout(this.#growTimer);
    }
    this.#line.refuse(shutdownError());
    await Promise.allSettled(this.#starting);
    for (const timer of this.#retireTimers.values()) {
      clearTimeout(timer);
    }
    await Promise.allSettled([...this.#idle, ...this.#leased.keys()].map((each) => each.close()));
    await Promise.allSettled(this.#ending);
    await this.#folder.close();
  }

  /** Looks from time to time, while statements wait, whether the line moves. */
  #growWhenWaiting(): void {
    if (this.#growTimer !== null || this.#closed) {
      return;
    }
    this.#growTimer = setTimeout(() => {
      this.#growTimer = null;
      if (this.#line.length === 0) {
        return;
      }
      if (this.#isStuck() && this.#count() < this.#options.executorCountMax && this.#starting.size < this.#line.length) {
        this.#startInBackground(0);
      }
      this.#growWhenWaiting();
    }, GROW_CHECK_MS);
  }

  /** True when nobody in the line can hope to be served soon by the processes there are. */
  #isStuck(): boolean {
    const now = performance.now();
    const allLong = [...this.#leased.values()].every((since) => now - since >= LEASE_LONG_MS);
    return allLong || this.#line.longestWaitMs >= WAIT_LONG_MS;
  }

  #count(): number {
    return this.#idle.length + this.#leased.size + this.#starting.size;
  }

  #lease(idle: ExecutorProcess): ExecutorProcess {
    clearTimeout(this.#retireTimers.get(idle));
    this.#retireTimers.delete(idle);
    this.#leased.set(idle, performance.now());
    this.share.update(this.#leased.size);
    return idle;
  }

  /** A process is free: to the first in line, else to the idle ones. */
  #offer(free: ExecutorProcess): void {
    if (free.gone || this.#closed) {
      return;
    }
    if (this.#line.length > 0) {
      this.#lease(free);
      this.#line.serve(free);
      return;
    }
    this.#idle.push(free);
    if (this.#count() > this.#options.executorCount) {
      const timer = setTimeout(() => this.#retire(free), IDLE_RETIRE_MS);
      timer.unref();
      this.#retireTimers.set(free, timer);
    }
  }

  #retire(idle: ExecutorProcess): void {
    this.#retireTimers.delete(idle);
    const index = this.#idle.indexOf(idle);
    if (index >= 0 && this.#count() > this.#options.executorCount) {
      this.#idle.splice(index, 1);
      const ending = idle.close().finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
    }
  }

  async #startOne(): Promise<void> {
    const started = await ExecutorProcess.start({
      threads: this.#options.threads,
      memoryBytes: this.share.bytes,
      spillDirectory: this.#folder.next(),
      allowedDirectories: [...new Set([...this.#options.readableRoots, ...this.#options.writableRoots, this.#options.shuffleDirectory])],
      statements: [],
    });
    started.onGone = () => this.#onGone(started);
    if (this.#closed) {
      await started.close();
      return;
    }
    this.#options.log.info({ executor: started.processId }, 'executor started');
    this.#offer(started);
  }

  #startInBackground(delayMs: number): void {
    const start = new Promise((resolve) => {
      setTimeout(resolve, delayMs);
    })
      .then(() => (this.#closed ? undefined : this.#startOne()))
      .catch((error: unknown) => {
        this.#options.log.warn({ error }, 'executor did not start');
        return 'failed' as const;
      })
      .then((outcome) => {
        this.#starting.delete(start);
        if (outcome === 'failed') {
          this.#replace(RESTART_DELAY_MS);
        }
        return outcome;
      });
    this.#starting.add(start);
  }

  #onGone(gone: ExecutorProcess): void {
    if (this.#closed) {
      return;
    }
    this.#options.log.warn({ executor: gone.processId }, 'executor ended');
    const index = this.#idle.indexOf(gone);
    if (index >= 0) {
      this.#idle.splice(index, 1);
    }
    clearTimeout(this.#retireTimers.get(gone));
    this.#retireTimers.delete(gone);
    // A leased one stays counted until its statement gives it back, but it is no longer of use.
    this.#leased.delete(gone);
    this.share.update(this.#leased.size);
    this.#replace(0);
  }

  #replace(delayMs: number): void {
    if (!this.#closed && (this.#count() < this.#options.executorCount || this.#starting.size < this.#line.length)) {
      this.#startInBackground(delayMs);
    }
  }
}

function shutdownError(): SqlError {
  return new SqlError(SQLSTATE.admin_shutdown, 'the server is shutting down');
}
