import type { ResultStream, RowBatch } from '../../executor/engine.js';
import type { StageObserver } from '../../executor/stages/stage-observer.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import type { ActiveStage, RunHost } from './active-run.js';
import { ActiveRun, failureOf, isCanceled, settlePlace } from './active-run.js';
import type { QueryFailure, QueryRecord, QueryState, TaskRecord } from './records.js';
import { watchReceiver, WatchedStream } from './watched-result.js';
import type { ObservedPlan } from './watched-engine.js';

/** Who runs a query. */
export interface QueryOwner {
  readonly user: string;
  readonly database: string;
  readonly remoteAddress: string;
  readonly applicationName: string;
  readonly processId: number;
  /** Cancels what its session runs; null where nothing can. */
  readonly onCancel: (() => void) | null;
}

/** What the registry is told by its queries. */
export interface ActivityHost {
  readonly idOf: (number: number) => string;
  readonly textOf: (sql: string) => string;
  touch(query: ActiveQuery): number;
  ended(query: ActiveQuery): void;
  taskEnded(state: TaskRecord['state']): void;
}

/** A query from its start on, and its record. Made for every statement: it must cost next to nothing. */
export class ActiveQuery implements QueryRecord, RunHost {
  readonly startedMs: number = Date.now();
  readonly stages: ActiveStage[] = [];
  readonly #host: ActivityHost;
  #owner: QueryOwner;
  readonly #number: number;
  readonly #text: string;
  /** The record's text, once it was asked for. */
  #sql: string | null = null;
  state: QueryState = 'running';
  endedMs: number | null = null;
  rowCount = 0;
  byteCount = 0;
  tag: string | null = null;
  error: QueryFailure | null = null;
  taskCount = 0;
  hasAllTasks = true;
  taskSqlLength = 0;
  version = 0;

  constructor(host: ActivityHost, owner: QueryOwner, number: number, text: string) {
    this.#host = host;
    this.#owner = owner;
    this.#number = number;
    this.#text = text;
  }

  get id(): string {
    return this.#host.idOf(this.#number);
  }

  get sql(): string {
    this.#sql ??= this.#host.textOf(this.#text);
    return this.#sql;
  }

  get user(): string {
    return this.#owner.user;
  }

  get database(): string {
    return this.#owner.database;
  }

  get client(): string {
    return this.#owner.remoteAddress;
  }

  get application(): string {
    return this.#owner.applicationName;
  }

  get processId(): number {
    return this.#owner.processId;
  }

  /** True when executors were asked. */
  get usedExecutors(): boolean {
    return this.stages.length > 0;
  }

  touch(): number {
    this.version = this.#host.touch(this);
    return this.version;
  }

  taskEnded(state: TaskRecord['state']): void {
    this.#host.taskEnded(state);
  }

  /** What observes a plan of it, or a statement that runs whole. */
  observe(plan: ObservedPlan): StageObserver {
    return new ActiveRun(this, plan);
  }

  /** Counts the rows of its result, and ends with them; `options` are its execution's. */
  follow(result: ExecutionResult, options: Pick<ExecuteOptions, 'signal'>): ExecutionResult {
    switch (result.kind) {
      case 'command':
        this.end(result.tag);
        return result;
      case 'copyIn':
        return { ...result, receiver: watchReceiver(result.receiver, this) };
      case 'rows':
      case 'copyOut':
        if (!this.usedExecutors) {
          // The gateway itself made the rows: all is done but the sending.
          this.end(null);
          return result;
        }
        return { ...result, stream: this.#watch(result.stream, result.tag, options.signal) };
    }
  }

  #watch(stream: ResultStream, tag: (rowCount: number) => string, signal: AbortSignal): ResultStream {
    return new WatchedStream(stream, {
      sent: ({ rowCount, bytes }: RowBatch) => {
        this.rowCount += rowCount;
        this.byteCount += bytes.length;
        this.touch();
      },
      ended: () => (signal.aborted ? this.fail(signal.reason) : this.end(tag(this.rowCount))),
      failed: (error) => this.fail(error),
    });
  }

  /** It is done. */
  end(tag: string | null): void {
    this.#finish('finished', tag, null);
  }

  /** It failed, or was cancelled. */
  fail(error: unknown): void {
    this.#finish(isCanceled(error) ? 'canceled' : 'failed', null, failureOf(error));
  }

  /** Its transaction could not be committed, after all it did itself went well. */
  commitFailed(error: unknown): void {
    if (this.state === 'finished') {
      this.state = 'running';
      this.fail(error);
    }
  }

  /** Asks its session to cancel it; false when it has ended. */
  cancel(): boolean {
    const { onCancel } = this.#owner;
    if (this.state !== 'running' || onCancel === null) {
      return false;
    }
    onCancel();
    return true;
  }

  /** Looks where tasks that waited run by now. */
  settle(): void {
    if (this.state === 'running') {
      for (const stage of this.stages) {
        if (stage.state === 'running') {
          for (const task of stage.tasks) {
            if (settlePlace(task)) {
              task.version = this.touch();
            }
          }
        }
      }
    }
  }

  /** Lets go of its session: the record outlives it. */
  detach(): void {
    const { user, database, client, application, processId } = this;
    this.#owner = { user, database, remoteAddress: client, applicationName: application, processId, onCancel: null };
  }

  /** Gives up its tasks for room; the stages keep their figures. */
  dropTasks(): void {
    if (this.taskCount > 0) {
      this.hasAllTasks = false;
      for (const stage of this.stages) {
        stage.tasks.length = 0;
      }
    }
  }

  #finish(state: QueryState, tag: string | null, error: QueryFailure | null): void {
    if (this.state !== 'running') {
      return;
    }
    this.state = state;
    this.tag = tag;
    this.error = error;
    this.endedMs = Date.now();
    for (const stage of this.stages) {
      if (stage.state !== 'finished') {
        stage.state = 'stopped';
        stage.endedMs = this.endedMs;
      }
    }
    this.touch();
    this.#host.ended(this);
  }
}
