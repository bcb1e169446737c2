import { Pool } from 'pg';
import type { PoolClient } from 'pg';
import type { CatalogDatabase, CatalogQueries, CatalogRow, CatalogValue } from '../catalog-database.js';
import { CatalogRace } from '../catalog-database.js';
import { LakeError } from '../lake-error.js';

/** Connections to the catalog: commits of one gateway go one after another, the others read. */
const CONNECTION_COUNT_MAX = 8;

const CONNECT_TIMEOUT_MS = 10_000;

/** unique_violation, serialization_failure, deadlock_detected. */
const RACES: ReadonlySet<string> = new Set(['23505', '40001', '40P01']);

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
    return new PostgresCatalog(pool, `"${(rows[0]?.schema ?? 'public').replaceAll('"', '""')}".`);
  } catch (cause) {
    await pool.end();
    throw new LakeError('unavailable', 'the catalog database does not answer', { detail: messageOf(cause), cause });
  }
}

/** PostgreSQL, shared with other gateways and with DuckDB's own ducklake extension. */
class PostgresCatalog implements CatalogDatabase {
  readonly kind = 'postgres';
  readonly isExclusive = false;
  readonly prefix: string;
  readonly #pool: Pool;

  constructor(pool: Pool, prefix: string) {
    this.#pool = pool;
    this.prefix = prefix;
  }

  async query(sql: string, values: readonly CatalogValue[] = []): Promise<readonly CatalogRow[]> {
    try {
      return (await this.#pool.query<CatalogRow>(sql, [...values])).rows;
    } catch (cause) {
      throw translated(cause);
    }
  }

  async transaction<T>(work: (queries: CatalogQueries) => Promise<T>): Promise<T> {
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (cause) {
      throw new LakeError('unavailable', 'the catalog database does not answer', { detail: messageOf(cause), cause });
    }
    // A connection that breaks fails what runs on it; the event needs a listener besides.
    client.on('error', ignore);
    let isBroken = false;
    const run = async (sql: string, values: readonly CatalogValue[] = []): Promise<readonly CatalogRow[]> => {
      try {
        return (await client.query<CatalogRow>(sql, [...values])).rows;
      } catch (cause) {
        const error = translated(cause);
        isBroken ||= error instanceof LakeError;
        throw error;
      }
    };
    try {
      await run('BEGIN ISOLATION LEVEL REPEATABLE READ');
      const result = await work({ query: run });
      await commit(run);
      return result;
    } catch (error) {
      if (!isBroken) {
        await run('ROLLBACK').catch(ignore);
      }
      throw error;
    } finally {
      client.removeListener('error', ignore);
      client.release(isBroken);
    }
  }

  async close(): Promise<void> {
    if (!this.#pool.ended && !this.#pool.ending) {
      await this.#pool.end();
    }
  }
}

/** A connection lost while COMMIT was on its way leaves open whether it took place. */
async function commit(run: (sql: string) => Promise<unknown>): Promise<void> {
  try {
    await run('COMMIT');
  } catch (error) {
    throw error instanceof LakeError && error.code === 'unavailable'
      ? new LakeError('unavailable', error.message, { cause: error, outcomeUnknown: true, ...(error.detail === undefined ? {} : { detail: error.detail }) })
      : error;
  }
}

function ignore(): void {
  // What broke is told where it is used.
}

function translated(cause: unknown): Error {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (RACES.has(code)) {
    return new CatalogRace(cause);
  }
  // Without an SQLSTATE it is the socket's failure; classes 08, 53, 57 and 58 are the server's own.
  if (!/^[0-9A-Z]{5}$/.test(code) || /^(?:08|53|57|58)/.test(code)) {
    return new LakeError('unavailable', 'the catalog database does not answer', { detail: messageOf(cause), cause });
  }
  return cause instanceof Error ? cause : new Error(String(cause));
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
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
