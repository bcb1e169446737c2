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
  readonly shares: Map<ScanNode, readonly TaskShare[]> = new Map();
  readonly coarseShares: Map<ScanNode, readonly TaskShare[]> = new Map();
  readonly estimates: Map<PlanNode, number> = new Map();
  readonly reasons: Set<string> = new Set();
  readonly notices: SqlNotice[] = [];
  readonly coalesces: boolean;
  readonly splitsSkewed: boolean;
  /** The ORDER BY whose rows go to the client as they are. */
  resultOrder: PlanNode | null = null;
  /** True once that ORDER BY is spread over several tasks, in order of their numbers. */
  isResultOrdered = false;

  constructor(options: DistributeOptions, hints: ResolvedHints) {
    this.options = options;
    this.hints = hints;
    this.partitionCount = hints.partitionCount ?? options.partitionCount ?? Math.max(1, options.parallelism * PARTITIONS_PER_TASK);
    // Where somebody says which rows lie together, a task is a partition.
    const isLaidOut = hints.hashes.size > 0 || hints.moves.size > 0 || hints.result !== null;
    const isAsked = hints.partitionCount !== null || isLaidOut || options.partitionCount !== null;
    this.splitsSkewed = !isLaidOut && this.isOn('split-skewed');
    this.coalesces = !isAsked && this.isOn('coalesce-partitions');
  }

  /** True unless the rule is switched off. */
  isOn(rule: RuleName): boolean {
    return this.options.rulesOff?.has(rule) !== true;
  }
}

/** Partitions a shuffle has for each task that can run: two even out partitions of unlike sizes without doubling the files. */
const PARTITIONS_PER_TASK = 2;
