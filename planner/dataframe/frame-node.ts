import type { Partitioning } from './partitioned-plan.js';

/** The lazy DAG of a data frame: readonly data, made by the library's methods, turned into statements by `compile-frame.ts`. */
export type FrameNode =
  | FilesNode
  | TableNode
  | StoredNode
  | SqlNode
  | SelectNode
  | FilterNode
  | UnionNode
  | JoinNode
  | AggregateNode
  | DistinctNode
  | SortNode
  | LimitNode
  | RepartitionNode
  | PartialSqlNode
  | ScriptNode
  | PartialSortNode;

/** Files below the data directory; `options` are the reader's, their values SQL literals. */
export interface FilesNode {
  readonly kind: 'files';
  readonly format: 'parquet' | 'csv' | 'json';
  readonly paths: readonly string[];
  /** Columns read, all when null. */
  readonly columns: readonly string[] | null;
  readonly options: Readonly<Record<string, string>>;
}

/** A table or view by name. */
export interface TableNode {
  readonly kind: 'table';
  readonly schema: string | null;
  readonly name: string;
}

/** Rows that the session keeps: literal data, results that were computed. */
export interface StoredNode {
  readonly kind: 'stored';
  readonly id: string;
}

/** A query over all rows of its inputs, which its text calls {0}, {1}, ... */
export interface SqlNode {
  readonly kind: 'sql';
  readonly text: string;
  readonly inputs: readonly FrameNode[];
}

/** SELECT of expressions, row by row. */
export interface SelectNode {
  readonly kind: 'select';
  readonly input: FrameNode;
  readonly expressions: readonly string[];
}

/** Rows for which the condition is true. */
export interface FilterNode {
  readonly kind: 'filter';
  readonly input: FrameNode;
  readonly condition: string;
}

/** UNION ALL, columns matched by place or by name. */
export interface UnionNode {
  readonly kind: 'union';
  readonly inputs: readonly FrameNode[];
  readonly isByName: boolean;
}

/** How two frames are joined. */
export type FrameJoinType = 'inner' | 'left' | 'right' | 'full' | 'cross' | 'semi' | 'anti';

/** A join; conditions and expressions call the sides l and r. `expressions` null gives all columns of both. */
export interface JoinNode {
  readonly kind: 'join';
  readonly left: FrameNode;
  readonly right: FrameNode;
  readonly joinType: FrameJoinType;
  readonly condition:
    | { readonly kind: 'on'; readonly sql: string }
    | { readonly kind: 'using'; readonly columns: readonly string[] }
    | { readonly kind: 'none' };
  readonly expressions: readonly string[] | null;
}

/** GROUP BY; without groups one row. */
export interface AggregateNode {
  readonly kind: 'aggregate';
  readonly input: FrameNode;
  readonly groups: readonly string[];
  readonly aggregates: readonly string[];
}

export interface DistinctNode {
  readonly kind: 'distinct';
  readonly input: FrameNode;
}

/** ORDER BY of all rows. */
export interface SortNode {
  readonly kind: 'sort';
  readonly input: FrameNode;
  readonly keys: readonly string[];
}

export interface LimitNode {
  readonly kind: 'limit';
  readonly input: FrameNode;
  readonly count: number;
  readonly offset: number;
}

/** The same rows in other partitions. */
export interface RepartitionNode {
  readonly kind: 'repartition';
  readonly input: FrameNode;
  readonly partitioning: FramePartitioning;
}

/** How rows are parted; `split` cuts a scan without moving rows, and deals out rows of anything else. `expression` is SQL for the partition's number. */
export type FramePartitioning =
  | Partitioning
  | { readonly kind: 'split'; readonly by: 'files' | 'rows'; readonly count: number }
  | { readonly kind: 'bytes'; readonly size: string }
  | { readonly kind: 'expression'; readonly sql: string; readonly count: number }
  | { readonly kind: 'script'; readonly script: FrameScript; readonly count: number };

/** A query run once a partition, over partition i of each input. */
export interface PartialSqlNode {
  readonly kind: 'partial_sql';
  readonly text: string;
  readonly inputs: readonly FrameNode[];
}

/** ORDER BY inside each partition. */
export interface PartialSortNode {
  readonly kind: 'partial_sort';
  readonly input: FrameNode;
  readonly keys: readonly string[];
}

/** A function in JavaScript and what it is called for. Executors run it: by its own text, or as an export of a module that they can read. */
export interface FrameScript {
  readonly code: { readonly kind: 'inline'; readonly source: string } | { readonly kind: 'module'; readonly path: string; readonly export: string };
  /** `batch`: rows of a table. `map`, `flat_map`: a row, any rows of a row. `filter`: whether a row stays. `number`: its partition. */
  readonly use: 'batch' | 'map' | 'flat_map' | 'filter' | 'number';
  /** A second argument, as JSON; null for none. */
  readonly parameters: string | null;
}

/** A function run over each partition. */
export interface ScriptNode {
  readonly kind: 'script';
  readonly input: FrameNode;
  readonly script: FrameScript;
  /** Names and SQL types of the columns it gives; null for those of its input. */
  readonly columns: readonly (readonly [name: string, type: string])[] | null;
}

/** The inputs of a node, in order. */
export function frameInputs(node: FrameNode): readonly FrameNode[] {
  switch (node.kind) {
    case 'files':
    case 'table':
    case 'stored':
      return [];
    case 'sql':
    case 'union':
    case 'partial_sql':
      return node.inputs;
    case 'join':
      return [node.left, node.right];
    case 'select':
    case 'filter':
    case 'aggregate':
    case 'distinct':
    case 'sort':
    case 'limit':
    case 'repartition':
    case 'partial_sort':
    case 'script':
      return [node.input];
  }
}

/** The same node over other inputs, as many as before. */
export function withFrameInputs(node: FrameNode, inputs: readonly FrameNode[]): FrameNode {
  const [first, second] = inputs;
  switch (node.kind) {
    case 'files':
    case 'table':
    case 'stored':
      return node;
    case 'sql':
    case 'union':
    case 'partial_sql':
      return { ...node, inputs };
    case 'join':
      return { ...node, left: first ?? node.left, right: second ?? node.right };
    case 'select':
    case 'filter':
    case 'aggregate':
    case 'distinct':
    case 'sort':
    case 'limit':
    case 'repartition':
    case 'partial_sort':
    case 'script':
      return { ...node, input: first ?? node.input };
  }
}
