import type { DataType } from '../types/data-type.js';

/**
 * A distributed plan, ready to run: stages in an order in which every stage comes after those it reads from. Data
 * only (JSON through and back unchanged); the executor fills in the producers' files and runs it.
 */
export interface StagedPlan {
  readonly stages: readonly Stage[];
  /** Output columns of the last stage, in order; names are the client's. */
  readonly columns: readonly PlanColumn[];
  /** True: rows are in order when those of the last stage's tasks follow each other in the tasks' order. */
  readonly ordered?: true;
  /** What each task of every stage is to have; absent leaves it to the executor. */
  readonly resources?: TaskResources;
}

/** Threads and bytes of memory a task asks for; null leaves it to the executor, which never gives more than it has. */
export interface TaskResources {
  readonly threads: number | null;
  readonly memoryBytes: number | null;
}

/** A column between stages. Inside exchanges columns are named c0, c1, ... */
export interface PlanColumn {
  readonly name: string;
  readonly type: DataType;
}

/** One stage: a fragment run once for every task, each over its own inputs. */
export interface Stage {
  readonly id: number;
  readonly fragment: Fragment;
  readonly tasks: TaskLayout;
  readonly output: StageOutput;
  /** Rows of all tasks together of which readers need no more, whichever they are: tasks after those that gave them may be left out. */
  readonly enoughRows?: number;
  /** Ways in which a task gives no rows: each lists inputs (stages) that are all empty for it. */
  readonly emptyWith?: readonly (readonly number[])[];
  /** One line for people: what the stage does. */
  readonly description: string;
}

/** DuckDB SQL of one query with holes for what differs from task to task. */
export interface Fragment {
  readonly sql: readonly FragmentPiece[];
  /** Types of the fragment's columns c0..cn. */
  readonly columns: readonly PlanColumn[];
}

/** Text, the task's share of a scan, the task's partition of an exchange, or the number of the task's partition. */
export type FragmentPiece =
  | string
  | { readonly kind: 'scan'; readonly scan: number }
  | { readonly kind: 'exchange'; readonly stage: number; readonly columns: readonly PlanColumn[] }
  | { readonly kind: 'partition' };

/** How a stage's tasks differ. */
export type TaskLayout =
  /** One task; it reads every partition of its inputs. */
  | { readonly kind: 'single'; readonly scans: readonly ScanShare[] }
  /**
   * A task per entry: its own share of `splitScan`, and all of every other scan and (broadcast) input. `coarse` are fewer
   * entries over the same, for when what every task reads of the inputs turns out to cost more than its share.
   */
  | { readonly kind: 'splits'; readonly splits: readonly (readonly ScanShare[])[]; readonly coarse?: readonly (readonly ScanShare[])[] }
  /**
   * A task per partition of the hash-partitioned inputs, all with the same partition count; broadcast inputs are read whole.
   * With `coalesces` a task may take several partitions. Several tasks may share a partition of one of the `splittable`
   * inputs (stages), each with some of its rows and all of the other inputs' partition.
   */
  | {
      readonly kind: 'partitions';
      readonly partitionCount: number;
      readonly scans: readonly ScanShare[];
      readonly coalesces?: true;
      readonly splittable?: readonly number[];
    };

/** The table expression that a scan hole becomes in one task, files and row ranges included. */
export interface ScanShare {
  readonly scan: number;
  /** DuckDB table expression without alias, with exactly the columns the fragment expects. */
  readonly sql: string;
  readonly fileCount: number;
  readonly byteCount: number;
  readonly rowCount: number;
}

/** Where a stage's rows go. */
export type StageOutput =
  /** To the client. */
  | { readonly kind: 'result' }
  /** Into a dataset's own files (COPY ... TO): every task writes under the staging folder the executor gives it. */
  | { readonly kind: 'files'; readonly sink: FileSink }
  /** Into shuffle files, one group a task: read whole by every consumer task (broadcast) or by a single task (gather). */
  | { readonly kind: 'whole' }
  /** Into shuffle files by hash of the key columns (indexes into the fragment's columns) modulo partitionCount. `null` keys go round-robin by row. */
  | { readonly kind: 'hash'; readonly keys: readonly HashKey[]; readonly partitionCount: number }
  /** Into shuffle files by a column that is the partition's number; another value than 0 to partitionCount - 1 is an error. */
  | { readonly kind: 'value'; readonly column: number; readonly partitionCount: number };

/** A key of a hash exchange: hashed after a cast to `type`, the common type of both sides, since DuckDB's hash() depends on it. */
export interface HashKey {
  readonly column: number;
  readonly type: DataType;
}

/** How COPY ... TO writes. */
export interface FileSink {
  readonly format: 'parquet' | 'csv' | 'json';
  /** Client's column names, in the order of the fragment's columns. */
  readonly columnNames: readonly string[];
  /** Names of hive-partition columns, a subset of columnNames. */
  readonly partitionBy: readonly string[];
  /** Further options of DuckDB's COPY as SQL text (`COMPRESSION` -> `'zstd'`), from an allow-list. */
  readonly options: Readonly<Record<string, string>>;
  /** True: the target is one file and there is exactly one task. */
  readonly singleFile: boolean;
  /** For a stored table's files (Parquet). */
  readonly table?: TableSink;
}

/** What files of a stored table need besides. */
export interface TableSink {
  /** COPY's FIELD_IDS. */
  readonly fieldIds: string;
  /** Expressions over the columns by their names in the file, whose values part the rows into files; they are not written. */
  readonly partitionExpressions: readonly string[];
  /** ORDER BY's list over the columns by their names in the file; empty for none. */
  readonly sort: string;
}
