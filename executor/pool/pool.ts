import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeAbandoned } from '../../fs/owner/owner.js';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import type { ResultStream, WholeQuery, WrittenFile } from '../engine.js';
import type { FilesRunOptions, StageEnvironment, StagedResult, StagedRunOptions } from '../stages/options.js';
import type { CollectedRow } from '../protocol/messages.js';
import type { CollectSettings, QueryEngine } from '../query-engine.js';
import type { StageObserver } from '../stages/stage-observer.js';
import { runStaged } from '../stages/run-staged.js';
import { QUERIES_FOLDER } from '../stages/staged-query.js';
import { collect, runWhole } from '../stages/run-whole.js';
import { writeFiles } from '../stages/write-files.js';
import { LeaseDesk } from './lease-desk.js';
import type { ExecutorPoolOptions, ExecutorPoolStatus } from './options.js';

/** Runs statements in child processes: whole in one, or stage by stage in several. */
export class ExecutorPool implements QueryEngine {
  readonly #options: ExecutorPoolOptions;
  readonly #desk: LeaseDesk;

  private constructor(options: ExecutorPoolOptions, desk: LeaseDesk) {
    this.#options = options;
    this.#desk = desk;
  }

  /** Makes the directories, removes what dead gateways left in them, and starts the warm processes. */
  static async start(options: ExecutorPoolOptions): Promise<ExecutorPool> {
    const queries = join(options.shuffleDirectory, QUERIES_FOLDER);
    await mkdir(queries, { recursive: true });
    await removeAbandoned(queries);
    return new ExecutorPool(options, await LeaseDesk.open(options));
  }

  /** Runs one statement in one process. Resolves once its columns are known; the process is its own until it ends. */
  async runWhole(query: WholeQuery, signal: AbortSignal, observer?: StageObserver): Promise<ResultStream> {
    return await runWhole(this.#environment(), query, signal, observer);
  }

  /** Runs a distributed query; resolves once the columns of its last stage are known. */
  async runStaged(plan: StagedPlan, options: StagedRunOptions, signal: AbortSignal): Promise<StagedResult> {
    return await runStaged(plan, options, this.#environment(), signal);
  }

  /** Runs a distributed query whose last stage writes files; the caller makes them durable and publishes them. */
  async writeFiles(plan: StagedPlan, options: FilesRunOptions, signal: AbortSignal): Promise<readonly WrittenFile[]> {
    return await writeFiles(plan, options, this.#environment(), signal);
  }

  /** Runs Sluice's own statements in one process and gives the last one's rows, at most `rowCountMax`. */
  async collect(statements: readonly string[], rowCountMax: number, signal: AbortSignal, settings: CollectSettings = {}): Promise<readonly CollectedRow[]> {
    return await collect(this.#environment(), statements, rowCountMax, signal, settings);
  }

  /** Tasks of one distributed query that run at the same time. */
  get parallelism(): number {
    return this.#options.executorCount;
  }

  /** What the pool is doing. */
  status(): ExecutorPoolStatus {
    return this.#desk.status();
  }

  /** There is a process, or one is about to be. */
  get isReady(): boolean {
    const { idle, leased, starting } = this.#desk.status();
    return idle + leased + starting > 0;
  }

  /** Ends all statements and processes. */
  async close(): Promise<void> {
    await this.#desk.close();
  }

  #environment(): StageEnvironment {
    return {
      acquire: async (signal) => {
        const leased = await this.#desk.acquire(signal);
        return { run: (work, settings, attempt) => leased.run(work, settings, attempt), release: () => this.#desk.release(leased) };
      },
      threads: this.#options.threads,
      memoryBytes: () => this.#desk.share.bytes,
      parallelism: this.parallelism,
      // Twice is bad luck; a task that kills its process twice would go on doing so.
      attemptsMax: 2,
      queuedAhead: 0,
      speculation: 'off',
      retriesWhole: false, // here a lost process is most often the statement's own doing
      shuffleDirectory: this.#options.shuffleDirectory,
    };
  }
}
