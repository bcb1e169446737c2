import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import type { PoolClient } from 'pg';
import type { CatalogDatabase, CatalogQueries, CatalogRow, CatalogValue } from '../catalog-database.js';
import type { Holds } from '../holds.js';
import { LakeError } from '../lake-error.js';
import type { Presence } from '../presence.js';
import { doesNotAnswer, ignore, isStarting, translated } from './postgres-errors.js';
import { PostgresPresence } from './postgres-presence.js';

/** Connections to the catalog: commits of one gateway go one after another, the others read. */
const CONNECTION_COUNT_MAX = 8;

const CONNECT_TIMEOUT_MS = 10_000;

/** How long a server that says it is starting is waited for: after a crash it comes back within seconds. */
const START_WAIT_MS_MAX = 5000;
const START_PAUSE_MS = 50;

/** Times that reading is begun again after its connection was lost; a server that is gone for good fails to connect before. */
const READ_COUNT_MAX = 5;

/** First key of the advisory lock that lets one gateway at a time do upkeep; the second stands for the catalog's schema. */
const UPKEEP_LOCK = 1_401_645_155;

/** Connects to a PostgreSQL catalog. Throws LakeError `unavailable` when it does not answer. */
export async function openPostgresCatalog(url: string): Promise<CatalogDatabase> {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTION_COUNT_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'sluice',
    types: { getTypeParser: parserOf },
  });
  // Idle connections may break at any time; the next use finds out.
  pool.on('error', () => undefined);
  try {
    const { rows } = await pool.query<{ readonly schema: string | null }>('SELECT current_schema() AS schema');
    return new PostgresCatalog(pool, url, `"${(rows[0]?.schema ?? 'public').replaceAll('"', '""')}".`);
  } catch (cause) {
    await pool.end();
    throw doesNotAnswer(cause);
  }
}

/** PostgreSQL, shared with other gateways and with DuckDB's own ducklake extension. */
class PostgresCatalog implements CatalogDatabase {
  readonly kind = 'postgres';
  readonly isExclusive = false;
  readonly prefix: string;
  readonly #pool: Pool;
  readonly #url: string;

  constructor(pool: Pool, url: string, prefix: string) {
    this.#pool = pool;
    this.#url = url;
    this.prefix = prefix;
  }

  async query(sql: string, values: readonly CatalogValue[] = []): Promise<readonly CatalogRow[]> {
    return await this.#onLivingConnection(
      (connection) => connection.run(sql, values),
      (connection, result) => {
        connection.release();
        return Promise.resolve(result);
      },
    );
  }

  transaction<T>(work: (queries: CatalogQueries) => Promise<T>): Promise<T> {
    return this.#transact(BEGIN, work);
  }

  async read<T>(work: (queries: CatalogQueries) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#transact(`${BEGIN} READ ONLY`, work);
      } catch (error) {
        if (!(error instanceof LakeError && error.code === 'unavailable') || attempt >= READ_COUNT_MAX) {
          throw error;
        }
      }
    }
  }

  async #transact<T>(begin: string, work: (queries: CatalogQueries) => Promise<T>): Promise<T> {
    return await this.#onLivingConnection(
      (connection) => connection.run(begin),
      (connection) =>
        connection.use(async () => {
          const result = await work({ query: (sql, values) => connection.run(sql, values) });
          await withUnknownOutcome(connection.run('COMMIT'));
          return result;
        }),
    );
  }

  async script(statements: readonly string[]): Promise<void> {
    const connection = await this.#connect();
    await connection.use(() => withUnknownOutcome(connection.run([BEGIN, ...statements, 'COMMIT'].join('; '))));
  }

  /** What the first statement of a connection fails with is not told where another connection of the pool is not dead: it did nothing yet. */
  async #onLivingConnection<A, B>(first: (connection: Connection) => Promise<A>, then: (connection: Connection, result: A) => Promise<B>): Promise<B> {
    for (let attempt = 0; ; attempt += 1) {
      const connection = await this.#connect();
      let result: A;
      try {
        result = await first(connection);
      } catch (error) {
        connection.release();
        if (connection.isBroken && attempt < CONNECTION_COUNT_MAX) {
          continue;
        }
        throw error;
      }
      return await then(connection, result);
    }
  }

  async join(holds: Holds): Promise<Presence> {
    const presence = new PostgresPresence(this, holds, async () => {
      // A client connects once.
      return await whenStarted(async () => {
        const client = new Client({
          connectionString: this.#url,
          connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
          keepAlive: true,
          application_name: 'sluice presence',
        });
        client.on('error', ignore);
        await client.connect();
        return client;
      });
    });
    await presence.gatewayId();
    return presence;
  }

  async #connect(): Promise<Connection> {
    return new Connection(await whenStarted(() => this.#pool.connect()));
  }

  /** By an advisory lock of a connection, which goes with it: a gateway that dies holds nothing. */
  async runAlone<T>(work: () => Promise<T>): Promise<T | null> {
    const client = await whenStarted(() => this.#pool.connect());
    client.on('error', ignore);
    try {
      const { rows } = await client.query<CatalogRow>(`SELECT pg_try_advisory_lock(${UPKEEP_LOCK}, hashtext($1)) AS taken`, [this.prefix]);
      return rows[0]?.['taken'] === true ? await work() : null;
    } finally {
      client.removeListener('error', ignore);
      // A connection that is closed gives its locks back.
      client.release(true);
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ended && !this.#pool.ending) {
      await this.#pool.end();
    }
  }
}

const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ';

/** Connects, again for a while where the server is there and not ready. Throws `unavailable`. */
async function whenStarted<T>(connect: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + START_WAIT_MS_MAX;
  for (;;) {
    try {
      return await connect();
    } catch (cause) {
      if (!isStarting(cause) || Date.now() > deadline) {
        throw doesNotAnswer(cause);
      }
      await sleep(START_PAUSE_MS);
    }
  }
}

/** A connection of the pool while it is in use. */
class Connection {
  isBroken = false;
  readonly #client: PoolClient;

  constructor(client: PoolClient) {
    this.#client = client;
    // A connection that breaks fails what runs on it; the event needs a listener besides.
    client.on('error', ignore);
  }

  /** Rows of a statement; of several, nothing. */
  async run(sql: string, values: readonly CatalogValue[] = []): Promise<readonly CatalogRow[]> {
    try {
      return (await this.#client.query<CatalogRow>(sql, [...values])).rows;
    } catch (cause) {
      const error = translated(cause);
      this.isBroken ||= error instanceof LakeError;
      throw error;
    }
  }

  /** Ends the open transaction when the work fails, gives the connection back in any case. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!this.isBroken) {
        await this.run('ROLLBACK').catch(ignore);
      }
      throw error;
    } finally {
      this.release();
    }
  }

  release(): void {
    this.#client.removeListener('error', ignore);
    this.#client.release(this.isBroken);
  }
}

/** A connection lost while COMMIT was on its way leaves open whether it took place. */
async function withUnknownOutcome(commit: Promise<unknown>): Promise<void> {
  try {
    await commit;
  } catch (error) {
    throw error instanceof LakeError && error.code === 'unavailable'
      ? new LakeError('unavailable', error.message, { cause: error, outcomeUnknown: true, ...(error.detail === undefined ? {} : { detail: error.detail }) })
      : error;
  }
}

const INT8_OID = 20;
const INT4_OID = 23;
const INT2_OID = 21;
const BOOL_OID = 16;

/** Integers as numbers where they are safe, booleans as such, everything else as the text it came as. */
function parserOf(oid: number): (text: string) => CatalogValue {
  switch (oid) {
    case INT8_OID:
    case INT4_OID:
    case INT2_OID:
      return (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text));
    case BOOL_OID:
      return (text) => text === 't';
    default:
      return (text) => text;
  }
}
