import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { ExecutorProcess } from '../pool/executor-process.js';
import type { PoolLog } from '../pool/options.js';
import type { TaskEnd } from '../pool/task-run.js';
import type { InstanceOptions, TaskWork } from '../protocol/messages.js';

/** Times a task is tried: once more when the process ended under it, for the task before may have broken it. */
const ATTEMPTS_MAX = 2;

/** Longest a task may take; planning takes milliseconds, so this one hangs. */
const TASK_TIMEOUT_MS = 60_000;

/** Wait before a process that did not start is tried again. */
const RESTART_DELAY_MS = 200;

/** One process that does one task after the other, and is started anew when it ends. */
export class SerialProcess {
  readonly #instance: InstanceOptions;
  readonly #log: PoolLog;
  #process: ExecutorProcess | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(instance: InstanceOptions, log: PoolLog) {
    this.#instance = instance;
    this.#log = log;
  }

  /** Starts the process now, so that a machine that cannot run it is found out at once. */
  async start(): Promise<void> {
    this.#process = await ExecutorProcess.start(this.#instance);
  }

  get processId(): number | undefined {
    return this.#process?.processId;
  }

  /** Runs a task after those before it. */
  run(work: TaskWork, timeZone: string): Promise<TaskEnd> {
    const done = this.#last.then(() => this.#attempt(work, timeZone, 1));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#process?.close();
    await this.#last;
  }

  async #attempt(work: TaskWork, timeZone: string, attempt: number): Promise<TaskEnd> {
    const current = await this.#ensure();
    const run = current.run(work, { threads: this.#instance.threads, memoryBytes: this.#instance.memoryBytes, timeZone, keepJoinOrder: false }, attempt);
    const timer = setTimeout(() => run.cancel(new SqlError(SQLSTATE.statement_too_complex, 'planning the statement takes too long')), TASK_TIMEOUT_MS);
    try {
      return await run.end;
    } catch (error) {
      if (error instanceof SqlError && error.sqlstate === SQLSTATE.crash_shutdown && attempt < ATTEMPTS_MAX && !this.#closed) {
        this.#log.warn({ attempt }, 'the binder ended and is started again');
        return await this.#attempt(work, timeZone, attempt + 1);
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #ensure(): Promise<ExecutorProcess> {
    if (this.#closed) {
      throw new SqlError(SQLSTATE.admin_shutdown, 'the server is shutting down');
    }
    if (this.#process !== null && !this.#process.gone) {
      return this.#process;
    }
    try {
      this.#process = await ExecutorProcess.start(this.#instance);
    } catch (error) {
      this.#log.warn({ error }, 'the binder did not start');
      await sleep(RESTART_DELAY_MS);
      this.#process = await ExecutorProcess.start(this.#instance);
    }
    return this.#process;
  }
}
