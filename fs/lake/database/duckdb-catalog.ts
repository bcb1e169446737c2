import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import type { CatalogDatabase, CatalogQueries, CatalogRow, CatalogValue } from '../catalog-database.js';
import { CatalogRace } from '../catalog-database.js';
import type { Holds } from '../holds.js';
import { LakeError } from '../lake-error.js';
import type { Presence } from '../presence.js';
import { SolePresence } from '../presence.js';
import { CommitGate } from './commit-gate.js';

/** Two instances of one process would both open the file and silently diverge: a path is open once. */
const openPaths = new Set<string>();

/**
 * Opens or makes a DuckDB file as a catalog. Throws LakeError `catalog` when another process has it open, or this one has,
 * or when it is no DuckDB file.
 */
export async function openDuckdbCatalog(path: string): Promise<CatalogDatabase> {
  // Nothing is waited for before the place is taken: of two that open it at once the first to ask has it.
  const place = placeOf(path);
  if (openPaths.has(place)) {
    throw new LakeError('catalog', `the catalog ${path} is open in this process already`);
  }
  openPaths.add(place);
  try {
    const instance = await openInstance(place);
    return new DuckdbCatalog(place, instance, await instance.connect(), await instance.connect());
  } catch (error) {
    openPaths.delete(place);
    throw error;
  }
}

/** The file's one name, whatever links lead to it. */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // A catalog to be.
  }
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch (cause) {
    throw new LakeError('catalog', `the catalog ${path} cannot be opened`, { detail: 'There is no such directory.', cause });
  }
}

async function openInstance(path: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(path, {
      threads: '2',
      memory_limit: '512MB',
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    const detail = /lock/i.test(text) ? 'Another process has it open: one gateway at a time can use a catalog in a DuckDB file.' : text;
    throw new LakeError('catalog', `the catalog ${path} cannot be opened`, { detail, cause });
  }
}

/** A DuckDB file; transactions run one after another on one connection, other queries on a second. */
class DuckdbCatalog implements CatalogDatabase {
  readonly kind = 'duckdb';
  readonly isExclusive = true;
  readonly prefix = '"main".';
  readonly #path: string;
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #reader: DuckDBConnection;
  readonly #gate = new CommitGate();
  #lastTransaction: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #isAlone = false;

  constructor(path: string, instance: DuckDBInstance, writer: DuckDBConnection, reader: DuckDBConnection) {
    this.#path = path;
    this.#instance = instance;
    this.#writer = writer;
    this.#reader = reader;
  }

  query(sql: string, values: readonly CatalogValue[] = []): Promise<readonly CatalogRow[]> {
    return this.#gate.read(() => this.#run(this.#reader, sql, values));
  }

  transaction<T>(work: (queries: CatalogQueries) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#transact('BEGIN TRANSACTION', work));
  }

  /** Nobody else changes the file, and what a snapshot has stays as it is. */
  read<T>(work: (queries: CatalogQueries) => Promise<T>): Promise<T> {
    return work(this);
  }

  join(holds: Holds): Promise<Presence> {
    return Promise.resolve(new SolePresence(this, holds));
  }

  script(statements: readonly string[]): Promise<void> {
    return this.#inTurn(() => this.#transact(`BEGIN TRANSACTION; ${statements.join('; ')}`, () => Promise.resolve()));
  }

  async runAlone<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#isAlone) {
      return null;
    }
    this.#isAlone = true;
    try {
      return await work();
    } finally {
      this.#isAlone = false;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) {
      return;
    }
    await this.#lastTransaction;
    this.#isClosed = true;
    this.#writer.closeSync();
    this.#reader.closeSync();
    // Closing writes the log into the file.
    this.#instance.closeSync();
    openPaths.delete(this.#path);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastTransaction.then(work);
    this.#lastTransaction = result.catch(() => undefined);
    return result;
  }

  /** `begin` may be followed by further statements. */
  async #transact<T>(begin: string, work: (queries: CatalogQueries) => Promise<T>): Promise<T> {
    try {
      await this.#run(this.#writer, begin, []);
      const result = await work({ query: (sql, values = []) => this.#run(this.#writer, sql, values) });
      await this.#commit();
      return result;
    } catch (error) {
      // A COMMIT that failed has ended the transaction already.
      await this.#run(this.#writer, 'ROLLBACK', []).catch(() => undefined);
      throw error;
    }
  }

  /** A COMMIT that failed on the disk may be in the log all the same: what became of it shows when the file is opened again. */
  async #commit(): Promise<void> {
    try {
      await this.#gate.commit(() => this.#run(this.#writer, 'COMMIT', []));
    } catch (error) {
      throw error instanceof LakeError && error.code === 'unavailable'
        ? new LakeError('unavailable', error.message, { cause: error, outcomeUnknown: true, ...(error.detail === undefined ? {} : { detail: error.detail }) })
        : error;
    }
  }

  async #run(connection: DuckDBConnection, sql: string, values: readonly CatalogValue[]): Promise<readonly CatalogRow[]> {
    if (this.#isClosed) {
      throw new LakeError('unavailable', 'the catalog is closed');
    }
    try {
      // Only without values may it be several statements.
      const reader = await (values.length === 0 ? connection.runAndReadAll(sql) : connection.runAndReadAll(sql, [...values]));
      return reader.getRowObjects().map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, catalogValue(value)])));
    } catch (cause) {
      throw translated(cause);
    }
  }
}

/** Disk full and the like are the catalog's failures; a broken key or a changed row is another transaction's. */
function translated(cause: unknown): Error {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/^(?:Constraint Error: .*(?:duplicate|unique)|Transaction.*conflict)/is.test(text)) {
    return new CatalogRace(cause);
  }
  if (/^(?:IO Error|FATAL Error|INTERNAL Error)/.test(text)) {
    return new LakeError('unavailable', 'the catalog cannot be written or read', { detail: text, cause });
  }
  return cause instanceof Error ? cause : new Error(text);
}

function catalogValue(value: DuckDBValue): CatalogValue {
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}
