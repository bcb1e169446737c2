import type { TaskEnd, TaskRun } from '../pool/task-run.js';
import { cancelOnAbort } from '../pool/whole-result.js';
import type { TaskSettings, TaskWork } from '../protocol/messages.js';
import type { StageEnvironment } from './options.js';
import { retryReason } from './retry-reason.js';
import type { TaskSlots } from './task-slots.js';

/**
 * Times a task is tried: again, in another process, when its process ended under it. Twice is a bad node or bad luck;
 * a task that kills its process twice would go on doing so.
 */
export const ATTEMPTS_MAX = 2;

/** A task to be tried. */
export interface TaskAttempts<Result> {
  readonly work: (attempt: number) => TaskWork;
  readonly settings: TaskSettings;
  /** Follows the running task to its result. */
  readonly follow: (run: TaskRun, attempt: number) => Promise<Result>;
  /** False once the task's effects left the executor (rows went to the client). */
  readonly mayRetry: () => boolean;
}

/** Runs a task in a leased process, and once more when that process ends. Errors of the statement itself are final. */
export async function attemptTask<Result>(environment: StageEnvironment, signal: AbortSignal, task: TaskAttempts<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const place = await environment.acquire(signal);
    const run = place.run(task.work(attempt), task.settings, attempt);
    cancelOnAbort(run, signal);
    try {
      return await task.follow(run, attempt);
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX || signal.aborted || retryReason(error) === null || !task.mayRetry()) {
        throw error;
      }
    } finally {
      run.cancel(null);
      await run.ended;
      place.release();
    }
  }
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
