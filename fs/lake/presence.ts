import type { CatalogDatabase, CatalogQueries } from './catalog-database.js';
import type { Holds } from './holds.js';
import { LakeError } from './lake-error.js';

/**
 * This process among those that have the catalog open, the gateways: what it holds keeps clean-up of all others from taking it,
 * and what processes held that died keeps nothing.
 */
export interface Presence {
  /**
   * The number this process is known by; another one after it was taken for dead. What was begun under a number is committed
   * only while that number is known. Throws LakeError `unavailable`.
   */
  gatewayId(): Promise<number>;
  /** Which of these numbers are known; until the catalog transaction ends none of them is forgotten. */
  lockKnown(queries: CatalogQueries, gatewayIds: readonly number[]): Promise<ReadonlySet<number>>;
  /** The same as SQL for commits that read nothing: a statement that locks, then a condition. Null where nobody else can forget this process. */
  lockSql(gatewayId: number): { readonly statement: string; readonly condition: string } | null;
  /** Resolves when no other process expires what is held; what was expired before then is gone. */
  publish(): Promise<void>;
  /** Forgets processes that died, and has the others say again what they hold. */
  refresh(): Promise<void>;
  /**
   * The first statements of an expiry's transaction: the oldest snapshot that any process reads (infinity for none). Until the
   * transaction ends no process begins to read an older one.
   */
  oldestSnapshot(queries: CatalogQueries): Promise<number>;
  /** Numbers of the other processes that may still commit, after those that died were forgotten. */
  others(): Promise<ReadonlySet<number>>;
  close(): Promise<void>;
}

/** Why a transaction cannot be committed that began under a number which is not known any more. */
export function lostGateway(): LakeError {
  return new LakeError('conflict', 'could not serialize access: the catalog database has lost this gateway since the transaction began', {
    detail: "Nothing was committed: another gateway's clean-up may have removed what the transaction read or wrote.",
  });
}

/** The number of a process that has the catalog for itself. */
const SOLE_GATEWAY_ID = 0;

/** The one process that has a DuckDB file open. */
export class SolePresence implements Presence {
  readonly #database: CatalogDatabase;
  readonly #holds: Holds;

  constructor(database: CatalogDatabase, holds: Holds) {
    this.#database = database;
    this.#holds = holds;
  }

  gatewayId(): Promise<number> {
    return Promise.resolve(SOLE_GATEWAY_ID);
  }

  lockKnown(_: CatalogQueries, gatewayIds: readonly number[]): Promise<ReadonlySet<number>> {
    return Promise.resolve(new Set(gatewayIds));
  }

  lockSql(): null {
    return null;
  }

  /** An expiry that looked before the hold is over when the turn of another transaction comes. */
  publish(): Promise<void> {
    return this.#database.transaction(() => Promise.resolve());
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  oldestSnapshot(): Promise<number> {
    return Promise.resolve(this.#holds.oldestSnapshot());
  }

  others(): Promise<ReadonlySet<number>> {
    return Promise.resolve(new Set());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
