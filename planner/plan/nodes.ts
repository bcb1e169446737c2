import type { DataType } from '../types/data-type.js';
import type { Expression, SortKey, AggregateCall, WindowCall } from './expressions.js';

/**
 * The logical plan: what DuckDB's binder and optimizer made of a statement, as readonly data. References are
 * positional: an expression's `ref` counts the columns of its node's input (for joins: in `left` or `right` as the
 * field says). Every node names the types it gives; a plan is JSON-serializable and comes back unchanged.
 */
export type PlanNode =
  | ScanNode
  | FilterNode
  | ProjectionNode
  | AggregateNode
  | JoinNode
  | CrossProductNode
  | DelimJoinNode
  | DelimGetNode
  | OrderNode
  | TopNNode
  | LimitNode
  | DistinctNode
  | UnionNode
  | SetOperationNode
  | WindowNode
  | UnnestNode
  | CteNode
  | CteReferenceNode
  | ValuesNode
  | SingleRowNode
  | EmptyNode
  | FunctionScanNode
  | SampleNode
  | PerPartitionNode
  | ExchangeNode
  | StageInputNode;

interface NodeBase {
  /** Types of the columns this node gives, in order. */
  readonly output: readonly DataType[];
}

/** Reads a table reference: `read` names the columns read (none when only rows are counted), `filters` are over them, `projection` picks the output. */
export interface ScanNode extends NodeBase {
  readonly kind: 'scan';
  /** Index of the RelationReference, taken from the stub's path. */
  readonly reference: number;
  readonly read: readonly string[];
  readonly readTypes: readonly DataType[];
  readonly filters: readonly Expression[];
  readonly projection: readonly number[];
}

export interface FilterNode extends NodeBase {
  readonly kind: 'filter';
  readonly input: PlanNode;
  readonly conditions: readonly Expression[];
  /** Input columns kept, or null for all. */
  readonly projection: readonly number[] | null;
}

export interface ProjectionNode extends NodeBase {
  readonly kind: 'projection';
  readonly input: PlanNode;
  readonly expressions: readonly Expression[];
  /** Names where DuckDB gave an alias; for people, and for hints' column names. */
  readonly names: readonly (string | null)[];
}

/** Output: groups, then aggregates, then GROUPING() values. No groups and no sets: one row, always. */
export interface AggregateNode extends NodeBase {
  readonly kind: 'aggregate';
  readonly input: PlanNode;
  /** Present where each task does it for its own rows, and one behind an exchange does it again for all. */
  readonly isPartial?: true;
  readonly groups: readonly Expression[];
  /** Sets of indexes into `groups`; null is the plain GROUP BY of all of them. */
  readonly groupingSets: readonly (readonly number[])[] | null;
  readonly aggregates: readonly AggregateCall[];
  /** GROUPING(a, b) calls, as indexes into `groups`. */
  readonly groupingCalls: readonly (readonly number[])[];
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'right_semi' | 'right_anti' | 'mark' | 'single';

/**
 * Output: kept left columns, then kept right columns; semi and anti give the left only, right_semi and right_anti the
 * right only, mark the left and one BOOLEAN. All conditions hold together (AND).
 */
export interface JoinNode extends NodeBase {
  readonly kind: 'join';
  readonly joinType: JoinType;
  readonly left: PlanNode;
  readonly right: PlanNode;
  readonly conditions: readonly JoinCondition[];
  /** A further condition over left columns followed by right columns (LOGICAL_ANY_JOIN), or null. */
  readonly residual: Expression | null;
  /** Kept columns, or null for all. */
  readonly leftProjection: readonly number[] | null;
  readonly rightProjection: readonly number[] | null;
}

/** `left` is over the left input, `right` over the right. */
export interface JoinCondition {
  readonly left: Expression;
  readonly right: Expression;
  readonly comparison: Comparison;
}

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'IS NOT DISTINCT FROM' | 'IS DISTINCT FROM';

export interface CrossProductNode extends NodeBase {
  readonly kind: 'cross_product';
  readonly left: PlanNode;
  readonly right: PlanNode;
}

/** A join whose one side (`left`, or `right` when flipped) is also read, deduplicated on `duplicateEliminated`, by the DelimGet nodes of the other. */
export interface DelimJoinNode extends NodeBase {
  readonly kind: 'delim_join';
  readonly join: JoinNode;
  readonly duplicateEliminated: readonly Expression[];
  readonly flipped: boolean;
}

export interface DelimGetNode extends NodeBase {
  readonly kind: 'delim_get';
}

export interface OrderNode extends NodeBase {
  readonly kind: 'order';
  readonly input: PlanNode;
  readonly keys: readonly SortKey[];
  /** Input columns kept, or null for all. */
  readonly projection: readonly number[] | null;
}

export interface TopNNode extends NodeBase {
  readonly kind: 'top_n';
  readonly input: PlanNode;
  /** Present where each task does it for its own rows, and one behind an exchange does it again for all. */
  readonly isPartial?: true;
  readonly keys: readonly SortKey[];
  readonly limit: number;
  readonly offset: number;
}

export interface LimitNode extends NodeBase {
  readonly kind: 'limit';
  readonly input: PlanNode;
  /** Present where each task does it for its own rows, and one behind an exchange does it again for all. */
  readonly isPartial?: true;
  readonly limit: number | null;
  readonly offset: number;
}

/** `targets` null: the whole row. DISTINCT ON keeps the first row by `keys`. */
export interface DistinctNode extends NodeBase {
  readonly kind: 'distinct';
  readonly input: PlanNode;
  /** Present where each task does it for its own rows, and one behind an exchange does it again for all. */
  readonly isPartial?: true;
  readonly targets: readonly Expression[];
  /** True for DISTINCT ON. */
  readonly on: boolean;
  readonly keys: readonly SortKey[];
}

/** UNION ALL of any number of inputs; a UNION without ALL has a distinct node above it. */
export interface UnionNode extends NodeBase {
  readonly kind: 'union';
  readonly inputs: readonly PlanNode[];
}

export interface SetOperationNode extends NodeBase {
  readonly kind: 'set_operation';
  readonly operation: 'intersect' | 'except';
  readonly all: boolean;
  readonly left: PlanNode;
  readonly right: PlanNode;
}

/** Output: the input's columns, then one for each call. */
export interface WindowNode extends NodeBase {
  readonly kind: 'window';
  readonly input: PlanNode;
  readonly calls: readonly WindowCall[];
}

/** Output: the input's columns, then the unnested ones. */
export interface UnnestNode extends NodeBase {
  readonly kind: 'unnest';
  readonly input: PlanNode;
  readonly expressions: readonly Expression[];
}

/** Computes `definition` once; CteReference nodes with the same index in `body` read it. */
export interface CteNode extends NodeBase {
  readonly kind: 'cte';
  readonly index: number;
  readonly name: string;
  readonly definition: PlanNode;
  readonly body: PlanNode;
}

export interface CteReferenceNode extends NodeBase {
  readonly kind: 'cte_reference';
  readonly index: number;
}

export interface ValuesNode extends NodeBase {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expression[])[];
}

/** One row (SELECT without FROM); DuckDB counts one INTEGER column in it that nothing reads. */
export interface SingleRowNode extends NodeBase {
  readonly kind: 'single_row';
}

/** No rows. */
export interface EmptyNode extends NodeBase {
  readonly kind: 'empty';
}

/** A table function over constants (generate_series, range, unnest). */
export interface FunctionScanNode extends NodeBase {
  readonly kind: 'function_scan';
  readonly function: string;
  readonly arguments: readonly Expression[];
  readonly projection: readonly number[];
}

export interface SampleNode extends NodeBase {
  readonly kind: 'sample';
  readonly input: PlanNode;
  readonly method: string;
  readonly size: number;
  readonly isPercentage: boolean;
  readonly seed: number | null;
}

/**
 * SQL of its own over its inputs, task by task: each task's run sees the task's partition of every input, and nothing else.
 * Only planner/distribute makes these, where a relation's rows come from a data frame.
 */
export interface PerPartitionNode extends NodeBase {
  readonly kind: 'per_partition';
  readonly inputs: readonly PlanNode[];
  /** By input, the names its columns have in the SQL. */
  readonly inputNames: readonly (readonly string[])[];
  readonly sql: readonly PerPartitionPiece[];
  /** What it does, for people. */
  readonly description: string;
}

/** Text, a table expression with an input's rows, or the number of the task's partition. */
export type PerPartitionPiece = string | { readonly kind: 'input'; readonly index: number } | { readonly kind: 'partition' };

/** Moves rows between stages; only planner/distribute makes these, in one pass, and planner/fragment cuts the plan at them. */
export interface ExchangeNode extends NodeBase {
  readonly kind: 'exchange';
  readonly input: PlanNode;
  readonly distribution: Distribution;
  /** Why it is there and why it is of this kind, for EXPLAIN. */
  readonly reason: string;
}

/** How an exchange hands out rows: all to one task, all to every task, by hash of key columns of its input, or by an INTEGER column that is the partition's number. */
export type Distribution =
  | { readonly kind: 'gather' }
  | { readonly kind: 'broadcast' }
  | {
      readonly kind: 'hash';
      readonly keys: readonly { readonly column: number; readonly type: DataType }[];
      readonly partitionCount: number;
    }
  | { readonly kind: 'value'; readonly column: number; readonly partitionCount: number };

/** A leaf that stands for the rows of an earlier stage, after the cut. */
export interface StageInputNode extends NodeBase {
  readonly kind: 'stage_input';
  readonly stage: number;
}

/** A plan, or the reason why DuckDB's JSON holds something the reader does not know. */
export type ReadPlanResult = { readonly kind: 'plan'; readonly plan: PlanNode } | { readonly kind: 'unknown'; readonly reason: string };
