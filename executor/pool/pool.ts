import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeAbandoned } from '../../fs/owner/owner.js';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import type { Prelude, ResultStream, WholeQuery, WrittenFile } from '../engine.js';
import type { FilesRunOptions, StageEnvironment, StagedResult, StagedRunOptions } from '../stages/options.js';
import type { CollectedRow } from '../protocol/messages.js';
import { runStaged } from '../stages/run-staged.js';
import { QUERIES_FOLDER } from '../stages/staged-query.js';
import { writeFiles } from '../stages/write-files.js';
import { LeaseDesk } from './lease-desk.js';
import type { ExecutorPoolOptions, ExecutorPoolStatus } from './options.js';
import { WholeResult, cancelOnAbort } from './whole-result.js';

/** Runs statements in child processes: whole in one, or stage by stage in several. */
export class ExecutorPool {
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
  async runWhole(query: WholeQuery, signal: AbortSignal): Promise<ResultStream> {
    const leased = await this.#desk.acquire(signal);
    const run = leased.run(
      {
        kind: 'stream',
        sql: query.sql,
        columnNames: query.columnNames ?? null,
        encodings: query.encodings,
        output: query.settings,
        copy: query.copy ?? null,
        preludes: query.preludes ?? [],
        inputs: [],
      },
      {
        threads: this.#options.threads,
        memoryBytes: this.#desk.share.bytes,
        timeZone: query.settings.timeZone,
        keepJoinOrder: false,
      },
    );
    void run.ended.then(() => this.#desk.release(leased));
    cancelOnAbort(run, signal);
    return new WholeResult(await run.columns, run);
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
  async collect(
    statements: readonly string[],
    rowCountMax: number,
    signal: AbortSignal,
    settings: { readonly timeZone?: string; readonly preludes?: readonly Prelude[] } = {},
  ): Promise<readonly CollectedRow[]> {
    const leased = await this.#desk.acquire(signal);
    const run = leased.run(
      { kind: 'collect', statements, directories: [], rowCountMax, preludes: settings.preludes ?? [], inputs: [] },
      { threads: this.#options.threads, memoryBytes: this.#desk.share.bytes, timeZone: settings.timeZone ?? 'UTC', keepJoinOrder: false },
    );
    void run.ended.then(() => this.#desk.release(leased));
    cancelOnAbort(run, signal);
    const end = await run.end;
    assert(end.kind === 'collected');
    return end.rows;
  }

  /** Tasks of one distributed query that run at the same time. */
  get parallelism(): number {
    return this.#options.executorCount;
  }

  /** What the pool is doing. */
  status(): ExecutorPoolStatus {
    return this.#desk.status();
  }

  /** Ends all statements and processes. */
  async close(): Promise<void> {
    await this.#desk.close();
  }

  #environment(): StageEnvironment {
    return {
      acquire: (signal) => this.#desk.acquire(signal),
      release: (leased) => this.#desk.release(leased),
      threads: this.#options.threads,
      memoryBytes: () => this.#desk.share.bytes,
      parallelism: this.parallelism,
      shuffleDirectory: this.#options.shuffleDirectory,
    };
  }
}
