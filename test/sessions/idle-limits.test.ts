import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { DatabaseError, type Client } from 'pg';
import { startSluice, type SluiceServer } from '../services/sluice.js';

/** The error that ends a connection, and how long it took. */
async function ending(client: Client): Promise<{ readonly code: string | undefined; readonly ms: number }> {
  const start = performance.now();
  const error = await new Promise<Error>((resolve) => {
    client.once('error', resolve);
  });
  return { code: error instanceof DatabaseError ? error.code : undefined, ms: performance.now() - start };
}

describe('sessions/idle limits', function () {
  this.timeout(30_000);
  const data = mkdtempSync(join(tmpdir(), 'sluice-idle-'));
  let server: SluiceServer;

  before(async () => {
    server = await startSluice({ data });
  });

  after(async () => {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it('a session that is left inside a transaction is ended, and its changes with it', async () => {
    const client = await server.connect();
    await client.query('SET idle_in_transaction_session_timeout = 300');
    await sleep(600);
    await client.query('BEGIN');
    await client.query('CREATE TABLE abandoned (a int)');
    const { code, ms } = await ending(client);
    assert.equal(code, '25P03');
    assert(ms >= 250 && ms < 5000, `${ms} ms`);
    const other = await server.connect();
    await assert.rejects(other.query('SELECT * FROM abandoned'), { code: '42P01' });
    await other.end();
  });

  it('a session that is left outside of one is ended by its own limit, never while it works', async () => {
    const client = await server.connect();
    await client.query("SET idle_session_timeout = '400ms'");
    await client.query('SELECT count(*) FROM generate_series(1, 100000) a (n), generate_series(1, 4000) b (n) WHERE (a.n + b.n) % 7 = 0');
    assert.equal((await ending(client)).code, '57P05');
  });

  it('0 is no limit', async () => {
    const client = await server.connect();
    await client.query('SET idle_session_timeout = 0');
    await sleep(500);
    assert.equal((await client.query('SELECT 1 AS one')).rows.length, 1);
    await client.end();
  });
});
