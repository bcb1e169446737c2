import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { TaskEnd, TaskRun } from '../pool/task-run.js';
import { cancelOnAbort } from '../pool/whole-result.js';
import type { TaskSettings, TaskWork } from '../protocol/messages.js';
import type { StageEnvironment } from './options.js';
import { retryReason } from './retry-reason.js';
import type { RetryReason } from './retry-reason.js';
import type { TaskSlots } from './task-slots.js';

/** Times a task that ran out of memory is tried: each time with twice as much, and without the query's other tasks beside it. */
const MEMORY_ATTEMPTS_MAX = 3;

/** A task to be tried. */
export interface TaskAttempts<Result> {
  readonly work: (attempt: number) => TaskWork;
  readonly settings: TaskSettings;
  /** Follows the running task to its result. */
  readonly follow: (run: TaskRun, attempt: number) => Promise<Result>;
  /** False once the task's effects left the executor (rows went to the client). */
  readonly mayRetry: () => boolean;
}

/** What tries of a task need of its query. */
export interface AttemptContext {
  readonly environment: StageEnvironment;
  readonly signal: AbortSignal;
  /** For a copy: the run it is a copy of. */
  readonly beside?: () => TaskRun | null;
  /** Told of every run. */
  readonly onRun: (run: TaskRun, attempt: number, work: TaskWork) => void;
  /** Of the query's shuffle files. */
  readonly directory: string;
  /** Number of the first attempt: copies and re-runs of a task have others, for their files' names. */
  readonly firstAttempt: number;
  /** Puts right what the next attempt would fail of again. */
  readonly recover: (reason: RetryReason) => Promise<void>;
  /** Does work while no other task of the query runs. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Runs a task in a place of its own, and again where what it failed of passes. Errors of the statement itself are final. */
export async function attemptTask<Result>(context: AttemptContext, task: TaskAttempts<Result>): Promise<Result> {
  const { environment, signal, directory, firstAttempt, recover, alone } = context;
  let reason: RetryReason | null = null;
  let memoryFactor = 1;
  for (let tries = 1; ; tries++) {
    const attempt = firstAttempt + tries - 1;
    const settings = { ...task.settings, memoryBytes: Math.min(Number.MAX_SAFE_INTEGER, task.settings.memoryBytes * memoryFactor) };
    const once = (): Promise<Result> => attemptOnce(context, { ...task, settings }, attempt);
    try {
      return await (reason === 'memory' ? alone(once) : once());
    } catch (error) {
      reason = retryReason(error, directory);
      const attemptsMax = reason === 'memory' ? MEMORY_ATTEMPTS_MAX : environment.attemptsMax;
      if (reason === null || tries >= attemptsMax || signal.aborted || !task.mayRetry()) {
        throw tries > 1 && reason !== null ? describeTries(error, tries) : error;
      }
      memoryFactor *= reason === 'memory' ? 2 : 1;
      await recover(reason);
    }
  }
}

async function attemptOnce<Result>({ environment, signal, beside, onRun }: AttemptContext, task: TaskAttempts<Result>, attempt: number): Promise<Result> {
  const place = await environment.acquire(signal, beside);
  const work = task.work(attempt);
  const run = place.run(work, task.settings, attempt);
  onRun(run, attempt, work);
  cancelOnAbort(run, signal);
  try {
    return await task.follow(run, attempt);
  } finally {
    run.cancel(null);
    await run.ended;
    place.release();
  }
}

/** The error with the number of tries in its detail; a lost process keeps its own words. */
function describeTries(error: unknown, tries: number): unknown {
  if (!(error instanceof SqlError) || error.sqlstate === SQLSTATE.crash_shutdown) {
    return error;
  }
  const { sqlstate, message, detail, hint } = error;
  return new SqlError(sqlstate, message, {
    detail: `${detail === undefined ? '' : `${detail} `}The task was tried ${tries} times.`,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

/** What a task's last message says of memory, for its summary. */
export function peakMemoryOf(end: TaskEnd): { readonly peakMemoryBytes?: number } {
  return end.kind === 'described' || end.peakMemoryBytes === undefined ? {} : { peakMemoryBytes: end.peakMemoryBytes };
}

/**
 * Runs tasks together, each starting in its order as `slots` let it. The first failure keeps those that wait from starting
 * and stops the others; all have ended when this throws it.
 */
export async function runTasks(count: number, stage: number, slots: TaskSlots, abort: AbortController, run: (task: number) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const runUnlessFailed = async (task: number): Promise<void> => {
    if (failures.length > 0 || abort.signal.aborted) {
      return;
    }
    try {
      await run(task);
    } catch (error) {
      failures.push(error);
      abort.abort(error);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, task) => slots.run(stage, () => runUnlessFailed(task))));
  throwFirst(failures.length > 0 ? failures : abort.signal.aborted ? [abort.signal.reason] : []);
}

/** Throws the first of what failed. */
export function throwFirst(failures: readonly unknown[]): void {
  if (failures.length > 0) {
    const [error] = failures;
    throw error instanceof Error ? error : new Error('a task failed', { cause: error });
  }
}
