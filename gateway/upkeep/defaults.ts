/** Bytes of a data file that compaction aims at. */
export const TARGET_FILE_BYTES: number = 128 * 1024 * 1024;

/** Share of deleted rows from which a file is written anew: below, reading past them costs less than writing the rest. */
export const DELETED_SHARE_MAX = 0.3;

/** Rows kept in the catalog from which maintenance moves them into a file; a table of fewer rows is read as fast from there. */
export const MAINTAINED_INLINED_ROWS_MIN = 1000;

/** Age at which files that nothing names go: DuckDB's ducklake extension may be reading what it saw before, and says so to nobody. */
export const REMOVAL_AGE_MS: number = 24 * 3_600_000;

/** How often a server does maintenance unless it is told otherwise. */
export const MAINTENANCE_INTERVAL_MS = 3_600_000;
