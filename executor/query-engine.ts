import type { StagedPlan } from '../planner/fragment/staged-plan.js';
import type { Prelude, ResultStream, WholeQuery, WrittenFile } from './engine.js';
import type { CollectedRow } from './protocol/messages.js';
import type { ExecutorPoolStatus } from './pool/options.js';
import type { FilesRunOptions, StagedResult, StagedRunOptions } from './stages/options.js';
import type { StageObserver } from './stages/stage-observer.js';

/** What runs statements: child processes of this machine (`pool/`), or the executors of a cluster (`cluster/`). */
export interface QueryEngine {
  /** Runs one statement in one process. Resolves once its columns are known; the process is its own until it ends. */
  runWhole(query: WholeQuery, signal: AbortSignal, observer?: StageObserver): Promise<ResultStream>;
  /** Runs a distributed query; resolves once the columns of its last stage are known. */
  runStaged(plan: StagedPlan, options: StagedRunOptions, signal: AbortSignal): Promise<StagedResult>;
  /** Runs a distributed query whose last stage writes files; the caller makes them durable and publishes them. */
  writeFiles(plan: StagedPlan, options: FilesRunOptions, signal: AbortSignal): Promise<readonly WrittenFile[]>;
  /** Runs Sluice's own statements in one process and gives the last one's rows, at most `rowCountMax`. */
  collect(statements: readonly string[], rowCountMax: number, signal: AbortSignal, settings?: CollectSettings): Promise<readonly CollectedRow[]>;
  /** Tasks of one distributed query that run at the same time. */
  readonly parallelism: number;
  /** What this machine's processes do; null where all run in a cluster. */
  status(): ExecutorPoolStatus | null;
  /** True when a statement would find where to run. */
  readonly isReady: boolean;
  /** Ends all statements. */
  close(): Promise<void>;
}

/** How Sluice's own statements are run. */
export interface CollectSettings {
  readonly timeZone?: string;
  readonly preludes?: readonly Prelude[];
}
