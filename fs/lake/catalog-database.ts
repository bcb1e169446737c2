import type { Holds } from './holds.js';
import type { Presence } from './presence.js';

/** A value of the catalog's own tables. Integers come back as numbers where they are safe, else as bigint; timestamps as text. */
export type CatalogValue = string | number | bigint | boolean | null;

/** A row by column name. */
export type CatalogRow = Readonly<Record<string, CatalogValue>>;

/** Something that runs SQL on the catalog database: the database itself, or one transaction of it. */
export interface CatalogQueries {
  /** Rows of one statement; parameters are `$1`, `$2`, ... The SQL must mean the same in DuckDB and PostgreSQL. */
  query(sql: string, values?: readonly CatalogValue[]): Promise<readonly CatalogRow[]>;
}

/** The database a lake's catalog is kept in: a DuckDB file opened by this process alone, or PostgreSQL shared with others. */
export interface CatalogDatabase extends CatalogQueries {
  readonly kind: 'duckdb' | 'postgres';
  /** True when no other process can change the catalog while this one has it open. */
  readonly isExclusive: boolean;
  /** Quoted schema of the catalog's tables with a dot at its end, e.g. `"main".`, to be put before every table name. */
  readonly prefix: string;
  /**
   * Runs work in one transaction: committed when it resolves, rolled back when it throws. Throws CatalogRace when another
   * transaction was first (unique or serialization violation), LakeError `unavailable` when the connection is lost, with
   * `outcomeUnknown` when that happened during COMMIT. Transactions of one process run one after another on DuckDB.
   */
  transaction<T>(work: (queries: CatalogQueries) => Promise<T>): Promise<T>;
  /** Runs queries that see one state of the catalog where others change it; again when the connection is lost. */
  read<T>(work: (queries: CatalogQueries) => Promise<T>): Promise<T>;
  /** Runs statements whose rows nobody wants as one transaction, in as few round trips as can be. Throws as `transaction` does. */
  script(statements: readonly string[]): Promise<void>;
  /** Runs work unless another holder of the catalog, or this one, is running some so: then null. */
  runAlone<T>(work: () => Promise<T>): Promise<T | null>;
  /** Makes this process, and what it holds, known to all that have the catalog open; the catalog's tables must be there. */
  join(holds: Holds): Promise<Presence>;
  close(): Promise<void>;
}

/** Another transaction was first: try again from its result. */
export class CatalogRace extends Error {
  constructor(cause: unknown) {
    super('another transaction changed the catalog first', { cause });
    this.name = 'CatalogRace';
  }
}
