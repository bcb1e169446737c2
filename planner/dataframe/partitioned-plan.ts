import type { PlanNode } from '../plan/nodes.js';
import type { TranslatedQuery } from '../translate/translated.js';
import type { DataType } from '../types/data-type.js';

/** A statement of a data frame after DuckDB's binder has seen it: what the planner needs to place it. */
export interface BoundStatement {
  readonly query: TranslatedQuery;
  /** DuckDB's optimized plan; null where there is none: it then runs in one task, as it was translated. */
  readonly logical: PlanNode | null;
  readonly columns: readonly BoundColumn[];
  /** What stands behind its references of kind `partitioned`, by the reference's index. */
  readonly partitioned: ReadonlyMap<number, PartitionedPlan>;
}

/** A column by its name, which no other of the statement has. */
export interface BoundColumn {
  readonly name: string;
  readonly type: DataType;
}

/** Rows that lie in partitions somebody asked for, and what is done to each partition by itself. One object is one subplan, however often it is read. */
export type PartitionedPlan =
  /** Rows of a statement, which the planner distributes like every other; its tasks are its partitions. */
  | { readonly kind: 'statement'; readonly statement: BoundStatement }
  /** Moves rows, of these columns, into partitions. */
  | { readonly kind: 'repartition'; readonly input: PartitionedPlan; readonly columns: readonly BoundColumn[]; readonly partitioning: Partitioning }
  /** A statement that is run once a partition; its references of kind `partitioned` are its inputs, parameter 1 the partition's number, 2 their count. */
  | { readonly kind: 'per_partition'; readonly statement: BoundStatement; readonly description: string };

/** Which partition a row goes to. */
export type Partitioning =
  /** Rows that agree in the columns are in one partition. */
  | { readonly kind: 'hash'; readonly columns: readonly string[]; readonly count: number }
  /** Partition i has the rows that come before those of i + 1 in the columns' order; bounds are the quantiles of a sample. */
  | { readonly kind: 'range'; readonly columns: readonly string[]; readonly count: number }
  /** Evenly, by row. */
  | { readonly kind: 'deal'; readonly count: number }
  /** Evenly and in no order; the same seed gives the same. */
  | { readonly kind: 'random'; readonly count: number; readonly seed: number }
  /** The column, of whole numbers, is the partition's number: 22003 outside 0 to count - 1. Afterwards it may be dropped. */
  | { readonly kind: 'value'; readonly column: string; readonly count: number; readonly isDropped?: true }
  /** Nested dimensions: partition (i, j) is number i * (count of the second) + j. */
  | { readonly kind: 'nested'; readonly dimensions: readonly Extract<Partitioning, { readonly kind: 'hash' | 'value' }>[] };

/** The columns of a plan's rows. */
export function columnsOfPlan(plan: PartitionedPlan): readonly BoundColumn[] {
  if (plan.kind !== 'repartition') {
    return plan.statement.columns;
  }
  const { partitioning, columns } = plan;
  return partitioning.kind === 'value' && partitioning.isDropped === true ? columns.filter(({ name }) => name !== partitioning.column) : columns;
}
