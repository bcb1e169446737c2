import assert from 'node:assert/strict';
import { DatabaseError, type Client } from 'pg';
import { isAlive, type ProcessEntry } from '../services/process-tree.js';
import { waitUntil, type SluiceServer } from '../services/sluice.js';

/** A statement that runs far longer than any test waits, in little memory: a triple product of the sample's flights. */
export const ENDLESS_SQL = 'SELECT count(*) FROM flights a, flights b, flights c WHERE a.delay + b.delay * c.delay = 1234567';

/** A result of hundreds of millions of rows, produced as fast as it is read. */
export const ENDLESS_ROWS_SQL = 'SELECT a.*, b.origin AS other FROM flights a, flights b';

/** Starts a statement and gives its error's SQLSTATE, or `answered` when there was none, once it ends. */
export async function outcomeOf(client: Client, sql: string): Promise<string> {
  try {
    await client.query(sql);
    return 'answered';
  } catch (error) {
    if (error instanceof DatabaseError) {
      return error.code ?? 'no code';
    }
    return 'connection lost';
  }
}

/** Waits until one of the server's children works on a query, and returns it. Call it on a server that was idle. */
export async function busyChild(server: SluiceServer): Promise<ProcessEntry> {
  let before = new Map(server.children().map((child) => [child.pid, child.ticks]));
  let busy = new Set<number>();
  let found: ProcessEntry | undefined;
  await waitUntil('a child that works', 10_000, async () => {
    await new Promise((resolve) => {
      setTimeout(resolve, 150);
    });
    const now = server.children();
    // At least half of the time between two looks, twice: planning or starting up is over sooner.
    const busyNow = now.filter((child) => child.ticks - (before.get(child.pid) ?? child.ticks) >= 7);
    found = busyNow.find((child) => busy.has(child.pid));
    busy = new Set(busyNow.map((child) => child.pid));
    before = new Map(now.map((child) => [child.pid, child.ticks]));
    return found !== undefined;
  });
  assert(found !== undefined);
  return found;
}

/** Waits until no child of the server works any more. */
export async function untilIdle(server: SluiceServer, timeoutMs = 5000): Promise<void> {
  let before = new Map(server.children().map((child) => [child.pid, child.ticks]));
  let busy: readonly ProcessEntry[] = [];
  const idle = waitUntil('all children idle', timeoutMs, async () => {
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    const now = server.children().filter((child) => isAlive(child));
    busy = now.filter((child) => child.ticks - (before.get(child.pid) ?? 0) > 2);
    before = new Map(now.map((child) => [child.pid, child.ticks]));
    return busy.length === 0;
  });
  await idle.catch((error: unknown) => {
    throw new Error(`${String(error)}; busy: ${busy.map((child) => `${child.pid} (${child.command})`).join(', ')}`, { cause: error });
  });
}

/** The server works: a plain statement, a whole and a distributed query on a new connection. */
export async function assertWorks(server: SluiceServer): Promise<void> {
  const client = await server.connect();
  try {
    assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1);
    const whole = await client.query<{ n: string }>('SELECT count(*) AS n FROM flights');
    assert.equal(whole.rows[0]?.n, '60000');
    const distributed = await client.query<{ n: string }>('SELECT /*+ DISTRIBUTED PARTITIONS(3) */ origin, count(*) AS n FROM flights GROUP BY origin');
    assert.equal(
      distributed.rows.reduce((sum, row) => sum + Number(row.n), 0),
      60_000,
    );
  } finally {
    await client.end();
  }
}

/** Nothing is left in the server's shuffle and staging directories; given a moment, for cleaning follows the answer. */
export async function assertClean(server: SluiceServer): Promise<void> {
  await waitUntil('an empty shuffle directory', 3000, () => server.leftovers().length === 0).catch((error: unknown) => {
    throw new Error(`left behind: ${server.leftovers().join(', ')}`, { cause: error });
  });
}
