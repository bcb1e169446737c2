import type { DataType } from '../planner/types/data-type.js';
import type { PostgresColumnType } from '../planner/types/postgres-type.js';

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

/** Rows in wire form: whole DataRow messages ('D', int32 length, ...) one after another. */
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
  /** SQL that must have run in the process before this query (pg_catalog's tables); run again only when `key` changes. */
  readonly prelude?: Prelude;
}

/** State an executor must hold before a query can run in it. */
export interface Prelude {
  readonly key: string;
  readonly statements: readonly string[];
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
