import type { DataType } from '../types/data-type.js';
import type { PostgresColumnType } from '../types/postgres-type.js';

/** A column of a relation. `postgres` overrides the type that `type` would be reported as (varchar(10), regclass, oid). */
export interface Column {
  readonly name: string;
  readonly type: DataType;
  readonly postgres?: PostgresColumnType;
  readonly notNull?: boolean;
}

/**
 * What the planner knows of something that can stand in FROM. Relations are immutable: a session's snapshot hands
 * out one object per version, so identity can key caches.
 */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly source: RelationSource;
}

/** Where a relation's rows come from. */
export type RelationSource = FileSource | ViewSource | SystemSource | PartitionedSource;

/** Rows in immutable files of one format, with what is known of them. */
export interface FileSource {
  readonly kind: 'files';
  readonly format: FileFormat;
  /** Files in a stable order. The list is exact: nothing is discovered when a fragment runs. */
  readonly files: readonly DataFile[];
  /** Columns whose values stand in the path (hive partitioning), in path order; they are in `columns`, not in the files. */
  readonly partitionColumns: readonly string[];
  /** Options the reader needs to read every file as `columns` says, as DuckDB named arguments (`delim` -> `','`), already SQL literals. */
  readonly readerOptions: Readonly<Record<string, string>>;
  /** True when files may lack columns or order them differently: columns are matched by name and missing ones are NULL. */
  readonly unionByName: boolean;
  /**
   * Columns whose type Parquet cannot carry, with the type they have in the file: read as `stored`, cast to the
   * column's type (HUGEINT stored as VARCHAR).
   */
  readonly storedTypes?: Readonly<Record<string, DataType>>;
  /** How a stored table's files hold its columns; absent for plain files, whose columns are found by name. */
  readonly fields?: FieldLayout;
}

/** Columns found by Parquet field id: files may call them otherwise, hold narrower types, or lack them. */
export interface FieldLayout {
  /** By column name. Rows of files that lack the column have `initialDefault`, a text that is cast to its type; null is SQL NULL. */
  readonly columns: Readonly<Record<string, { readonly id: number; readonly initialDefault: string | null }>>;
  /** Columns of the relation that say where each row lies: its file's path and its position there from 0. Only for statements that change rows. */
  readonly location?: { readonly file: string; readonly position: string };
}

/** File formats that can be read as tables. */
export type FileFormat = 'parquet' | 'csv' | 'json';

/** One immutable file of a relation. */
export interface DataFile {
  /** Absolute path under a data root. */
  readonly path: string;
  readonly byteCount: number;
  /** Exact for Parquet (its footer), undefined where only reading would tell. */
  readonly rowCount?: number;
  /** Rows per row group in file order (Parquet). */
  readonly rowGroups?: readonly number[];
  /** Values of the partition columns, by position in `partitionColumns`; null is SQL NULL. */
  readonly partitionValues?: readonly (string | null)[];
  /** Columns the file really holds, in its own order, where that differs from the relation's (CSV with another header). */
  readonly columns?: readonly string[];
  /** Rows of the file that are deleted: a Parquet file of (file_path, pos). `rowCount` of the file counts them still. */
  readonly deletes?: { readonly path: string; readonly rowCount: number };
  /** For a file without field ids: the field id of each of its columns, by name. */
  readonly fieldsByName?: Readonly<Record<string, number>>;
  /** Smallest and largest value by column name, as DuckDB prints them as text; absent when unknown. */
  readonly statistics?: Readonly<Record<string, ColumnStatistics>>;
}

/** What a file's metadata promises about one column. */
export interface ColumnStatistics {
  readonly min?: string;
  readonly max?: string;
  readonly nullCount?: number;
}

/** A stored query; its text is parsed and resolved like a subquery of the statement that names it. */
export interface ViewSource {
  readonly kind: 'view';
  readonly sql: string;
}

/** A pg_catalog or information_schema relation: a table or view inside the executor's catalog schema (see gateway/catalog). */
export interface SystemSource {
  readonly kind: 'system';
  /** Quoted, qualified name inside the executor's DuckDB, or another table expression of Sluice's own. */
  readonly duckdbName: string;
}

/** Rows of a part of a data frame that runs partition by partition: the plan behind it is with the statement that names it. */
export interface PartitionedSource {
  readonly kind: 'partitioned';
}

/** Total rows of a file source where every file's count is known, else an estimate from bytes. */
export function estimateRowCount(relation: Relation): number {
  if (relation.source.kind !== 'files') {
    return ROW_COUNT_GUESS;
  }
  let rows = 0;
  for (const file of relation.source.files) {
    rows += (file.rowCount ?? Math.ceil(file.byteCount / BYTES_PER_ROW_GUESS)) - (file.deletes?.rowCount ?? 0);
  }
  return rows;
}

/** Cardinality assumed where nothing is known. */
export const ROW_COUNT_GUESS = 1000;

/** Bytes a row is assumed to take in text formats (CSV, JSON), for estimates only. */
export const BYTES_PER_ROW_GUESS = 100;

/** Total bytes of a relation's files. */
export function byteCount(relation: Relation): number {
  return relation.source.kind === 'files' ? relation.source.files.reduce((sum, file) => sum + file.byteCount, 0) : 0;
}
