import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ResultColumn, RowBatch } from '../engine.js';
import { fromWireError } from '../errors/wire-error.js';
import type { RowsFrame } from '../protocol/frame.js';
import type { TaskLastMessage } from '../protocol/messages.js';

/** Bytes of rows held for a reader before the socket is left unread, and at which it is read again. */
const HELD_BYTES_HIGH = 2 << 20;
const HELD_BYTES_LOW = 512 << 10;

/** How long a process may take to confirm that a task was cancelled before it is killed. */
const CANCEL_TIMEOUT_MS = 1_000;

/** What a run can do to the process it runs in. */
export interface TaskControls {
  readonly cancel: () => void;
  readonly kill: () => void;
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Where a task runs: a process of this machine, or an executor of the cluster by its id; since when, in milliseconds since 1970. */
export interface RunPlace {
  readonly executor: string;
  readonly sinceMs: number;
}

/** A task's last message, when it is no failure. */
export type TaskEnd = Exclude<TaskLastMessage, { kind: 'failed' }>;

/**
 * One task in one process, from sending it to its last message.
 *
 *   running --cancel--> cancelling
 *      \________________/ last message, or the process is gone: ended (well, or with an error)
 */
export class TaskRun {
  readonly task: number;
  /** The result's columns; rejects when the task fails before it has any. */
  readonly columns: Promise<readonly ResultColumn[]>;
  /** Resolves when the process is done with the task, whatever became of it. */
  readonly ended: Promise<void>;
  readonly #controls: TaskControls;
  readonly #columns = new Settled<readonly ResultColumn[]>();
  readonly #end = new Settled<TaskEnd>();
  readonly #batches: RowBatch[] = [];
  #heldBytes = 0;
  #paused = false;
  #cancelReason: Error | null = null;
  #killTimer: NodeJS.Timeout | undefined;
  #wakeReader: (() => void) | null = null;
  #outcome: { readonly error: Error | null } | null = null;
  #place: RunPlace | null = null;

  constructor(task: number, controls: TaskControls) {
    this.task = task;
    this.#controls = controls;
    this.columns = this.#columns.promise;
    this.ended = this.#end.promise.then(
      () => undefined,
      () => undefined,
    );
  }

  /** The task's last message; rejects with what went wrong. */
  get end(): Promise<TaskEnd> {
    return this.#end.promise;
  }

  /** Where it runs, once that is known. */
  get place(): RunPlace | null {
    return this.#place;
  }

  /** Called by what runs it: where that is. */
  placed(executor: string): void {
    this.#place ??= { executor, sinceMs: Date.now() };
  }

  get isEnded(): boolean {
    return this.#outcome !== null;
  }

  /** The next rows, or null after the last. Throws when the task failed. */
  async next(): Promise<RowBatch | null> {
    for (;;) {
      if (this.#cancelReason !== null) {
        throw this.#cancelReason;
      }
      const batch = this.#batches.shift();
      if (batch !== undefined) {
        this.#heldBytes -= batch.bytes.length;
        if (this.#paused && this.#heldBytes <= HELD_BYTES_LOW) {
          this.#paused = false;
          this.#controls.resume();
        }
        return batch;
      }
      if (this.#outcome !== null) {
        if (this.#outcome.error !== null) {
          throw this.#outcome.error;
        }
        return null;
      }
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  /** Stops the task: rows not yet read are dropped, and the process is killed when it does not confirm in time. */
  cancel(reason: unknown): void {
    if (this.#outcome !== null || this.#cancelReason !== null) {
      return;
    }
    this.#cancelReason = cancelError(reason);
    this.#batches.length = 0;
    this.#heldBytes = 0;
    this.#killTimer = setTimeout(() => this.#controls.kill(), CANCEL_TIMEOUT_MS);
    this.#controls.cancel();
    // The confirmation stands behind rows the reader did not take.
    this.#controls.resume();
    this.#wake();
  }

  /** Called by the process: rows arrived. */
  addRows(frame: RowsFrame): void {
    if (frame.task !== this.task || this.#cancelReason !== null) {
      return;
    }
    this.#batches.push({ bytes: frame.bytes, rowCount: frame.rowCount });
    this.#heldBytes += frame.bytes.length;
    if (!this.#paused && this.#heldBytes >= HELD_BYTES_HIGH) {
      this.#paused = true;
      this.#controls.pause();
    }
    this.#wake();
  }

  /** Called by the process: the columns are known. */
  start(columns: readonly ResultColumn[]): void {
    this.#columns.resolve(columns);
  }

  /** Called by the process: the last message arrived. */
  finish(message: TaskLastMessage): void {
    if (message.kind === 'failed') {
      this.fail(fromWireError(message.error));
    } else if (this.#cancelReason !== null) {
      this.fail(this.#cancelReason); // it ended before the cancel reached it
    } else {
      this.#settle(null);
      this.#end.resolve(message);
    }
  }

  /** Called by the process: it is gone, or the task failed. A cancelled task fails with the reason it was cancelled for. */
  fail(error: Error): void {
    const reported = this.#cancelReason ?? error;
    this.#settle(reported);
    this.#columns.reject(reported);
    this.#end.reject(reported);
  }

  #settle(error: Error | null): void {
    clearTimeout(this.#killTimer);
    this.#outcome = { error };
    this.#wake();
  }

  #wake(): void {
    const wake = this.#wakeReader;
    this.#wakeReader = null;
    wake?.();
  }
}

/** What a cancelled statement fails with: the reason given where it is an SqlError. */
export function cancelError(reason: unknown): SqlError {
  return reason instanceof SqlError ? reason : new SqlError(SQLSTATE.query_canceled, 'canceling statement due to user request');
}

/** A promise settled from outside whose rejection need not be looked at. */
class Settled<Value> {
  readonly promise: Promise<Value>;
  resolve: (value: Value) => void = () => undefined;
  reject: (error: Error) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined);
  }
}
