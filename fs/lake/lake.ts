import type { CounterState } from './counters.js';
import type { LakeColumnStatistics, LakeDefault, LakeFile, LakePartitionKey, LakeSnapshot, LakeSortKey, LakeTable, LakeView } from './model.js';

/** A DuckLake catalog and the data it names, open in this process. `openLake` in `open-lake.ts` makes one. */
export interface Lake {
  readonly uuid: string;
  /** Absolute folder under which all data files live. */
  readonly dataPath: string;
  /** The newest snapshot; costs no round trip while this process is the catalog's only writer or nothing has changed. */
  snapshot(): Promise<LakeSnapshot>;
  /** An older snapshot, which may be expired while it is looked at. Throws `no_snapshot`, or `snapshot_expired` with the oldest that is kept. */
  snapshotAt(at: SnapshotTime): Promise<LakeSnapshot>;
  /** All snapshots, oldest first. */
  history(): Promise<readonly LakeHistoryEntry[]>;
  /** A transaction over the newest snapshot, which sees its session's temporary objects too. */
  begin(temporary?: TemporaryObjects | null): Promise<LakeTransaction>;
  /** A snapshot with a session's temporary objects. */
  withTemporary(snapshot: LakeSnapshot, temporary: TemporaryObjects): LakeSnapshot;
  /** True when no other process can change the catalog. */
  readonly isExclusive: boolean;
  /** Changes a number that counts outside of transactions, see `counters.ts`. */
  changeCounter(id: string, initial: CounterState, change: (state: CounterState) => CounterState): Promise<CounterState>;
  /** A counter's state; null for one that was never changed. */
  readCounter(id: string): Promise<CounterState | null>;
  /**
   * Forgets snapshots; answers their ids. The newest stays, and so does what an open transaction sees, of whatever process that
   * has the catalog open. Files that no snapshot names any more are scheduled for deletion.
   */
  expireSnapshots(expired: ExpiredSnapshots): Promise<readonly number[]>;
  /** Removes files scheduled for deletion, and files below the data folder that nothing names and no open transaction writes. */
  removeFiles(limits: RemovalLimits): Promise<RemovedFiles>;
  /** Runs work unless another process that shares the catalog, or this one, is running some so: then null. */
  runAlone<T>(work: () => Promise<T>): Promise<T | null>;
  close(): Promise<void>;
}

/** Snapshots to forget: those older than a time, but not the newest `retainLast` (at least one is always kept). */
export interface ExpiredSnapshots {
  readonly olderThanMicros: bigint;
  readonly retainLast: number;
}

/** What clean-up may touch. */
export interface RemovalLimits {
  /** Files scheduled or written after this moment (milliseconds since 1970) stay. */
  readonly beforeMs: number;
  /** Files to remove in one call at most. */
  readonly countMax: number;
}

/** Files that clean-up removed. */
export interface RemovedFiles {
  /** Of expired snapshots. */
  readonly expired: FileSum;
  /** Never named by a snapshot: left by transactions that did not end. */
  readonly orphans: FileSum;
}

/** Files and the bytes they had. */
export interface FileSum {
  readonly fileCount: number;
  readonly byteCount: number;
}

/** A snapshot by its id or as of a time, none newer than `newest`. */
export type SnapshotTime = { readonly version: number; readonly newest?: number } | { readonly timeMicros: bigint; readonly newest?: number };

/** A line of the catalog's history. */
export interface LakeHistoryEntry {
  readonly snapshotId: number;
  readonly timeMicros: bigint;
  readonly schemaVersion: number;
  /** DuckLake's `changes_made`. */
  readonly changes: string;
  readonly author: string | null;
  readonly message: string | null;
}

/** A column to be. Ids are given by the transaction. */
export interface NewLakeColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly initialDefault?: string | null;
  readonly defaultValue?: LakeDefault | null;
  readonly children: readonly NewLakeColumn[];
  readonly tags?: ReadonlyMap<string, string>;
}

/** A data file that was written below the table's folder; `commit` makes it durable (size compared, fsync of file and folder). */
export interface NewLakeFile {
  /** Absolute. */
  readonly path: string;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly footerByteCount: number;
  /** For a table with a partition: values of its keys in order. */
  readonly partitionValues: readonly (string | null)[];
  readonly statistics: ReadonlyMap<number, LakeColumnStatistics>;
}

/** A delete file for one data file: all its deleted positions, those of its former delete file included. */
export interface NewLakeDeletes {
  readonly file: LakeFile;
  readonly path: string;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly footerByteCount: number;
}

/** Rows that move from old files, and from the catalog, into new files. */
export interface RowsRewrite {
  readonly files: readonly LakeFile[];
  /** Rows kept in the catalog. */
  readonly inlinedRowIds: readonly number[];
  readonly replacements: readonly NewLakeFile[];
}

/** A session's temporary schema with its tables, views and rows, as a transaction left them; immutable. */
export interface TemporaryObjects {
  readonly kind: 'temporary_objects';
}

/** A state of a transaction to come back to. */
export interface LakeSavepoint {
  readonly kind: 'lake_savepoint';
}

/**
 * Changes staged over a snapshot. Nothing is written to the catalog before `commit`; the staging calls are synchronous and
 * throw LakeError (duplicate, not_found, dependent) at once. Names are exact. Ids of new objects are provisional and are
 * given anew at commit, so callers keep names or objects of `current`, not ids, across commit.
 */
export interface LakeTransaction {
  readonly base: LakeSnapshot;
  /** The base with everything staged. A new object after each change. */
  readonly current: LakeSnapshot;
  /** The session's temporary objects as they are now; after a rollback as they were before. */
  readonly temporary: TemporaryObjects | null;
  /** True while nothing is staged. */
  readonly isEmpty: boolean;
  /** An older snapshot, kept until the transaction is over. Throws `no_snapshot`, or `snapshot_expired` with the oldest that is kept. */
  snapshotAt(at: SnapshotTime): Promise<LakeSnapshot>;
  /**
   * The absolute path of a new folder for files of a table; the caller makes it. Clean-up leaves what is in it until the transaction
   * is over, and a rollback removes it.
   */
  newFolder(table: LakeTable): string;
  save(): LakeSavepoint;
  restore(savepoint: LakeSavepoint): void;

  /** Tags of every schema, table and view that is created from now on. */
  tagsOfNew: ReadonlyMap<string, string>;

  createSchema(name: string): void;
  /**
   * Adds the session's own schema, its files below `path` (absolute). What is in it is never written to the catalog; `temporary`
   * is to be given to the session's next transaction. There may be one.
   */
  createTemporarySchema(name: string, path: string): void;
  /** Throws `dependent` when it still holds tables or views. */
  dropSchema(name: string): void;
  createTable(table: {
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly NewLakeColumn[];
    readonly partition?: readonly { readonly columnName: string; readonly transform: string }[];
    readonly sort?: readonly LakeSortKey[];
    readonly tags?: ReadonlyMap<string, string>;
  }): LakeTable;
  dropTable(table: LakeTable): void;
  renameTable(table: LakeTable, to: { readonly schema: string; readonly name: string }): void;
  addColumn(table: LakeTable, column: NewLakeColumn): void;
  dropColumn(table: LakeTable, columnId: number): void;
  /** Anything of a column but its id and its children. A type may only be widened (int32 to int64, float32 to float64, ...). */
  alterColumn(
    table: LakeTable,
    columnId: number,
    change: { readonly name?: string; readonly type?: string; readonly nullable?: boolean; readonly defaultValue?: LakeDefault | null },
  ): void;
  setPartition(table: LakeTable, keys: readonly LakePartitionKey[]): void;
  setSort(table: LakeTable, keys: readonly LakeSortKey[]): void;
  createView(view: {
    readonly schema: string;
    readonly name: string;
    readonly dialect: string;
    readonly sql: string;
    readonly columnNames: readonly string[];
    readonly tags?: ReadonlyMap<string, string>;
  }): void;
  dropView(view: LakeView): void;
  renameView(view: LakeView, to: { readonly schema: string; readonly name: string }): void;
  /** Sets or (null) removes a tag of a schema, table or view. */
  setTag(object: { readonly id: number }, key: string, value: string | null): void;
  setColumnTag(table: LakeTable, columnId: number, key: string, value: string | null): void;

  appendFiles(table: LakeTable, files: readonly NewLakeFile[]): void;
  /** Rows to keep in the catalog: values by top-level column in order, as text DuckDB casts to the column's type. */
  appendRows(table: LakeTable, rows: readonly (readonly (string | null)[])[]): void;
  /** True when rows of the table may be kept in the catalog: all columns have types it can hold as they are. */
  canInline(table: LakeTable): boolean;
  /** Replaces delete files. A data file with no row left is given to `dropFiles` instead. */
  deleteRows(table: LakeTable, deletes: readonly NewLakeDeletes[]): void;
  deleteInlinedRows(table: LakeTable, rowIds: readonly number[]): void;
  dropFiles(table: LakeTable, files: readonly LakeFile[]): void;
  truncate(table: LakeTable): void;
  /**
   * Says that what is staged was decided by reading all of a table's rows: the commit is a `conflict` when others added or
   * changed any since the base, though appends alone never are.
   */
  requireRowsUnchanged(table: LakeTable): void;
  /**
   * The same rows in other places: files and rows kept in the catalog go, new files come. Older snapshots keep what they had.
   * The rows get new row ids. Throws `data_file` when the rows do not add up. A table's rows change in one such way only.
   */
  rewriteRows(table: LakeTable, rewrite: RowsRewrite): void;

  /**
   * Makes the staged files durable, then writes one catalog transaction. Appends never conflict; a change of what another
   * transaction changed or dropped since the base throws `conflict` (40001), as does a change under a dropped name. After
   * it resolves the changes are there for good. Unstaged files are the caller's to remove on failure: `rollback` does it.
   */
  commit(options?: { readonly author?: string; readonly message?: string }): Promise<LakeSnapshot>;
  /** Forgets everything and removes the files staged so far. */
  rollback(): Promise<void>;
}
