import type { CatalogDatabase, CatalogQueries } from './catalog-database.js';
import { CatalogRace } from './catalog-database.js';
import { LakeError } from './lake-error.js';
import { text } from './snapshot/row-values.js';
import { sqlText } from './transaction/catalog-sql.js';

/** State of a counter: its last value, or the first one to come while nothing was taken. */
export interface CounterState {
  readonly value: bigint;
  readonly isCalled: boolean;
}

/** Times a lost race is run again; each time somebody else has got through. */
const ATTEMPTS_MAX = 100;

/** Numbers that count outside of transactions, in a table of the catalog's database that DuckLake does not know. */
export class Counters {
  readonly #database: CatalogDatabase;
  #table: Promise<void> | null = null;

  constructor(database: CatalogDatabase) {
    this.#database = database;
  }

  /**
   * Replaces a counter's state by what `change` makes of it, durably and against all other processes; `initial` is the
   * state of one that was never changed. Answers the new state. What `change` throws leaves the counter as it is.
   */
  async change(id: string, initial: CounterState, change: (state: CounterState) => CounterState): Promise<CounterState> {
    await this.#ensureTable();
    return await retried(() =>
      this.#database.transaction(async (queries) => {
        const before = await this.#read(queries, id, true);
        const after = change(before ?? initial);
        const values = `${after.value}, ${after.isCalled}`;
        await queries.query(
          before === null
            ? `INSERT INTO ${this.#name} VALUES (${sqlText(id)}, ${values})`
            : `UPDATE ${this.#name} SET last_value = ${after.value}, is_called = ${after.isCalled} WHERE counter_id = ${sqlText(id)}`,
        );
        return after;
      }),
    );
  }

  /** A counter's state; null for one that was never changed. */
  async read(id: string): Promise<CounterState | null> {
    await this.#ensureTable();
    return await this.#read(this.#database, id, false);
  }

  get #name(): string {
    return `${this.#database.prefix}sluice_counter`;
  }

  async #read(queries: CatalogQueries, id: string, locked: boolean): Promise<CounterState | null> {
    const lock = locked && this.#database.kind === 'postgres' ? ' FOR UPDATE' : '';
    const [row] = await queries.query(
      `SELECT CAST(last_value AS VARCHAR) AS last_value, is_called FROM ${this.#name} WHERE counter_id = ${sqlText(id)}${lock}`,
    );
    return row === undefined ? null : { value: BigInt(text(row, 'last_value')), isCalled: row['is_called'] === true };
  }

  #ensureTable(): Promise<void> {
    this.#table ??= retried(() =>
      this.#database.transaction(async (queries) => {
        await queries.query(
          `CREATE TABLE IF NOT EXISTS ${this.#name} (counter_id VARCHAR PRIMARY KEY, last_value BIGINT NOT NULL, is_called BOOLEAN NOT NULL)`,
        );
      }),
    ).catch((error: unknown) => {
      // The next caller tries again: the reason may be gone by then.
      this.#table = null;
      throw error;
    });
    return this.#table;
  }
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CatalogRace)) {
        throw error;
      }
    }
  }
  throw new LakeError('conflict', 'could not serialize access due to concurrent update', { detail: 'Others kept changing the same counter.' });
}
