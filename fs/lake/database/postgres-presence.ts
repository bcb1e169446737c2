import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { CatalogDatabase, CatalogQueries, CatalogRow } from '../catalog-database.js';
import { CatalogRace } from '../catalog-database.js';
import type { Holds } from '../holds.js';
import { LakeError } from '../lake-error.js';
import type { Presence } from '../presence.js';
import { ignore, translated } from './postgres-errors.js';

/** Channel on which gateways are asked to say again what they hold. */
const CHANNEL = 'sluice_gateway';
/** How long the answers of other gateways are waited for; one that does not answer keeps what it said last. */
const ANSWER_WAIT_MS_MAX = 1000;
const ANSWER_PAUSE_MS = 20;
/** How long the lock of a lost connection is waited for, which the server may not have found lost yet. */
const LOCK_WAIT_MS_MAX = 2000;
const LOCK_PAUSE_MS = 50;
const REJOIN_PAUSE_MS = 500;
/** How long a commit of a dead gateway that the server is still at is waited for. */
const COMMIT_WAIT = '5s';
/** A gateway whose machine died is found dead after a minute, not after the system's two hours. */
const SESSION_SETTINGS = 'SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; SET synchronous_commit = on';

/** lock_not_available, in_failed_sql_transaction after it. */
const LOCK_TIMEOUTS: ReadonlySet<string> = new Set(['55P03']);

/**
 * A gateway's row in `sluice_gateway`, which counts as long as an advisory lock on a connection of the gateway's own is held:
 * the lock goes with the process, the row with whoever finds it without a lock.
 *
 * `oldest_snapshot` is a lower bound of what the gateway reads. What newly begins reads the newest snapshot, so the bound stays
 * right without being touched; it is raised when somebody asks (NOTIFY), and lowered before an older snapshot is read.
 */
export class PostgresPresence implements Presence {
  readonly #database: CatalogDatabase;
  readonly #holds: Holds;
  readonly #connect: () => Promise<Client>;
  readonly #table: string;
  #client: Client | null = null;
  #joined: Promise<number> | null = null;
  #lastId: number | null = null;
  /** The bound of the last update that was sent, and when it is in the row. */
  #sent = Infinity;
  #settled: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** `connect` gives a connection of its own. */
  constructor(database: CatalogDatabase, holds: Holds, connect: () => Promise<Client>) {
    this.#database = database;
    this.#holds = holds;
    this.#connect = connect;
    this.#table = `${database.prefix}sluice_gateway`;
  }

  async gatewayId(): Promise<number> {
    const underWay = this.#joined;
    if (underWay !== null) {
      try {
        return await underWay;
      } catch {
        // Tried before it was asked for here: the server may have come back since.
      }
    }
    return await this.#tryJoin();
  }

  #tryJoin(): Promise<number> {
    if (this.#joined === null) {
      const joined = this.#join();
      this.#joined = joined;
      joined.catch(() => {
        if (this.#joined === joined) {
          this.#joined = null;
        }
      });
    }
    return this.#joined;
  }

  async lockKnown(queries: CatalogQueries, gatewayIds: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await queries.query(`SELECT gateway_id FROM ${this.#table} WHERE gateway_id IN (${[...new Set(gatewayIds)].join(', ')}) FOR KEY SHARE`);
    return new Set(rows.map((row) => Number(row['gateway_id'])));
  }

  lockSql(gatewayId: number): { readonly statement: string; readonly condition: string } {
    const row = `SELECT 1 FROM ${this.#table} WHERE gateway_id = ${gatewayId}`;
    return { statement: `${row} FOR KEY SHARE`, condition: `EXISTS (${row})` };
  }

  async publish(): Promise<void> {
    const id = await this.gatewayId();
    const oldest = this.#holds.oldestSnapshot();
    if (oldest < this.#sent) {
      this.#send(oldest, `UPDATE ${this.#table} SET oldest_snapshot = LEAST(oldest_snapshot, ${oldest}) WHERE gateway_id = ${id}`);
    }
    await this.#settled;
  }

  async refresh(): Promise<void> {
    await this.gatewayId();
    await this.#forgetDead();
    const [row] = await this.#database.query('SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) AS question');
    const question = Number(row?.['question']);
    await this.#database.query(`SELECT pg_notify('${CHANNEL}', $1) IS NULL AS sent`, [`${question} ${this.#database.prefix}`]);
    await this.#answer(question);
    const deadline = Date.now() + ANSWER_WAIT_MS_MAX;
    while (Date.now() < deadline) {
      const silent = await this.#database.query(`SELECT 1 AS silent FROM ${this.#table} WHERE answered < ${question} LIMIT 1`);
      if (silent.length === 0) {
        return;
      }
      await sleep(ANSWER_PAUSE_MS);
    }
  }

  async oldestSnapshot(queries: CatalogQueries): Promise<number> {
    // Taken before the transaction's snapshot: rows are neither made nor changed from here to its end. Commits only share them.
    await queries.query(`LOCK TABLE ${this.#table} IN SHARE MODE`);
    const [row] = await queries.query(`SELECT min(oldest_snapshot) AS oldest FROM ${this.#table}`);
    const oldest = row?.['oldest'] ?? null;
    return Math.min(oldest === null ? Infinity : Number(oldest), this.#holds.oldestSnapshot());
  }

  async others(): Promise<ReadonlySet<number>> {
    const own = await this.gatewayId();
    await this.#forgetDead();
    const rows = await this.#database.query(`SELECT gateway_id FROM ${this.#table} WHERE gateway_id <> ${own}`);
    return new Set(rows.map((row) => Number(row['gateway_id'])));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#client;
    this.#client = null;
    if (client !== null) {
      await client.query(`DELETE FROM ${this.#table} WHERE gateway_id = $1`, [this.#lastId]).catch(ignore);
      await client.end().catch(ignore);
    }
  }

  /** Rows whose lock nobody holds. Deleting one waits for a commit that has locked it; after that none can come any more. */
  async #forgetDead(): Promise<void> {
    try {
      await this.#database.transaction(async (queries) => {
        await queries.query(`SET LOCAL lock_timeout = '${COMMIT_WAIT}'`);
        await queries.query(`DELETE FROM ${this.#table} AS g WHERE pg_try_advisory_xact_lock(${this.#lockKey('g.gateway_id')})`);
      });
    } catch (error) {
      // Then it counts as living until the next time.
      if (!(error instanceof CatalogRace) && !LOCK_TIMEOUTS.has(error instanceof Error && 'code' in error ? String(error.code) : '')) {
        throw error;
      }
    }
  }

  async #join(): Promise<number> {
    if (this.#isClosed) {
      throw new LakeError('unavailable', 'the catalog is closed');
    }
    const client = await this.#connect();
    try {
      client.on('error', () => this.#lost(client));
      client.on('end', () => this.#lost(client));
      client.on('notification', ({ payload }) => this.#asked(payload ?? ''));
      await client.query(SESSION_SETTINGS);
      await client.query(`LISTEN ${CHANNEL}`);
      const id = (await this.#takeAgain(client)) ?? (await this.#takeNew(client));
      this.#lastId = id;
      this.#client = client;
      return id;
    } catch (cause) {
      client.end().catch(ignore);
      throw translated(cause);
    }
  }

  /** The lock of the row this process had, when nobody has found it without. */
  async #takeAgain(client: Client): Promise<number | null> {
    const id = this.#lastId;
    if (id === null) {
      return null;
    }
    const deadline = Date.now() + LOCK_WAIT_MS_MAX;
    while (Date.now() < deadline) {
      const [row] = await rowsOf(client, `SELECT pg_try_advisory_lock(${this.#lockKey(String(id))}) AS taken`);
      if (row?.['taken'] === true) {
        const found = await rowsOf(client, `SELECT 1 FROM ${this.#table} WHERE gateway_id = ${id}`);
        if (found.length > 0) {
          return id;
        }
        await client.query(`SELECT pg_advisory_unlock(${this.#lockKey(String(id))})`);
        return null;
      }
      await sleep(LOCK_PAUSE_MS);
    }
    return null;
  }

  async #takeNew(client: Client): Promise<number> {
    // What is held from before keeps what it can: its snapshots, if they are still there.
    const held = this.#holds.oldestSnapshot();
    const bound = `(SELECT ${Number.isFinite(held) ? `LEAST(max(snapshot_id), ${held})` : 'max(snapshot_id)'} FROM ${this.#database.prefix}ducklake_snapshot)`;
    const [row] = await rowsOf(
      client,
      `WITH made AS (INSERT INTO ${this.#table} (oldest_snapshot, answered) VALUES (${bound}, 0) RETURNING gateway_id, oldest_snapshot)
       SELECT gateway_id, oldest_snapshot, pg_advisory_lock(${this.#lockKey('gateway_id')}) IS NULL AS locked FROM made`,
    );
    const oldest = Number(row?.['oldest_snapshot']);
    this.#sent = oldest;
    this.#holds.raiseFloor(oldest);
    return Number(row?.['gateway_id']);
  }

  #lost(client: Client): void {
    if (this.#client === client) {
      this.#client = null;
      this.#joined = null;
      this.#rejoin();
    }
  }

  #rejoin(): void {
    setTimeout(() => {
      if (!this.#isClosed && this.#client === null) {
        this.#tryJoin().catch(() => this.#rejoin());
      }
    }, REJOIN_PAUSE_MS).unref();
  }

  #asked(payload: string): void {
    const [question = '', prefix] = payload.split(' ', 2);
    if (prefix === this.#database.prefix) {
      // One that cannot be answered leaves the bound that is there.
      this.#answer(Number(question)).catch(ignore);
    }
  }

  async #answer(question: number): Promise<void> {
    const id = await this.gatewayId();
    const [row] = await this.#database.query(`SELECT max(snapshot_id) AS newest FROM ${this.#database.prefix}ducklake_snapshot`);
    // From here to the sending nothing is waited for: what begins later asks for the newest snapshot later.
    const newest = Number(row?.['newest']);
    const oldest = Math.min(newest, this.#holds.oldestSnapshot());
    this.#holds.raiseFloor(oldest);
    this.#send(oldest, `UPDATE ${this.#table} SET oldest_snapshot = ${oldest}, answered = GREATEST(answered, ${question}) WHERE gateway_id = ${id}`);
    await this.#settled;
  }

  #send(bound: number, sql: string): void {
    const client = this.#client;
    this.#sent = bound;
    const settled = client === null ? Promise.reject(new LakeError('unavailable', 'the catalog database does not answer')) : client.query(sql);
    this.#settled = settled.catch((cause: unknown) => {
      throw translated(cause);
    });
    this.#settled.catch(ignore);
  }

  /** Ids count in each schema for itself. */
  #lockKey(id: string): string {
    return `(CAST(hashtext('${`sluice gateway ${this.#database.prefix}`.replaceAll("'", "''")}') AS BIGINT) << 32) | ${id}`;
  }
}

async function rowsOf(client: Client, sql: string): Promise<readonly CatalogRow[]> {
  return (await client.query<CatalogRow>(sql)).rows;
}
