import type { CatalogDatabase } from './catalog-database.js';
import type { Hold, Holds } from './holds.js';
import type { SnapshotTime } from './lake.js';
import type { LakeColumn, LakeInlinedRows, LakeSnapshot } from './model.js';
import type { Presence } from './presence.js';

/** What reading and writing a lake share: its catalog database, and what is remembered of it in this process. */
export interface LakeCore {
  readonly database: CatalogDatabase;
  /** Absolute folder under which all data files live. */
  readonly dataPath: string;
  /** True when that folder was not made by Sluice: what else lies there is not known to be nobody's. */
  readonly isDataForeign: boolean;
  /** A snapshot by id. Throws `no_snapshot`. */
  loadSnapshot(id: number): Promise<LakeSnapshot>;
  /** The newest snapshot. */
  snapshot(): Promise<LakeSnapshot>;
  /** Tells the cache of a snapshot this process has just committed. */
  publish(snapshot: LakeSnapshot): void;
  /**
   * The same for snapshots that follow right after the newest known, by their `changes_made`, without reading the catalog;
   * null where that is not enough to know what is in the last of them.
   */
  advance(from: number, to: { readonly id: number; readonly schemaVersion: number }, changes: readonly string[]): LakeSnapshot | null;
  /** An older snapshot, held from here on. Throws `no_snapshot`, or `snapshot_expired` with the oldest that is kept. */
  snapshotAt(hold: Hold, at: SnapshotTime): Promise<LakeSnapshot>;
  /** What work of this process needs kept. */
  readonly holds: Holds;
  /** What keeps other processes from taking it. */
  readonly presence: Presence;
  readonly inlinedCache: InlinedCache;
}

/** Makes Parquet files of rows that are kept in the catalog, or are to be. */
export interface InlinedCache {
  /**
   * Writes a file with the columns of a table (field ids as in its data files): the rows of `base` that are not in
   * `deletedRowIds`, then `rows`. Null when no row is left.
   */
  combine(request: {
    readonly columns: readonly LakeColumn[];
    /** A file of the cache and the columns it was written with: columns are matched by id, missing ones get their initial default. */
    readonly base: { readonly rows: LakeInlinedRows; readonly columns: readonly LakeColumn[] } | null;
    readonly deletedRowIds: ReadonlySet<number>;
    /** Rows by position of `columns`, as text DuckDB casts to the column's type. */
    readonly rows: readonly { readonly rowId: number; readonly values: readonly (string | null)[] }[];
  }): Promise<LakeInlinedRows | null>;
}
