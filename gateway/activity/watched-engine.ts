import type { ResultStream, WholeQuery, WrittenFile } from '../../executor/engine.js';
import type { ExecutorPoolStatus } from '../../executor/pool/options.js';
import type { CollectedRow } from '../../executor/protocol/messages.js';
import type { CollectSettings, QueryEngine } from '../../executor/query-engine.js';
import type { FilesRunOptions, StagedResult, StagedRunOptions } from '../../executor/stages/options.js';
import type { StageObserver } from '../../executor/stages/stage-observer.js';
import { bothObservers } from '../../executor/stages/stage-observer.js';
import type { StagedPlan } from '../../planner/fragment/staged-plan.js';

/** What is run: a plan, or the SQL of a statement that runs whole. */
export type ObservedPlan = StagedPlan | { readonly wholeSql: string };

/** An engine of which everything that it runs is observed, by whom `observe` gives at that moment. */
export class WatchedEngine implements QueryEngine {
  readonly #engine: QueryEngine;
  readonly #observe: (plan: ObservedPlan) => StageObserver | undefined;

  constructor(engine: QueryEngine, observe: (plan: ObservedPlan) => StageObserver | undefined) {
    this.#engine = engine;
    this.#observe = observe;
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

  /** Who observes already, goes on to. */
  #observed<Options extends { readonly observer?: StageObserver }>(plan: StagedPlan, options: Options): Options {
    const observer = this.#observe(plan);
    if (observer === undefined) {
      return options;
    }
    return { ...options, observer: options.observer === undefined ? observer : bothObservers(options.observer, observer) };
  }
}
