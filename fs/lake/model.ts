/**
 * What a DuckLake catalog holds at one snapshot, in DuckLake 1.0's own terms (https://ducklake.select/docs/stable/specification).
 * Everything is immutable; objects of the catalog that did not change between two snapshots may be the same object in both.
 */

/** A column; nested types have children (`list`: one named `element`; `map`: `key` and `value`; `struct`: its fields). */
export interface LakeColumn {
  /** ducklake_column.column_id, and the field id in Parquet files. */
  readonly id: number;
  readonly name: string;
  /** DuckLake's name of the type: `int32`, `varchar`, `decimal(18,3)`, `timestamptz`, `list`, `struct`, `map` ... */
  readonly type: string;
  readonly nullable: boolean;
  /** Value of rows written before the column was added, as text; null is SQL NULL. */
  readonly initialDefault: string | null;
  /** Value of rows that do not name the column: `literal` text, or `expression` in the SQL of `dialect`; null for none. */
  readonly defaultValue: LakeDefault | null;
  readonly children: readonly LakeColumn[];
  /** By key; `comment` is the comment (ducklake_column_tag), the others are ours (see column-tags.ts). */
  readonly tags: ReadonlyMap<string, string>;
}

/** A column's default. */
export interface LakeDefault {
  readonly kind: 'literal' | 'expression';
  readonly text: string;
  readonly dialect: string | null;
}

/** One key of a table's partitioning: a column and a transform of it. */
export interface LakePartitionKey {
  readonly columnId: number;
  /** `identity`, `year`, `month`, `day`, `hour` or `bucket(N)`. */
  readonly transform: string;
}

/** How new files of a table are partitioned. */
export interface LakePartition {
  readonly id: number;
  readonly keys: readonly LakePartitionKey[];
}

/** One key of a table's sort order. */
export interface LakeSortKey {
  /** DuckDB SQL over the table's columns, a quoted column name in all that Sluice writes. */
  readonly expression: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** A schema. */
export interface LakeSchema {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  /** Absolute folder of its tables. */
  readonly path: string;
  readonly tags: ReadonlyMap<string, string>;
}

/** A table without its rows. */
export interface LakeTable {
  readonly id: number;
  readonly uuid: string;
  readonly schemaId: number;
  readonly schema: string;
  readonly name: string;
  /** Absolute folder of its files. */
  readonly path: string;
  /** Top-level columns in order. */
  readonly columns: readonly LakeColumn[];
  /** Above every column id the table ever gave away (max(column_id) + 1 over its whole history): old files name dropped columns by id. */
  readonly nextColumnId: number;
  readonly partition: LakePartition | null;
  readonly sort: readonly LakeSortKey[];
  /** ducklake_tag by key; `comment` is the comment, keys that start with `sluice.` are ours. */
  readonly tags: ReadonlyMap<string, string>;
}

/** A stored view. */
export interface LakeView {
  readonly id: number;
  readonly uuid: string;
  readonly schemaId: number;
  readonly schema: string;
  readonly name: string;
  /** `duckdb` for views others wrote; `sluice` for ours, whose text is PostgreSQL's SQL. */
  readonly dialect: string;
  readonly sql: string;
  readonly columnNames: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
}

/** What is known of one column in one file; texts as DuckDB casts them to VARCHAR. */
export interface LakeColumnStatistics {
  readonly min: string | null;
  readonly max: string | null;
  readonly nullCount: number | null;
  readonly valueCount: number | null;
  readonly byteCount: number | null;
  readonly containsNan: boolean | null;
}

/** A Parquet file with rows of a table. */
export interface LakeFile {
  /** ducklake_data_file.data_file_id; negative for files staged in the transaction that sees them. */
  readonly id: number;
  /** Absolute. */
  readonly path: string;
  /** Rows in the file, deleted ones included. */
  readonly rowCount: number;
  readonly byteCount: number;
  readonly footerByteCount: number;
  readonly rowIdStart: number;
  readonly partitionId: number | null;
  /** Values of the partition's keys in order, as text; null is SQL NULL. */
  readonly partitionValues: readonly (string | null)[];
  /** By column id, of the columns it is known for. */
  readonly statistics: ReadonlyMap<number, LakeColumnStatistics>;
  /** The live delete file, holding every deleted position of the data file. */
  readonly deletes: LakeDeleteFile | null;
  /** True when `deletes` also has rows whose deletion is kept in the catalog: then the data file takes no new delete file. */
  readonly hasInlinedDeletes?: true;
  /** For files added by name (not by field id): column id by the column's name in the file. Null: found by field id. */
  readonly nameMapping: ReadonlyMap<string, number> | null;
}

/** A Parquet file of (file_path VARCHAR, pos BIGINT). */
export interface LakeDeleteFile {
  readonly id: number;
  readonly path: string;
  /** Deleted rows it names. */
  readonly rowCount: number;
  readonly byteCount: number;
  readonly footerByteCount: number;
}

/**
 * Rows kept in the catalog itself, as a Parquet file made of them for reading (same columns and field ids as the table's
 * files). The file belongs to the catalog's cache; it is immutable and stays while a snapshot that names it is in use.
 */
export interface LakeInlinedRows {
  readonly path: string;
  readonly byteCount: number;
  readonly rowCount: number;
  /** Row id by position in the file. */
  readonly rowIds: readonly number[];
}

/** A table's rows at one snapshot. */
export interface LakeTableData {
  readonly files: readonly LakeFile[];
  readonly inlined: LakeInlinedRows | null;
  /** Live rows: exact. */
  readonly rowCount: number;
}

/** The catalog as it is at one snapshot, or with what a transaction has staged on top. */
export interface LakeSnapshot {
  readonly id: number;
  /** Changes whenever names or columns may have changed, also by staged changes; equal values mean equal names and columns. */
  readonly schemaVersion: number | string;
  readonly schemas: readonly LakeSchema[];
  readonly tables: readonly LakeTable[];
  readonly views: readonly LakeView[];
  findSchema(name: string): LakeSchema | undefined;
  /** By exact names. */
  findTable(schema: string, name: string): LakeTable | undefined;
  findView(schema: string, name: string): LakeView | undefined;
  /** A table's files and inlined rows; kept once read. */
  data(table: LakeTable): Promise<LakeTableData>;
}
