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
 * How long the first in line waits before another process is started, and how often that is looked at. Short statements
 * are served faster by the few processes there are than by many that compete for the processors (measured).
 */
const GROW_AFTER_MS = 40;
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
  readonly #leased = new Set<ExecutorProcess>();
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
      for (const leased of this.#leased) {
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
    const processes = [...this.#idle, ...this.#leased];
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
    await Promise.allSettled([...this.#idle, ...this.#leased].map((each) => each.close()));
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
      const stuck = this.#line.longestWaitMs >= GROW_AFTER_MS || this.#count() === 0;
      if (stuck && this.#count() < this.#options.executorCountMax && this.#starting.size < this.#line.length) {
        this.#startInBackground(0);
      }
      this.#growWhenWaiting();
    }, GROW_CHECK_MS);
  }

  #count(): number {
    return this.#idle.length + this.#leased.size + this.#starting.size;
  }

  #lease(idle: ExecutorProcess): ExecutorProcess {
    clearTimeout(this.#retireTimers.get(idle));
    this.#retireTimers.delete(idle);
    this.#leased.add(idle);
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
