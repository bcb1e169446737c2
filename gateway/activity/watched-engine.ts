import type { ResultStream, WholeQuery, WrittenFile } from '../../executor/engine.js';
import type { ExecutorPoolStatus } from '../../executor/pool/options.js';
import type { CollectedRow } from '../../executor/protocol/messages.js';
import type { CollectSettings, QueryEngine } from '../../executor/query-engine.js';
import type { FilesRunOptions, StagedResult, StagedRunOptions } from '../../executor/stages/options.js';
import type { StageObserver } from '../../executor/stages/stage-observer.js';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';
import type { ActiveQuery } from './active-query.js';

/** The engine as a session's statements see it: what it runs is told to the query that the session runs now. */
export class WatchedEngine implements QueryEngine {
  readonly #engine: QueryEngine;
  readonly #current: () => ActiveQuery | null;

  constructor(engine: QueryEngine, current: () => ActiveQuery | null) {
    this.#engine = engine;
    this.#current = current;
  }

  get parallelism(): number {
    return this.#engine.parallelism;
  }

  get isReady(): boolean {
    return this.#engine.isReady;
  }

  runWhole(query: WholeQuery, signal: AbortSignal): Promise<ResultStream> {
    return this.#engine.runWhole(query, signal, this.#observe({ wholeSql: query.sql }));
  }

  runStaged(plan: StagedPlan, options: StagedRunOptions, signal: AbortSignal): Promise<StagedResult> {
    return this.#engine.runStaged(plan, this.#observed(plan, options), signal);
  }

  writeFiles(plan: StagedPlan, options: FilesRunOptions, signal: AbortSignal): Promise<readonly WrittenFile[]> {
    return this.#engine.writeFiles(plan, this.#observed(plan, options), signal);
  }

  collect(statements: readonly string[], rowCountMax: number, signal: AbortSignal, settings?: CollectSettings): Promise<readonly CollectedRow[]> {
    return this.#engine.collect(statements, rowCountMax, signal, settings);
  }

  status(): ExecutorPoolStatus | null {
    return this.#engine.status();
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #observe(plan: StagedPlan | { readonly wholeSql: string }): StageObserver | undefined {
    return this.#current()?.observe(plan);
  }

  #observed<Options extends object>(plan: StagedPlan, options: Options): Options & { readonly observer?: StageObserver } {
    const observer = this.#observe(plan);
    return observer === undefined ? options : { ...options, observer };
  }
}
