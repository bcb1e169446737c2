import type { TaskRun } from '../pool/task-run.js';
import type { TaskWork } from '../protocol/messages.js';
import type { TaskSummary } from './options.js';

/**
 * Told how a distributed query goes while it runs; a statement that runs whole is one stage of one task. What it does must be
 * quick, and must not throw.
 */
export interface StageObserver {
  /** The number of the stage's tasks is known: it begins. */
  stageStarted(stage: number, taskCount: number): void;
  /** An attempt of a task was sent; its `run` says where it runs and how it ends. */
  attemptStarted(attempt: ObservedAttempt): void;
  /** The attempt that counts is done. */
  taskDone(stage: number, summary: TaskSummary): void;
  /** The stage is done. `partitionRows` has the rows of each partition of its exchange, none where it has no partitions. */
  stageDone(stage: number, partitionRows: readonly number[]): void;
}

/** One attempt of a task. */
export interface ObservedAttempt {
  readonly stage: number;
  readonly task: number;
  readonly attempt: number;
  readonly run: TaskRun;
  readonly sql: string;
}

/** One observer that tells both. */
export function bothObservers(first: StageObserver, second: StageObserver): StageObserver {
  return {
    stageStarted: (stage, taskCount) => [first, second].forEach((each) => each.stageStarted(stage, taskCount)),
    attemptStarted: (attempt) => [first, second].forEach((each) => each.attemptStarted(attempt)),
    taskDone: (stage, summary) => [first, second].forEach((each) => each.taskDone(stage, summary)),
    stageDone: (stage, partitionRows) => [first, second].forEach((each) => each.stageDone(stage, partitionRows)),
  };
}

/** The SQL of a task, statements separated by semicolons. */
export function sqlOfWork(work: TaskWork): string {
  return work.kind === 'collect' ? work.statements.join(';\n') : work.sql;
}
