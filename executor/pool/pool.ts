import { mkdirSync } from 'node:fs';
import type { ResultStream, WholeQuery } from '../engine.js';
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
    mkdirSync(options.shuffleDirectory, { recursive: true });
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
        preludes: query.preludes ?? [],
      },
      {
        threads: this.#options.threads,
        memoryBytes: this.#desk.share.bytes,
        timeZone: query.settings.timeZone,
      },
    );
    void run.ended.then(() => this.#desk.release(leased));
    cancelOnAbort(run, signal);
    return new WholeResult(await run.columns, run);
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
}
