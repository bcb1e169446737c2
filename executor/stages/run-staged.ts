import assert from 'node:assert/strict';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import type { ResultColumn, RowBatch } from '../engine.js';
import { peakMemoryOf } from './attempt-task.js';
import { runExchangeStages } from './exchange-stages.js';
import { Handoff } from './handoff.js';
import type { StageEnvironment, StageSummary, StagedResult, StagedRunOptions } from './options.js';
import { StagedQuery } from './staged-query.js';
import { TaskTurns } from './task-turns.js';

/**
 * Runs a distributed query stage by stage. Resolves once the last stage's columns are known; its rows come in any order
 * between tasks unless the plan is ordered, each task's in its own. The query's shuffle files are gone when the stream has ended, however it did.
 */
export async function runStaged(plan: StagedPlan, options: StagedRunOptions, environment: StageEnvironment, signal: AbortSignal): Promise<StagedResult> {
  const query = new StagedQuery(plan, options, environment, signal);
  try {
    await runExchangeStages(query);
  } catch (error) {
    await query.cleanUp();
    throw error;
  }
  const result = new MergedResult(query, options);
  await result.start();
  return result;
}

class MergedResult implements StagedResult {
  readonly #query: StagedQuery;
  readonly #options: StagedRunOptions;
  readonly #handoff = new Handoff();
  #columns: readonly ResultColumn[] | null = null;
  #onColumns: (columns: readonly ResultColumn[]) => void = () => undefined;
  #finished: Promise<void> = Promise.resolve();

  constructor(query: StagedQuery, options: StagedRunOptions) {
    this.#query = query;
    this.#options = options;
  }

  get columns(): readonly ResultColumn[] {
    assert(this.#columns !== null, 'the result was started');
    return this.#columns;
  }

  /** Starts the last stage and waits for its columns. */
  async start(): Promise<void> {
    const query = this.#query;
    const known = new Promise<readonly ResultColumn[]>((resolve) => {
      this.#onColumns = resolve;
    });
    query.signal.addEventListener('abort', () => this.#handoff.end(asError(query.signal.reason)));
    const stage = this.#runLastStage();
    this.#finished = this.#finish(stage);
    try {
      this.#columns = await Promise.race([known, stage.then(() => known)]);
    } catch (error) {
      await this.#finished;
      throw error;
    }
  }

  /** Waits for the last stage, removes the shuffle files, and only then lets the reader see the end. */
  async #finish(stage: Promise<void>): Promise<void> {
    let end: Error | null = null;
    try {
      await stage;
    } catch (error) {
      end = asError(error);
    }
    try {
      await this.#query.cleanUp();
    } catch (error) {
      end ??= asError(error);
    }
    this.#handoff.end(end);
  }

  async next(): Promise<RowBatch | null> {
    return await this.#handoff.take();
  }

  async close(): Promise<void> {
    this.#query.stop(null);
    await this.#finished;
  }

  summary(): readonly StageSummary[] {
    return this.#query.summaries;
  }

  async #runLastStage(): Promise<void> {
    const query = this.#query;
    const options = this.#options;
    const turns = new TaskTurns(query.plan.ordered === true);
    await query.runStage(query.lastStage, ({ stage, task, filled, settings }) => {
      assert(stage.output.kind === 'result', 'the last stage gives rows');
      const startedMs = query.elapsedMs;
      let rowCount = 0;
      let byteCount = 0;
      return {
        settings,
        mayRetry: () => rowCount === 0,
        work: () => ({
          kind: 'stream',
          sql: filled().sql,
          columnNames: options.columnNames ?? query.plan.columns.map((column) => column.name),
          encodings: options.encodings,
          output: options.settings,
          copy: options.copy ?? null,
          preludes: options.preludes ?? [],
          inputs: filled().inputs,
        }),
        follow: async (run, attempt) => {
          this.#onColumns(await run.columns);
          await turns.wait(task, query.signal);
          for (let batch = await run.next(); batch !== null; batch = await run.next()) {
            rowCount += batch.rowCount;
            byteCount += batch.bytes.length;
            await this.#handoff.offer(batch);
          }
          turns.end(task);
          return { task, attempt, rowCount, byteCount, fileCount: 0, startedMs, elapsedMs: query.elapsedMs - startedMs, ...peakMemoryOf(await run.end) };
        },
      };
    });
  }
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error('the query failed', { cause: value });
}
