import type { DataType } from '../planner/types/data-type.js';
import type { PostgresColumnType } from '../planner/types/postgres-type.js';
import type { CopyEncoding } from './encode/copy-encoding.js';

/** How values are written for the client; the session's settings at the time of Execute. */
export interface OutputSettings {
  readonly timeZone: string;
  readonly dateStyle: string;
  readonly intervalStyle: string;
  readonly extraFloatDigits: number;
  readonly byteaOutput: 'hex' | 'escape';
}

/** How one result column is sent. */
export interface ResultColumnEncoding {
  /** Null: report the type DuckDB's own type maps to (`postgresTypeOf`). */
  readonly type: PostgresColumnType | null;
  readonly format: 'text' | 'binary';
}

/** A result column as it is sent: the DuckDB type computed, the Postgres type reported. */
export interface ResultColumn {
  readonly name: string;
  readonly duckdbType: DataType;
  readonly type: PostgresColumnType;
  readonly format: 'text' | 'binary';
}

/** Rows in wire form: whole DataRow messages ('D', int32 length, ...) one after another, for COPY CopyData messages ('d'). */
export interface RowBatch {
  readonly bytes: Buffer;
  readonly rowCount: number;
}

/**
 * A result being produced, pulled by its reader: production runs ahead of `next` by a bounded number of bytes only, so a
 * reader that stops reading stops the query.
 */
export interface ResultStream {
  readonly columns: readonly ResultColumn[];
  /** The next batch, or null after the last. Throws SqlError when the query failed. */
  next(): Promise<RowBatch | null>;
  /** Ends production and gives the executor back. Safe to call at any time, more than once. */
  close(): Promise<void>;
}

/** One statement for one DuckDB process. */
export interface WholeQuery {
  readonly sql: string;
  /** Column names for the client; the DuckDB names when absent. */
  readonly columnNames?: readonly string[];
  /** By column; a list of one holds for all; empty means text with DuckDB's types. */
  readonly encodings: readonly ResultColumnEncoding[];
  readonly settings: OutputSettings;
  /** Rows become COPY's CopyData rather than DataRow messages. */
  readonly copy?: CopyEncoding;
  /** State that must be in the process before this query runs (pg_catalog's tables), in order. Also taken by Binder.describe. */
  readonly preludes?: readonly Prelude[];
}

/**
 * State an executor must hold before a query can run in it: the process remembers the version it has by name, and runs
 * the statements (CREATE OR REPLACE ...) only when that differs.
 */
export interface Prelude {
  readonly name: string;
  readonly version: string;
  readonly statements: readonly string[];
  /** Functions in JavaScript, which the process registers besides. */
  readonly scripts?: readonly ScriptFunction[];
}

/**
 * A function in JavaScript, called once a chunk of up to 2048 rows, which become an Arrow table. What it gives is text for each row: `row` forms a
 * value for each, the others one JSON array of all rows they make, with the chunk's first row.
 */
export interface ScriptFunction {
  /** Its name in DuckDB. */
  readonly name: string;
  /** Columns of its rows, in the order of its arguments. */
  readonly columns: readonly DescribedColumn[];
  /** Its own text, or where executors find it. */
  readonly code: { readonly kind: 'inline'; readonly source: string } | { readonly kind: 'module'; readonly path: string; readonly export: string };
  /** `value`: a value of each row. `map`: a row of each row. `flat_map`: any rows of each row. `batch`: rows, or an Arrow table, of a table. */
  readonly form: 'value' | 'map' | 'flat_map' | 'batch';
  /** A second argument, as JSON; null for none. */
  readonly parameters: string | null;
}

/** What one file's metadata says, asked of DuckDB in a child process. */
export interface InspectedFile {
  readonly path: string;
  readonly rowCount: number;
  readonly rowGroups: readonly number[];
  readonly statistics: Readonly<Record<string, { readonly min?: string; readonly max?: string; readonly nullCount?: number }>>;
}

/** A column as DuckDB describes it. */
export interface DescribedColumn {
  readonly name: string;
  readonly type: DataType;
}

/** What the dataset catalog asks of DuckDB, in a child process (the binder's): files are only ever opened there. */
export interface FileInspector {
  /** Columns of a table expression, by DESCRIBE. */
  describeFiles(tableExpression: string): Promise<readonly DescribedColumn[]>;
  /** Row counts, row groups and statistics of Parquet files, by absolute path (not yet escaped for DuckDB: see fileListSql). */
  inspectParquet(paths: readonly string[]): Promise<readonly InspectedFile[]>;
  /** Rows of a trusted query over metadata functions (parquet_schema, sniff_csv) whose columns are all VARCHAR. */
  queryText(sql: string): Promise<readonly (readonly (string | null)[])[]>;
}

/** A file that COPY ... TO wrote, not yet durable. */
export interface WrittenFile {
  readonly path: string;
  /** Its place below the folder that was given to write in. */
  readonly relativePath: string;
  readonly byteCount: number;
  /** Rows in it. A CSV writer with partitions only tells the total: it is the first file's, and the others have 0. */
  readonly rowCount: number;
  /** What the Parquet writer says besides; absent for other formats. */
  readonly parquet?: WrittenParquet;
}

/** A Parquet file as COPY's RETURN_STATS tells of it. */
export interface WrittenParquet {
  readonly footerByteCount: number;
  /** By the column's path in the file, names quoted and joined by dots (`"a"`, `"s"."x"`); values as DuckDB casts them to VARCHAR. */
  readonly statistics: ReadonlyMap<string, WrittenColumnStatistics>;
  /** Values of the partition expressions in order, as text; null is SQL NULL. */
  readonly partitionValues: readonly (string | null)[];
}

/** What the writer tells of one column of a file. */
export interface WrittenColumnStatistics {
  readonly min: string | null;
  readonly max: string | null;
  readonly nullCount: number | null;
  readonly valueCount: number | null;
  readonly byteCount: number | null;
  readonly containsNan: boolean | null;
}
