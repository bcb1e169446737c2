import type { CopyEncoding } from '../encode/copy-encoding.js';
import type { OutputSettings, Prelude, ResultColumnEncoding, ResultStream } from '../engine.js';
import type { TaskRun } from '../pool/task-run.js';
import type { TaskSettings, TaskWork } from '../protocol/messages.js';
import type { StageObserver } from './stage-observer.js';
import type { Speculation } from './stragglers.js';

/** How the rows of a distributed query go to the client. */
export interface StagedRunOptions extends StageRunOptions {
  /** By column; a list of one holds for all; empty means text with DuckDB's types. */
  readonly encodings: readonly ResultColumnEncoding[];
  /** Column names for the client; the plan's when absent. */
  readonly columnNames?: readonly string[];
  /** Rows become COPY's CopyData rather than DataRow messages. */
  readonly copy?: CopyEncoding;
}

/** Where a distributed COPY ... TO writes. */
export interface FilesRunOptions extends StageRunOptions {
  /** An empty folder of the caller's; files get their final names in it and are published by the caller. */
  readonly stagingDirectory: string;
}

/** What every distributed query is run with. */
export interface StageRunOptions {
  readonly settings: OutputSettings;
  /** Names the query's folder of shuffle files: letters, digits and dashes. */
  readonly queryId: string;
  /** Tasks at the same time; the pool's when absent. */
  readonly parallelism?: number;
  /** Times a task is tried again, and whether stragglers get copies; the engine's when absent. */
  readonly taskRetries?: number;
  readonly speculation?: Speculation;
  /** State that fragments need in their process (pg_catalog's tables). */
  readonly preludes?: readonly Prelude[];
  /** Told how it goes. */
  readonly observer?: StageObserver;
}

/** Where one task runs: a process of this machine, or one that an executor of the cluster gives it. */
export interface TaskPlace {
  readonly run: (work: TaskWork, settings: TaskSettings, attempt?: number) => TaskRun;
  /** Gives the place back; its task must have ended. */
  readonly release: () => void;
}

/** What stages need of the engine. */
export interface StageEnvironment {
  /** A place for one task; with `beside` a copy's, not where that task runs. */
  readonly acquire: (signal: AbortSignal, beside?: () => TaskRun | null) => Promise<TaskPlace>;
  /** Times a task is tried that failed of something that passes. */
  readonly attemptsMax: number;
  /** Whether a straggler may get a copy: it must be able to run elsewhere. */
  readonly speculation: Speculation;
  /** DuckDB threads for all tasks of a query together. */
  readonly threads: number;
  /** Memory a task that starts now may use. */
  readonly memoryBytes: () => number;
  readonly parallelism: number;
  /** Tasks of one query that wait besides, so that a place that becomes free has the next one at once. */
  readonly queuedAhead: number;
  /** Whether a statement that runs whole is tried again, too, when its process is lost before it gave anything. */
  readonly retriesWhole: boolean;
  readonly shuffleDirectory: string;
}

/** A result that can tell how its stages went, for EXPLAIN (ANALYZE, DISTRIBUTED); complete once the stream has ended. */
export interface StagedResult extends ResultStream {
  summary(): readonly StageSummary[];
}

/** How one stage went. */
export interface StageSummary {
  readonly stage: number;
  readonly description: string;
  readonly tasks: readonly TaskSummary[];
}

/** How the winning attempt of one task went. */
export interface TaskSummary {
  readonly task: number;
  readonly attempt: number;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly fileCount: number;
  /** Milliseconds since the query's stages began, and of the winning attempts' work. */
  readonly startedMs: number;
  readonly elapsedMs: number;
  /** Most memory its process had while it ran; absent where the system does not tell. */
  readonly peakMemoryBytes?: number;
}
