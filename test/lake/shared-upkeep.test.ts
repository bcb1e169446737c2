import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import Cursor from 'pg-cursor';
import { startSluice, waitUntil, type SluiceServer } from '../services/sluice.js';
import { tableFiles } from './data-files.js';
import { newPostgresDatabase } from './postgres-database.js';

const ROWS = 200;

/** What one gateway works with is never taken by another's clean-up, whatever its age; what a dead one left is taken at once. */
describe('lake/upkeep: two gateways on one PostgreSQL', function () {
  this.timeout(90_000);
  let directory: string;
  let data: string;
  let url: string;
  let worker: SluiceServer;
  let cleaner: SluiceServer;
  let client: Client;
  let clean: Client;

  const start = (name: string): Promise<SluiceServer> =>
    startSluice({ data, state: join(directory, name), executors: 2, threads: 1, extra: ['--catalog', url, '--maintenance-interval', 'off'] });

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-shared-'));
    data = join(directory, 'data');
    mkdirSync(data);
    url = await newPostgresDatabase(`shared_upkeep_${process.pid}`);
    worker = await start('worker');
    cleaner = await start('cleaner');
    client = await worker.connect();
    clean = await cleaner.connect();
  });

  after(async () => {
    await client?.end();
    await clean?.end();
    await worker?.stop();
    await cleaner?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('a transaction keeps the files of its snapshot, those it has not looked at yet, too', async () => {
    await filled('seen');
    await filled('unseen');
    await client.query('BEGIN');
    await client.query('SELECT count(*) FROM seen');
    await clean.query("CALL sluice_compact('seen')");
    await clean.query("CALL sluice_compact('unseen')");
    await cleanUp();
    assert.equal(await count(client, 'seen'), 3 * ROWS);
    assert.equal(await count(client, 'unseen'), 3 * ROWS);
    assert.equal(tableFiles(data, 'unseen').length, 4);
    await client.query('COMMIT');
    await cleanUp();
    assert.equal(tableFiles(data, 'seen').length + tableFiles(data, 'unseen').length, 2, 'what nobody reads any more went');
    assert.equal(await count(client, 'unseen'), 3 * ROWS);
  });

  it('a query under way keeps its files', async () => {
    await clean.query("CREATE TABLE wide AS SELECT n, repeat('x', 1000) AS filler FROM generate_series(1, 60000) AS g (n)");
    await clean.query("INSERT INTO wide SELECT n, repeat('y', 1000) AS filler FROM generate_series(60001, 70000) AS g (n)");
    const cursor = client.query(new Cursor('SELECT n, filler FROM wide'));
    let rows = (await cursor.read(10)).length;
    await clean.query('DELETE FROM wide');
    await cleanUp();
    assert.equal(tableFiles(data, 'wide').length, 2);
    for (let batch = await cursor.read(5000); batch.length > 0; batch = await cursor.read(5000)) {
      rows += batch.length;
    }
    await cursor.close();
    assert.equal(rows, 70_000);
    await cleanUp();
    assert.deepEqual(tableFiles(data, 'wide'), []);
  });

  it('a long INSERT keeps the files it writes, and what a transaction wrote stays until its end', async () => {
    await client.query('CREATE TABLE written (n bigint, t text)');
    const insert = client.query("INSERT INTO written SELECT n, 'row ' || n FROM generate_series(1, 6000000) AS g (n)");
    let removals = 0;
    const state = { done: false };
    const done = insert.finally(() => {
      state.done = true;
    });
    while (!state.done) {
      await cleanUp();
      removals += tableFiles(data, 'written').length > 0 ? 1 : 0;
      await sleep(20);
    }
    await done;
    assert(removals > 0, 'clean-up met files being written');
    assert.equal(await count(client, 'written'), 6_000_000);
    await client.query('BEGIN');
    await client.query("INSERT INTO written SELECT n, 'more' FROM generate_series(1, 1000) AS g (n)");
    await client.query('DELETE FROM written WHERE n % 1000 = 0 AND n > 1000');
    await cleanUp();
    await client.query('COMMIT');
    assert.equal(await count(client, 'written'), 6_000_000 + 1000 - 5999);
  });

  it('an older snapshot that a transaction looks at stays until its end', async () => {
    await filled('travelled');
    const { rows } = await client.query<{ n: string }>('SELECT max(snapshot_id) AS n FROM sluice_snapshots');
    const version = Number(rows[0]?.n);
    await clean.query('DELETE FROM travelled');
    await client.query('BEGIN');
    assert.equal(await count(client, `travelled AT (VERSION => ${version})`), 3 * ROWS);
    await cleanUp();
    assert.equal(await count(client, `travelled AT (VERSION => ${version})`), 3 * ROWS);
    assert.equal(await count(client, 'travelled'), 0);
    await client.query('COMMIT');
    await cleanUp();
    await assert.rejects(client.query(`SELECT * FROM travelled AT (VERSION => ${version})`), { code: '72000' });
    assert.deepEqual(tableFiles(data, 'travelled'), []);
  });

  it('what others than Sluice may be writing stays while it is young', async () => {
    await filled('foreign_files');
    const path = join(tableFiles(data, 'foreign_files')[0] ?? '', '..', '..', 'ducklake-0197c5a8-0000-7000-8000-000000000000.parquet');
    writeFileSync(path, 'being written');
    await cleanUp();
    assert(tableFiles(data, 'foreign_files').includes(path));
  });

  it('a gateway that was taken for dead commits nothing of what it had begun, and goes on', async () => {
    await client.query('CREATE TABLE doubted (n integer)');
    await client.query('BEGIN');
    await client.query('INSERT INTO doubted SELECT n FROM generate_series(1, 1000) AS g (n)');
    await client.query("INSERT INTO written VALUES (0, 'a row of the catalog')");
    const catalog = new Client(url);
    await catalog.connect();
    // As when its connection was lost and another gateway's clean-up came first.
    await catalog.query('DELETE FROM sluice_gateway');
    await catalog.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice presence' AND datname = current_database()");
    await waitUntil('both gateways are known again', 10_000, async () => (await catalog.query('SELECT 1 FROM sluice_gateway')).rows.length === 2);
    await catalog.end();
    await cleanUp();
    assert.deepEqual(tableFiles(data, 'doubted'), [], 'nobody answers for its files');
    await assert.rejects(client.query('COMMIT'), { code: '40001', message: /lost this gateway/ });
    assert.equal(await count(clean, 'doubted'), 0);
    await client.query('INSERT INTO doubted VALUES (1)');
    assert.equal(await count(clean, 'doubted'), 1);
  });

  it('a connection that is lost and found again in time costs nothing', async () => {
    await client.query('CREATE TABLE found_again (n integer)');
    await client.query('BEGIN');
    await client.query('INSERT INTO found_again SELECT n FROM generate_series(1, 1000) AS g (n)');
    const catalog = new Client(url);
    await catalog.connect();
    const lockHolders = async (): Promise<number[]> => {
      const { rows } = await catalog.query<{ pid: number }>("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted");
      return rows.map((row) => row.pid);
    };
    const known = await lockHolders();
    await catalog.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice presence' AND datname = current_database()");
    // Not by their number alone: a backend that was told to end may still hold its lock for a moment.
    await waitUntil('both locks are held again, by other connections', 10_000, async () => {
      const holders = await lockHolders();
      return holders.length === known.length && !holders.some((pid) => known.includes(pid));
    });
    await catalog.end();
    await cleanUp();
    await client.query('COMMIT');
    assert.equal(await count(clean, 'found_again'), 1000);
  });

  it('what a killed gateway left is removed at once, its transactions hold nothing', async () => {
    await filled('held');
    const other = await start('killed');
    const doomed = await other.connect();
    doomed.on('error', () => undefined);
    await doomed.query('BEGIN');
    await doomed.query('CREATE TABLE orphaned (n integer)');
    await doomed.query('INSERT INTO orphaned SELECT n FROM generate_series(1, 1000) AS g (n)');
    await doomed.query('SELECT count(*) FROM held');
    await clean.query("CALL sluice_compact('held')");
    await cleanUp();
    assert.equal(tableFiles(data, 'orphaned').length, 1);
    assert.equal(tableFiles(data, 'held').length, 4);
    process.kill(other.pid, 'SIGKILL');
    // The system closes the dead process's sockets, and the database sees that, in a moment.
    await waitUntil('its files are gone', 3000, async () => {
      await cleanUp();
      return tableFiles(data, 'orphaned').length === 0 && tableFiles(data, 'held').length === 1;
    });
    await other.kill();
  });

  async function cleanUp(): Promise<void> {
    await clean.query("CALL sluice_expire_snapshots(older_than => '0 seconds')");
    await clean.query("CALL sluice_remove_files(older_than => '0 seconds')");
  }

  async function filled(table: string): Promise<void> {
    await clean.query(`CREATE TABLE ${table} AS SELECT n::integer AS n, 'row ' || n AS t FROM generate_series(1, ${ROWS}) AS g (n)`);
    for (const from of [ROWS, 2 * ROWS]) {
      await clean.query(`INSERT INTO ${table} SELECT n, 'row ' || n FROM generate_series(${from + 1}, ${from + ROWS}) AS g (n)`);
    }
  }
});

async function count(of: Client, table: string): Promise<number> {
  const { rows } = await of.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`);
  return Number(rows[0]?.n);
}
