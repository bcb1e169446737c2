import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { DatabaseError, type Client } from 'pg';
import { startSluice, waitUntil, type SluiceServer } from '../services/sluice.js';
import { tableFiles } from './data-files.js';
import { newPostgresDatabase } from './postgres-database.js';

/** Enough rows for a file. */
const ROWS = 200;

describe('lake/upkeep: compaction, expiry, clean-up', function () {
  this.timeout(60_000);
  let directory: string;
  let data: string;
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-upkeep-'));
    data = join(directory, 'data');
    mkdirSync(data);
    server = await startSluice({ data, state: join(directory, 'state'), executors: 2, threads: 1, extra: ['--snapshot-retention', '1h'] });
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('merges small files and the rows of the catalog, drops deleted rows, and leaves what older snapshots have', async () => {
    await filled('merged');
    await client.query('DELETE FROM merged WHERE n % 2 = 0');
    await client.query("INSERT INTO merged VALUES (-1, 'kept in the catalog'), (-2, 'deleted there')");
    await client.query('DELETE FROM merged WHERE n = -2');
    const sum = await one('SELECT count(*) AS n, sum(n) AS s FROM merged');
    const version = await newest();
    const [row] = (await client.query("CALL sluice_compact('merged')")).rows;
    assert.deepEqual([row.table_name, row.files_before, row.files_after, row.rows_flushed], ['public.merged', '3', '1', '1']);
    assert(Number(row.bytes_after) < Number(row.bytes_before));
    assert.deepEqual(await one('SELECT count(*) AS n, sum(n) AS s FROM merged'), sum);
    assert.deepEqual(await one('SELECT /*+ DISTRIBUTED */ count(*) AS n, sum(n) AS s FROM merged'), sum);
    assert.deepEqual(await one(`SELECT count(*) AS n, sum(n) AS s FROM merged AT (VERSION => ${version})`), sum);
    assert.deepEqual(await one(`SELECT count(*) AS n FROM merged AT (VERSION => ${version - 3})`), { n: String(3 * ROWS) });
    const again = (await client.query('CALL sluice_compact($1)', ['merged'])).rows[0];
    assert.deepEqual([again.files_before, again.files_after], ['1', '1']);
    const history = await client.query(`SELECT changes FROM sluice_snapshots WHERE snapshot_id > ${version}`);
    assert.deepEqual(
      history.rows.map(({ changes }: { changes: string }) => changes.replaceAll(/\d+/g, 'N')),
      ['rewrite_delete:N,inlined_delete:N'],
      'one commit, and none for nothing',
    );
  });

  it('keeps partitions and order', async () => {
    await client.query("CREATE TABLE parted (k integer, v integer) WITH (partition_by = 'k', sort_by = 'v DESC')");
    for (let part = 0; part < 3; part++) {
      await client.query(`INSERT INTO parted SELECT n % 2, n + ${part * 1000} FROM generate_series(1, ${ROWS}) AS g (n)`);
    }
    const sum = await one('SELECT sum(v * (k + 1)) AS s FROM parted');
    const [row] = (await client.query("CALL sluice_compact('parted')")).rows;
    assert.deepEqual([row.files_before, row.files_after], ['6', '2']);
    assert.deepEqual(await one('SELECT sum(v * (k + 1)) AS s FROM parted'), sum);
    const plan = await client.query('EXPLAIN (FRAGMENTS) SELECT /*+ DISTRIBUTED */ sum(v) FROM parted WHERE k = 1');
    assert.equal(
      [
        ...plan.rows
          .map((line) => Object.values(line).join(''))
          .join('\n')
          .matchAll(/\.parquet/g),
      ].length,
      1,
      'one file of the partition is read',
    );
    const values = await client.query('SELECT v FROM parted WHERE k = 0');
    const list = values.rows.map(({ v }: { v: number }) => v);
    assert.deepEqual(
      list,
      list.toSorted((a: number, b: number) => b - a),
    );
  });

  it('leaves alone what a concurrent change took, and appends go on beside it', async () => {
    await filled('busy');
    const other = await server.connect();
    const writes = (async (): Promise<void> => {
      for (let n = 0; n < 20; n++) {
        await other.query(`INSERT INTO busy SELECT -n, 'more' FROM generate_series(1, 20) AS g (n)`);
        await other.query(`UPDATE busy SET t = 'changed' WHERE n = ${n + 1}`).catch((error: unknown) => {
          assert(error instanceof DatabaseError && error.code === '40001', String(error));
        });
      }
    })();
    for (let count = 0; count < 5; count++) {
      await client.query("CALL sluice_compact('busy')");
    }
    await writes;
    await other.end();
    assert.deepEqual(await one('SELECT count(*) AS n, count(DISTINCT n) AS d FROM busy WHERE n > 0'), { n: String(3 * ROWS), d: String(3 * ROWS) });
    assert.deepEqual(await one('SELECT count(*) AS n FROM busy WHERE n < 0'), { n: '400' });
  });

  it('expires snapshots and removes their files, but none that an open transaction may read or write', async () => {
    await filled('aged');
    const reader = await server.connect();
    await reader.query('BEGIN');
    // The transaction's snapshot is taken; the files of `aged` were not looked at yet.
    await reader.query('SELECT 1 FROM merged LIMIT 1');
    const held = await newest();
    await client.query("CALL sluice_compact('aged')");
    const oldFiles = tableFiles(data, 'aged');
    assert.equal(oldFiles.length, 4);
    await client.query("CALL sluice_expire_snapshots(older_than => '0 seconds')");
    assert.equal((await one(`SELECT count(*) AS n FROM aged AT (VERSION => ${held})`))['n'], String(3 * ROWS));
    await client.query("CALL sluice_remove_files(older_than => '0 seconds')");
    assert.deepEqual(tableFiles(data, 'aged').toSorted(), oldFiles.toSorted());
    assert.equal((await reader.query('SELECT count(*) AS n FROM aged')).rows[0].n, String(3 * ROWS));
    await reader.query('COMMIT');
    await client.query("CALL sluice_expire_snapshots(older_than => '0 seconds')");
    await reader.query('BEGIN');
    await reader.query('SELECT count(*) FROM aged');
    await reader.query('COMMIT');
    const removed = (await client.query("CALL sluice_remove_files(older_than => '0 seconds')")).rows;
    assert(Number(removed[0].files_removed) >= 3, JSON.stringify(removed));
    assert.equal(tableFiles(data, 'aged').length, 1);
    assert.equal((await one('SELECT count(*) AS n FROM aged'))['n'], String(3 * ROWS));
    await assert.rejects(client.query('SELECT * FROM aged AT (VERSION => 1)'), { code: '72000', message: 'snapshot 1 was expired' });
    await reader.end();
  });

  it('removes orphans, and of these no young ones', async () => {
    await filled('whole');
    const folder = join(tableFiles(data, 'whole')[0] ?? '', '..', '..');
    const [old, young] = [join(folder, 'old.parquet'), join(folder, 'young.parquet')];
    writeFileSync(old, 'left by a crash');
    writeFileSync(young, 'being written');
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    utimesSync(old, twoDaysAgo, twoDaysAgo);
    const { rows } = await client.query('CALL sluice_remove_files()');
    assert.deepEqual(rows[1], { kind: 'orphan', files_removed: '1', bytes_removed: '15' });
    const left = readdirSync(folder);
    assert(!left.includes('old.parquet') && left.includes('young.parquet'));
    assert.equal((await one('SELECT count(*) AS n FROM whole'))['n'], String(3 * ROWS));
  });

  it('rows of the catalog are read right when the snapshots of their columns are gone', async () => {
    await client.query('CREATE TABLE evolved (a integer, b text)');
    await client.query("INSERT INTO evolved VALUES (1, 'x')");
    await client.query('ALTER TABLE evolved DROP COLUMN a');
    await client.query("ALTER TABLE evolved ADD COLUMN a text DEFAULT 'new'");
    await client.query("INSERT INTO evolved VALUES ('y', 'given')");
    await client.query("CALL sluice_expire_snapshots(older_than => '0 seconds')");
    await client.query("INSERT INTO evolved VALUES ('z', 'late')");
    const rows = async (): Promise<unknown> => (await client.query({ text: 'SELECT * FROM evolved ORDER BY b', rowMode: 'array' })).rows;
    const wanted = [
      ['x', 'new'],
      ['y', 'given'],
      ['z', 'late'],
    ];
    assert.deepEqual(await rows(), wanted);
    await client.query('CALL sluice_compact()');
    assert.deepEqual(await rows(), wanted);
  });

  it('describes what CALL gives', async () => {
    const { fields } = await client.query({ text: 'CALL sluice_maintain()', name: 'maintenance' });
    assert.deepEqual(
      fields.map(({ name }) => name),
      ['task', 'table_name', 'result'],
    );
  });

  it('maintains by schedule, one gateway of several, and stops with the server', async () => {
    const catalog = await newPostgresDatabase(`upkeep_schedule_${process.pid}`);
    const shared = join(directory, 'shared');
    mkdirSync(shared);
    const start = (name: string): Promise<SluiceServer> =>
      startSluice({ data: shared, state: join(directory, name), executors: 1, threads: 1, extra: ['--catalog', catalog, '--maintenance-interval', '1s'] });
    const servers = [await start('first'), await start('second')];
    const own = await servers[0]?.connect();
    assert(own !== undefined);
    await own.query(`CREATE TABLE scheduled AS SELECT n FROM generate_series(1, ${ROWS}) AS g (n)`);
    await own.query(`INSERT INTO scheduled SELECT n FROM generate_series(1, ${ROWS}) AS g (n)`);
    await waitUntil('the files are merged', 20_000, () => /2 files became 1/.test(servers.map((each) => each.log()).join('')));
    await sleep(1500);
    const { rows } = await own.query("SELECT count(*) AS n FROM sluice_snapshots WHERE changes LIKE 'rewrite_delete%'");
    assert.equal(rows[0].n, '1');
    await own.end();
    for (const each of servers) {
      await each.stop();
    }
  });

  async function filled(table: string): Promise<void> {
    await client.query(`CREATE TABLE ${table} AS SELECT n::integer AS n, 'row ' || n AS t FROM generate_series(1, ${ROWS}) AS g (n)`);
    for (const from of [ROWS, 2 * ROWS]) {
      await client.query(`INSERT INTO ${table} SELECT n, 'row ' || n FROM generate_series(${from + 1}, ${from + ROWS}) AS g (n)`);
    }
  }

  async function one(sql: string): Promise<Record<string, unknown>> {
    return (await client.query<Record<string, unknown>>(sql)).rows[0] ?? {};
  }

  async function newest(): Promise<number> {
    return Number((await one('SELECT max(snapshot_id) AS n FROM sluice_snapshots'))['n']);
  }
});
