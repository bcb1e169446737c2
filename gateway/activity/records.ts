/** What is known of a query, while it runs and after; JSON. Times are milliseconds since 1970, sizes bytes. */
export interface QueryRecord {
  readonly id: string;
  readonly user: string;
  readonly database: string;
  /** Address of the client; empty for a job. */
  readonly client: string;
  readonly application: string;
  /** The session's number, as in pg_stat_activity. */
  readonly processId: number;
  /** Cut to a bound, without passwords. */
  readonly sql: string;
  readonly state: QueryState;
  readonly startedMs: number;
  readonly endedMs: number | null;
  /** Rows and bytes that went to the client; a command's rows are in its tag. */
  readonly rowCount: number;
  readonly byteCount: number;
  readonly tag: string | null;
  readonly error: QueryFailure | null;
  /** Of all its attempts of tasks; none where it needed no executor. */
  readonly taskCount: number;
  readonly stages: readonly StageRecord[];
  /** False when there were more tasks than are kept, or the history gave them up for room. */
  readonly hasAllTasks: boolean;
  /** Raised by every change. */
  readonly version: number;
}

/**
 *   running --rows sent--> finished
 *      \------error------> failed
 *      \------cancelled--> canceled
 */
export type QueryState = 'running' | 'finished' | 'failed' | 'canceled';

/** Why a query, or an attempt of a task, failed. */
export interface QueryFailure {
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** A stage; stages of the several plans of one statement are numbered on. */
export interface StageRecord {
  readonly stage: number;
  readonly description: string;
  /** Where its rows go, in words. */
  readonly output: string;
  /** How many partitions its exchange has; null where it has none. */
  readonly partitionCount: number | null;
  /** The stages it reads. */
  readonly reads: readonly number[];
  /** `stopped` where the query ended before it was done. */
  readonly state: 'waiting' | 'running' | 'finished' | 'stopped';
  /** Null until it began. */
  readonly taskCount: number | null;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
  readonly doneCount: number;
  readonly retryCount: number;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly fileCount: number;
  /** Rows of the partitions of its exchange; null where it has none, or they share files. */
  readonly partitionRows: Spread | null;
  /** Its fragment, with holes for what differs between tasks. */
  readonly sql: string;
  /** Attempts of its tasks, oldest first. */
  readonly tasks: readonly TaskRecord[];
}

/** Smallest, median and largest of some numbers. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** One attempt of a task. */
export interface TaskRecord {
  readonly stage: number;
  readonly task: number;
  readonly attempt: number;
  readonly state: 'queued' | 'running' | 'finished' | 'failed' | 'canceled';
  /** A process of this machine, or an executor's id; null while it waits for one. */
  readonly executor: string | null;
  readonly queuedMs: number;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly fileCount: number;
  readonly peakMemoryBytes: number | null;
  readonly error: QueryFailure | null;
  /** Null where it is not kept: it was too long, or too many were before it. */
  readonly sql: string | null;
  /** The query's version when it changed last. */
  readonly version: number;
}

/** The name that `task_sql` and the console know a task by. */
export function taskName(query: string, { stage, task, attempt }: Pick<TaskRecord, 'stage' | 'task' | 'attempt'>): string {
  return `${query}.${stage}.${task}.${attempt}`;
}

/** Smallest, median and largest; null of none. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) {
    return null;
  }
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}
