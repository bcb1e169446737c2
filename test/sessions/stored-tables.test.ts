import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Client } from 'pg';
import { startSluice, type SluiceServer } from '../services/sluice.js';

/** What each statement gave: its rows as text, or its error's code. */
async function outcomes(client: Client, statements: readonly string[]): Promise<readonly string[]> {
  const results: string[] = [];
  for (const statement of statements) {
    try {
      const { rows, command } = await client.query({ text: statement, rowMode: 'array' });
      results.push(rows.length === 0 ? command : rows.map((row) => (row as readonly unknown[]).join(',')).join(';'));
    } catch (error) {
      results.push(error instanceof Error && 'code' in error ? String(error.code) : String(error));
    }
  }
  return results;
}

describe('sessions/stored-tables', function () {
  this.timeout(60_000);
  let directory: string;
  let data: string;
  let server: SluiceServer | null;

  const start = async (extra: readonly string[] = []): Promise<SluiceServer> => {
    server = await startSluice({ data, executors: 1, threads: 1, extra });
    return server;
  };
  const stop = async (): Promise<void> => {
    const running = server;
    server = null;
    await running?.stop();
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-stored-'));
    data = join(directory, 'data');
    mkdirSync(data);
    server = null;
  });

  afterEach(async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('shows a transaction one snapshot and its own changes, and others nothing before COMMIT', async () => {
    const sluice = await start();
    const [a, b] = [await sluice.connect(), await sluice.connect()];
    assert.deepEqual(await outcomes(a, ['CREATE TABLE t AS SELECT 1 AS x', 'BEGIN', 'CREATE TABLE u AS SELECT 2 AS y', 'TABLE u']), [
      'SELECT',
      'BEGIN',
      'SELECT',
      '2',
    ]);
    assert.deepEqual(await outcomes(b, ['TABLE u', 'BEGIN', 'TABLE t']), ['42P01', 'BEGIN', '1']);
    assert.deepEqual(await outcomes(a, ['COMMIT', 'TRUNCATE t']), ['COMMIT', 'TRUNCATE']);
    assert.deepEqual(await outcomes(b, ['TABLE t', 'COMMIT', 'TABLE u', 'SELECT count(*) FROM t']), ['1', 'COMMIT', '2', '0']);
    await Promise.all([a.end(), b.end()]);
  });

  it('lets the first of two that change the same table win', async () => {
    const sluice = await start();
    const [a, b] = [await sluice.connect(), await sluice.connect()];
    await outcomes(a, ['CREATE TABLE t (x int)', 'BEGIN', 'ALTER TABLE t ADD COLUMN a int']);
    assert.deepEqual(await outcomes(b, ['BEGIN', 'ALTER TABLE t ADD COLUMN b int']), ['BEGIN', 'ALTER']);
    assert.deepEqual(await outcomes(a, ['COMMIT']), ['COMMIT']);
    assert.deepEqual(await outcomes(b, ['COMMIT', 'SELECT count(a) FROM t', 'SELECT b FROM t']), ['40001', '0', '42703']);
    await Promise.all([a.end(), b.end()]);
  });

  it('comes back to savepoints, nested ones too', async () => {
    const sluice = await start();
    const client = await sluice.connect();
    const results = await outcomes(client, [
      'BEGIN',
      'SAVEPOINT a',
      'CREATE TABLE t AS SELECT 1 AS x',
      'SAVEPOINT b',
      'DROP TABLE t',
      'TABLE t',
      'SELECT 1',
      'ROLLBACK TO b',
      'TABLE t',
      'RELEASE b',
      'ROLLBACK TO a',
      'CREATE TABLE u AS SELECT 2 AS x',
      'COMMIT',
      'TABLE u',
      'TABLE t',
    ]);
    assert.deepEqual(results.slice(4), ['DROP', '42P01', '25P02', 'ROLLBACK', '1', 'RELEASE', 'ROLLBACK', 'SELECT', 'COMMIT', '2', '42P01']);
    await client.end();
  });

  it('keeps or undoes the statements of one message together', async () => {
    const sluice = await start();
    const client = await sluice.connect();
    await assert.rejects(client.query('CREATE TABLE a (i int); CREATE TEMP TABLE b (i int); SELECT 1/0'));
    assert.deepEqual(await outcomes(client, ['TABLE a', 'TABLE b']), ['42P01', '42P01']);
    await client.end();
  });

  it('finds everything again after a restart', async () => {
    const first = await (await start()).connect();
    await outcomes(first, ['CREATE TABLE t AS SELECT 1 AS x', 'CREATE VIEW v AS SELECT x + 1 AS y FROM t', "COMMENT ON TABLE t IS 'kept'"]);
    await first.end();
    await stop();
    const second = await (await start()).connect();
    assert.deepEqual(await outcomes(second, ['TABLE t', 'TABLE v', "SELECT obj_description('t'::regclass)"]), ['1', '2', 'kept']);
    await second.end();
  });

  it('lists its snapshots', async () => {
    const client = await (await start()).connect();
    const results = await outcomes(client, [
      'SELECT count(*) FROM sluice_snapshots',
      'CREATE TABLE t (x int)',
      'CREATE SCHEMA s',
      "SELECT snapshot_id, changes, snapshot_time BETWEEN now() - interval '1 hour' AND now() FROM sluice_snapshots ORDER BY 1",
    ]);
    assert.deepEqual(results, ['0', 'CREATE', 'CREATE', '0,created_schema:"main",true;1,created_table:"main"."t",true;2,created_schema:"s",true']);
    await client.end();
  });

  it('does not start with a lost catalog, nor with the catalog of other data', async () => {
    const client = await (await start()).connect();
    await outcomes(client, ['CREATE TABLE t (x int)']);
    await client.end();
    await stop();
    const catalog = join(directory, '.data.sluice');
    renameSync(catalog, join(directory, 'elsewhere'));
    await assert.rejects(start(), /belong to the catalog/);
    await assert.rejects(start(['--catalog', join(data, 'catalog.duckdb')]), /which SQL can read/);
    data = join(directory, 'other');
    mkdirSync(data);
    const other = await (await start()).connect();
    await outcomes(other, ['CREATE TABLE t (x int)']);
    await other.end();
    await stop();
    data = join(directory, 'data');
    cpSync(join(directory, '.other.sluice'), catalog, { recursive: true });
    await assert.rejects(start(), /catalog/);
  });
});
