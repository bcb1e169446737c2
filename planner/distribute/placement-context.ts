import assert from 'node:assert/strict';
import type { PlanNode, ScanNode } from '../plan/nodes.js';
import type { SqlNotice } from '../sql-error.js';
import type { DistributeOptions, RuleName } from './distributed-plan.js';
import type { Placed } from './placed.js';
import type { ResolvedHints } from './resolve-hints.js';
import type { TaskShare } from './split-scan.js';

/** What the pass that places exchanges knows and collects. */
export class PlacementContext {
  readonly options: DistributeOptions;
  readonly hints: ResolvedHints;
  readonly partitionCount: number;
  /** CTEs in scope, as every reference to them reads them. */
  readonly ctes: Map<number, Placed> = new Map();
  readonly shares: Map<ScanNode, readonly TaskShare[]>;
  readonly coarseShares: Map<ScanNode, readonly TaskShare[]>;
  readonly estimates: Map<PlanNode, number>;
  readonly reasons: Set<string>;
  readonly notices: SqlNotice[];
  readonly coalesces: boolean;
  readonly splitsSkewed: boolean;
  /** The ORDER BY whose rows go to the client as they are. */
  resultOrder: PlanNode | null = null;
  /** True once that ORDER BY is spread over several tasks, in order of their numbers. */
  isResultOrdered = false;

  readonly #outer: OuterPlan | null;

  /** With `outer` the statement is one of several in one plan. */
  constructor(options: DistributeOptions, hints: ResolvedHints, outer: OuterPlan | null = null) {
    this.#outer = outer;
    this.shares = outer?.collected.shares ?? new Map();
    this.coarseShares = outer?.collected.coarseShares ?? new Map();
    this.estimates = outer?.collected.estimates ?? new Map();
    this.reasons = outer?.collected.reasons ?? new Set();
    this.notices = outer?.collected.notices ?? [];
    this.options = options;
    this.hints = hints;
    this.partitionCount = hints.partitionCount ?? options.partitionCount ?? Math.max(1, options.parallelism * PARTITIONS_PER_TASK);
    // Where somebody says which rows lie together, a task is a partition.
    const isLaidOut = outer !== null || hints.hashes.size > 0 || hints.moves.size > 0 || hints.result !== null;
    const isAsked = hints.partitionCount !== null || isLaidOut || options.partitionCount !== null;
    this.splitsSkewed = !isLaidOut && this.isOn('split-skewed');
    this.coalesces = !isAsked && this.isOn('coalesce-partitions');
  }

  /** Where the rows of a relation of kind `partitioned` lie. */
  partitionedInput(reference: number): Placed {
    assert.ok(this.#outer !== null, 'a partitioned relation stands in a statement of a data frame');
    return this.#outer.inputOf(reference);
  }

  /** True unless the rule is switched off. */
  isOn(rule: RuleName): boolean {
    return this.options.rulesOff?.has(rule) !== true;
  }
}

/** The plan that a statement is a part of: what all its parts collect together, and the parts that others read. */
export interface OuterPlan {
  readonly collected: Pick<PlacementContext, 'shares' | 'coarseShares' | 'estimates' | 'reasons' | 'notices'>;
  readonly inputOf: (reference: number) => Placed;
}

/** Partitions a shuffle has for each task that can run: two even out partitions of unlike sizes without doubling the files. */
const PARTITIONS_PER_TASK = 2;
