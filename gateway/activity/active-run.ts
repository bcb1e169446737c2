import type { ObservedAttempt, StageObserver } from '../../executor/stages/stage-observer.js';
import type { TaskSummary } from '../../executor/stages/options.js';
import { producersOf } from '../../executor/stages/staged-query.js';
import type { Stage, StageOutput } from '../../planner/fragment/staged-plan.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { QueryFailure, StageRecord, TaskRecord } from './records.js';
import { spreadOf } from './records.js';
import { redactSecrets } from './redact-secrets.js';
import type { ObservedPlan } from './watched-engine.js';

/** Attempts of one query's tasks that are kept one by one; the stages count all. */
export const TASK_COUNT_MAX = 20_000;

/** Characters of tasks' SQL that one query keeps, and of a fragment. */
const TASK_SQL_LENGTH_MAX = 1 << 20;
const FRAGMENT_LENGTH_MAX = 64 << 10;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A stage's record while it changes. */
export type ActiveStage = Writable<Omit<StageRecord, 'tasks'>> & { readonly tasks: Writable<TaskRecord>[] };

/** What the runs of a query share. */
export interface RunHost {
  readonly stages: ActiveStage[];
  taskCount: number;
  hasAllTasks: boolean;
  /** Characters of SQL that its tasks keep so far. */
  taskSqlLength: number;
  /** Something changed; gives the query's version now. */
  touch(): number;
  /** An attempt of a task ended. */
  taskEnded(state: TaskRecord['state']): void;
}

/** Observes one plan of a query: a record of every stage and of every attempt of a task. */
export class ActiveRun implements StageObserver {
  readonly #host: RunHost;
  readonly #stages = new Map<number, ActiveStage>();
  readonly #isWhole: boolean;

  constructor(host: RunHost, plan: ObservedPlan) {
    this.#host = host;
    const offset = host.stages.length;
    this.#isWhole = !('stages' in plan);
    if ('stages' in plan) {
      plan.stages.forEach((stage) => this.#add(stage.id, stagedRecord(stage, offset)));
    } else {
      this.#add(1, { ...EMPTY_STAGE, stage: offset + 1, description: 'whole query in one process', output: 'client', sql: cut(plan.wholeSql), tasks: [] });
    }
    host.touch();
  }

  stageStarted(stage: number, taskCount: number): void {
    const record = this.#stages.get(stage);
    if (record !== undefined) {
      record.state = 'running';
      record.taskCount = taskCount;
      record.startedMs = Date.now();
      this.#host.touch();
    }
  }

  attemptStarted({ stage, task, attempt, run, sql }: ObservedAttempt): void {
    const record = this.#stages.get(stage);
    if (record === undefined) {
      return;
    }
    this.#host.taskCount += 1;
    record.retryCount += attempt > 1 && attempt < 100 ? 1 : 0;
    const entry: Writable<TaskRecord> = {
      ...EMPTY_TASK,
      stage: record.stage,
      task,
      attempt,
      queuedMs: Date.now(),
      sql: this.#keepSql(sql),
      version: this.#host.touch(),
    };
    if (this.#host.taskCount <= TASK_COUNT_MAX) {
      record.tasks.push(entry);
    } else {
      this.#host.hasAllTasks = false;
    }
    // Where it runs is asked when somebody looks, or at its end.
    PLACES.set(entry, run);
    void this.#follow(run, record, entry);
  }

  taskDone(stage: number, summary: TaskSummary): void {
    const record = this.#stages.get(stage);
    if (record === undefined) {
      return;
    }
    record.doneCount += 1;
    record.rowCount += summary.rowCount;
    record.byteCount += summary.byteCount;
    record.fileCount += summary.fileCount;
    const entry = record.tasks.findLast(({ task, attempt }) => task === summary.task && attempt === summary.attempt);
    const version = this.#host.touch();
    if (entry !== undefined) {
      entry.rowCount = summary.rowCount;
      entry.byteCount = summary.byteCount;
      entry.fileCount = summary.fileCount;
      entry.version = version;
    }
  }

  stageDone(stage: number, partitionRows: readonly number[]): void {
    const record = this.#stages.get(stage);
    if (record !== undefined) {
      record.state = 'finished';
      record.endedMs = Date.now();
      // Partitions that share files have no rows of their own.
      record.partitionRows = partitionRows.some((rows) => rows > 0) ? spreadOf(partitionRows) : null;
      this.#host.touch();
    }
  }

  async #follow(run: ObservedAttempt['run'], stage: ActiveStage, entry: Writable<TaskRecord>): Promise<void> {
    try {
      const end = await run.end;
      entry.rowCount = end.kind === 'streamed' ? end.rowCount : entry.rowCount;
      entry.peakMemoryBytes = end.kind === 'described' ? null : (end.peakMemoryBytes ?? null);
      this.#ended(entry, 'finished');
      if (this.#isWhole) {
        stage.doneCount = 1;
        stage.rowCount = entry.rowCount;
        stage.state = 'finished';
        stage.endedMs = entry.endedMs;
      }
    } catch (error) {
      entry.error = failureOf(error);
      this.#ended(entry, isCanceled(error) ? 'canceled' : 'failed');
    }
  }

  #add(id: number, record: ActiveStage): void {
    this.#stages.set(id, record);
    this.#host.stages.push(record);
  }

  #keepSql(sql: string): string | null {
    if (this.#host.taskSqlLength + sql.length > TASK_SQL_LENGTH_MAX) {
      return null;
    }
    this.#host.taskSqlLength += sql.length;
    return sql;
  }

  #ended(entry: Writable<TaskRecord>, state: TaskRecord['state']): void {
    settlePlace(entry);
    entry.state = state;
    entry.endedMs = Date.now();
    entry.startedMs ??= entry.endedMs;
    entry.version = this.#host.touch();
    PLACES.delete(entry);
    this.#host.taskEnded(state);
  }
}

/** Runs of the tasks that have not ended. */
const PLACES = new WeakMap<TaskRecord, ObservedAttempt['run']>();

/** Looks where a task that waits runs by now; true when that is new. */
export function settlePlace(entry: Writable<TaskRecord>): boolean {
  const place = entry.state === 'queued' ? (PLACES.get(entry)?.place ?? null) : null;
  if (place === null) {
    return false;
  }
  entry.executor = place.executor;
  entry.startedMs = place.sinceMs;
  entry.state = 'running';
  return true;
}

const EMPTY_STAGE = {
  description: '',
  partitionCount: null,
  reads: [],
  state: 'waiting',
  taskCount: null,
  startedMs: null,
  endedMs: null,
  doneCount: 0,
  retryCount: 0,
  rowCount: 0,
  byteCount: 0,
  fileCount: 0,
  partitionRows: null,
} as const;

const EMPTY_TASK = {
  state: 'queued',
  executor: null,
  startedMs: null,
  endedMs: null,
  rowCount: 0,
  byteCount: 0,
  fileCount: 0,
  peakMemoryBytes: null,
  error: null,
} as const;

function stagedRecord(stage: Stage, offset: number): ActiveStage {
  const { output } = stage;
  return {
    ...EMPTY_STAGE,
    stage: offset + stage.id,
    description: stage.description,
    output: outputWords(output),
    partitionCount: output.kind === 'hash' || output.kind === 'value' ? output.partitionCount : null,
    reads: [...new Set(producersOf(stage))].map((id) => offset + id),
    sql: cut(fragmentText(stage)),
    tasks: [],
  };
}

function outputWords(output: StageOutput): string {
  switch (output.kind) {
    case 'result':
      return 'client';
    case 'files':
      return `${output.sink.format} files`;
    case 'whole':
      return 'every task that reads it';
    case 'hash':
      return `hash of ${output.keys.map(({ column }) => `c${column}`).join(', ')} into ${output.partitionCount} partitions`;
    case 'value':
      return `value of c${output.column}, ${output.partitionCount} partitions`;
  }
}

/** A fragment with names in its holes. */
function fragmentText({ fragment }: Stage): string {
  return fragment.sql.map((piece) => (typeof piece === 'string' ? piece : holeName(piece))).join('');
}

function holeName(piece: Exclude<Stage['fragment']['sql'][number], string>): string {
  switch (piece.kind) {
    case 'scan':
      return `{scan ${piece.scan}}`;
    case 'exchange':
      return `{stage ${piece.stage}}`;
    case 'partition':
      return '{partition}';
  }
}

function cut(sql: string): string {
  return redactSecrets(sql.length > FRAGMENT_LENGTH_MAX ? `${sql.slice(0, FRAGMENT_LENGTH_MAX)} ...` : sql);
}

/** An error as records keep it. */
export function failureOf(error: unknown): QueryFailure {
  if (!(error instanceof SqlError)) {
    return { sqlstate: SQLSTATE.internal_error, message: 'internal error' };
  }
  const { sqlstate, message, detail, hint } = error;
  return { sqlstate, message, ...(detail === undefined ? {} : { detail }), ...(hint === undefined ? {} : { hint }) };
}

/** True for the error of what was cancelled, by a user, a timeout, or because its client left. */
export function isCanceled(error: unknown): boolean {
  return error instanceof SqlError && (error.sqlstate === SQLSTATE.query_canceled || error.sqlstate === SQLSTATE.connection_failure);
}
