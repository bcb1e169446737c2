import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeAbandoned } from '../../fs/owner/owner.js';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ResultStream, WholeQuery, WrittenFile } from '../engine.js';
import type { PoolLog } from '../pool/options.js';
import { cancelError } from '../pool/task-run.js';
import type { CollectedRow } from '../protocol/messages.js';
import type { CollectSettings, QueryEngine } from '../query-engine.js';
import type { FilesRunOptions, StagedResult, StagedRunOptions, StageEnvironment, TaskPlace } from '../stages/options.js';
import type { StageObserver } from '../stages/stage-observer.js';
import { runStaged } from '../stages/run-staged.js';
import { collect, runWhole } from '../stages/run-whole.js';
import { QUERIES_FOLDER } from '../stages/staged-query.js';
import { writeFiles } from '../stages/write-files.js';
import type { ExecutorDirectory } from './executor-directory.js';
import type { TaskDesk } from './task-desk.js';

/** How long a statement waits for the first executor of a cluster that has none. */
const FIRST_EXECUTOR_MS_MAX = 15_000;
const LOOK_MS = 100;

/** Task time of a query after which its tasks stand behind those of shorter ones. */
const INTERACTIVE_MS_MAX = 10_000;

/** Times a task is tried unless sluice.task_retries says otherwise. */
const ATTEMPTS_MAX = 4;

/**
 * Back-off before the second attempt of a task; each further one waits four times as long, together longer than the five
 * seconds for which 3FS may not see a name that is there.
 */
const RETRY_DELAY_MS = 250;

/** More than any executor has: each gives a task what it can. */
const ALL_MEMORY = Number.MAX_SAFE_INTEGER;

/** What an engine works with. */
export interface ClusterEngineOptions {
  readonly desk: TaskDesk;
  readonly directory: ExecutorDirectory;
  readonly shuffleDirectory: string;
  readonly log: PoolLog;
  /** Ends what the engine was made over. */
  readonly close: () => Promise<void>;
}

/** Runs statements in the executors of a cluster; the stages are the same as in one machine's pool. */
export class ClusterEngine implements QueryEngine {
  readonly #options: ClusterEngineOptions;

  private constructor(options: ClusterEngineOptions) {
    this.#options = options;
  }

  /** Makes the shuffle directory and removes what dead gateways of this machine left in it. */
  static async start(options: ClusterEngineOptions): Promise<ClusterEngine> {
    const queries = join(options.shuffleDirectory, QUERIES_FOLDER);
    await mkdir(queries, { recursive: true });
    await removeAbandoned(queries);
    return new ClusterEngine(options);
  }

  async runWhole(query: WholeQuery, signal: AbortSignal, observer?: StageObserver): Promise<ResultStream> {
    return await runWhole(this.#environment(), query, signal, observer);
  }

  async runStaged(plan: StagedPlan, options: StagedRunOptions, signal: AbortSignal): Promise<StagedResult> {
    await this.#executors(signal); // the number of tasks at a time follows from them
    return await runStaged(plan, options, this.#environment(), signal);
  }

  async writeFiles(plan: StagedPlan, options: FilesRunOptions, signal: AbortSignal): Promise<readonly WrittenFile[]> {
    await this.#executors(signal);
    return await writeFiles(plan, options, this.#environment(), signal);
  }

  async collect(statements: readonly string[], rowCountMax: number, signal: AbortSignal, settings: CollectSettings = {}): Promise<readonly CollectedRow[]> {
    return await collect(this.#environment(), statements, rowCountMax, signal, settings);
  }

  get parallelism(): number {
    return Math.max(1, this.#options.directory.places);
  }

  status(): null {
    return null;
  }

  get isReady(): boolean {
    return this.#options.directory.usable.length > 0;
  }

  async close(): Promise<void> {
    await this.#options.close();
  }

  /** Of one query: what its tasks took so far decides which queue the next ones stand in. */
  #environment(): StageEnvironment {
    const { desk, directory, shuffleDirectory } = this.#options;
    let taskMs = 0;
    return {
      acquire: async (signal, beside): Promise<TaskPlace> => {
        await this.#executors(signal);
        return {
          run: (work, settings, attempt = 1) => {
            const startedMs = performance.now();
            const share = taskMs > INTERACTIVE_MS_MAX ? 'batch' : 'interactive';
            const run = desk.submit({ work, settings, attempt, share, beside: beside ?? null, delayMs: retryDelayMs(attempt) });
            const count = (): void => {
              taskMs += performance.now() - startedMs;
            };
            void run.ended.then(count);
            return run;
          },
          release: () => undefined,
        };
      },
      threads: Math.max(1, directory.threads),
      memoryBytes: () => ALL_MEMORY,
      parallelism: this.parallelism,
      attemptsMax: ATTEMPTS_MAX,
      queuedAhead: this.parallelism,
      speculation: 'on',
      retriesWhole: true,
      shuffleDirectory,
    };
  }

  /** Waits until there is an executor. */
  async #executors(signal: AbortSignal): Promise<void> {
    const { directory } = this.#options;
    for (let waitedMs = 0; directory.usable.length === 0; waitedMs += LOOK_MS) {
      if (signal.aborted) {
        throw cancelError(signal.reason);
      }
      if (waitedMs >= FIRST_EXECUTOR_MS_MAX) {
        throw new SqlError(SQLSTATE.insufficient_resources, 'the cluster has no executor that can run this statement', {
          detail: directory.whyNone(),
          hint: 'Start one with: sluice executor --redis URL --data DIR',
        });
      }
      await sleep(LOOK_MS);
    }
  }
}

/** Attempts of copies and re-runs are numbered from 101, 201, ... on. */
function retryDelayMs(attempt: number): number {
  const tries = (attempt - 1) % 100;
  return tries === 0 ? 0 : RETRY_DELAY_MS * 4 ** (tries - 1);
}
