import type { Hint } from '../parse/hint.js';
import type { PlanNode, ScanNode } from '../plan/nodes.js';
import type { SqlNotice } from '../sql-error.js';
import type { QueryBlock, RelationReference } from '../translate/translated.js';
import type { TaskResources } from '../fragment/staged-plan.js';
import type { TaskShare } from './split-scan.js';

/** What distribution is told: the tables with their files, the hints, and how much machine there is. */
export interface DistributeOptions {
  readonly references: readonly RelationReference[];
  readonly hints: readonly Hint[];
  readonly blocks: readonly QueryBlock[];
  /** `auto` distributes only data of `thresholdBytes` and more; `distributed` wherever it is known how. */
  readonly mode: 'auto' | 'distributed';
  /** Tasks that can run at the same time. */
  readonly parallelism: number;
  /** Partitions of every shuffle; null lets the planner choose. */
  readonly partitionCount: number | null;
  /** A join's side is broadcast only up to this many bytes, unless a hint asks for it. */
  readonly broadcastByteLimit: number;
  readonly thresholdBytes?: number;
  /** Most bytes one scan task should read. */
  readonly splitByteTarget?: number;
  /** Scans are not split into tasks smaller than this on average, whatever the parallelism. */
  readonly splitByteMinimum?: number;
  /** Names of the result's columns, for hints that name them; absent where only DuckDB knows them. */
  readonly outputNames?: readonly string[];
  /** Names out of RULE_NAMES; a rule that is off falls back to a more general way of the same result. */
  readonly rulesOff?: ReadonlySet<string>;
}

/** What distribution gives: a plan with exchanges where rows move between tasks. */
export interface DistributedPlan {
  readonly plan: PlanNode;
  /** True: no exchange, one task does everything. */
  readonly whole: boolean;
  /** Why the plan, or a part of it, stays in one task; sentences a user understands. */
  readonly wholeReasons: readonly string[];
  /** Hints that could not be honoured. */
  readonly notices: readonly SqlNotice[];
  /** The tasks' shares of every scan in `plan`, by the node's identity. */
  readonly shares: ReadonlyMap<ScanNode, readonly TaskShare[]>;
  /** The same in fewer shares, where nobody asked for a number. */
  readonly coarseShares: ReadonlyMap<ScanNode, readonly TaskShare[]>;
  /** Whether small partitions may go together into one task: nobody asked for a number of partitions. */
  readonly coalesces: boolean;
  /** Whether several tasks may share a partition far larger than the others. */
  readonly splitsSkewed: boolean;
  /** Whether tasks that can give no rows, for their input is empty, are left out. */
  readonly skipsEmpty: boolean;
  /** True: the result is in order when its tasks' rows follow each other. */
  readonly ordered: boolean;
  /** What RESOURCES asks for each task. */
  readonly resources: TaskResources | null;
  /** Estimated rows of every exchange's input, and of the plan itself, by the node's identity. */
  readonly estimates: ReadonlyMap<PlanNode, number>;
}

/** Rules that can be switched off, for tests and for finding a wrong one. */
export const RULE_NAMES = [
  'prune-files',
  'replicate-small-scan',
  'partial-aggregate',
  'distinct-by-argument',
  'broadcast-join',
  'coalesce-partitions',
  'split-skewed',
  'skip-empty',
  'coarse-splits',
  'reuse-partitioning',
  'partial-top-n',
  'partial-limit',
  'partial-distinct',
  'gather-small',
  'split-aggregate',
  'range-sort',
] as const;

/** One of the names above. */
export type RuleName = (typeof RULE_NAMES)[number];
