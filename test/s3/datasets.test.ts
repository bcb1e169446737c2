import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { readColumnChunks, footerStart } from '../../fs/s3/parquet-chunks.js';
import { LISTING_AGE_MAX_MS } from '../../fs/s3/s3-store.js';
import { startCephS3, type CephS3 } from '../services/ceph.js';
import { startFaultProxy, type FaultProxy } from '../services/fault-proxy.js';
import { waitUntil, type SluiceServer } from '../services/sluice.js';
import { makeBucket, startOverS3, type TestBucket } from './bucket.js';

const WIDE_COLUMNS = 16;
const WIDE_ROWS = 500_000;

describe('datasets in S3', function () {
  this.timeout(90_000);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-s3-'));
  let ceph: CephS3;
  let bucket: TestBucket;
  let proxy: FaultProxy;
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    ceph = await startCephS3();
    bucket = await makeBucket(ceph, 'datasets');
    proxy = await startFaultProxy(ceph.port);
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const file = async (query: string, name: string, options = 'FORMAT parquet'): Promise<Buffer> => {
      await connection.run(`COPY (${query}) TO '${join(folder, name)}' (${options})`);
      return readFileSync(join(folder, name));
    };
    const columns = Array.from({ length: WIDE_COLUMNS }, (_, index) => `(hash(i * ${WIDE_COLUMNS} + ${index}) % 900000000)::BIGINT AS c${index}`);
    await bucket.put('lake/wide.parquet', await file(`SELECT ${columns.join(', ')} FROM range(${WIDE_ROWS}) AS t(i)`, 'wide.parquet'));
    for (const key of ['a', 'b']) {
      await bucket.put(`lake/parts/k=${key}/p.parquet`, await file(`SELECT i AS x, '${key}' || i AS y FROM range(1000) AS t(i)`, `${key}.parquet`));
    }
    await bucket.put('lake/text.csv', await file("SELECT i AS n, 'row ' || i AS word FROM range(100) AS t(i)", 'text.csv', 'FORMAT csv, HEADER'));
    await bucket.put('lake/lines.ndjson', '{"a": 1, "b": "x"}\n{"a": 2, "b": "y"}\n');
    await bucket.put('lake/deep/nested/one.parquet', await file('SELECT 42 AS answer', 'one.parquet'));
    await bucket.put('lake/nothing.parquet', await file('SELECT 1 AS a WHERE false', 'nothing.parquet'));
    await bucket.put('outside.parquet', await file('SELECT 1 AS secret', 'outside.parquet'));
    connection.closeSync();
    instance.closeSync();
    server = await startOverS3(ceph, proxy.url, 's3://datasets/lake');
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    assert(server === undefined || !existsSync(join(server.state, 's3-cache')) || readdirSync(join(server.state, 's3-cache')).length === 0, 'no copy is left');
    await proxy?.stop();
    bucket?.close();
    await ceph?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const rowsOf = async (sql: string): Promise<unknown[]> => (await client.query({ text: sql, rowMode: 'array' })).rows;

  async function sees(expected: unknown[][] | null): Promise<void> {
    await waitUntil(`the object to be ${JSON.stringify(expected)}`, LISTING_AGE_MAX_MS * 3, async () => {
      const found = await rowsOf('SELECT a FROM changing').catch(() => null);
      return JSON.stringify(found) === JSON.stringify(expected);
    });
  }

  async function fails(sql: string, code: string): Promise<void> {
    await assert.rejects(client.query(sql), (error: Error & { readonly code?: string }) => {
      assert.equal(error.code, code, error.message);
      return true;
    });
  }

  it('fetches at most 1.3 times the bytes of the chunks that three of sixteen columns have', async () => {
    await rowsOf('SELECT count(*) FROM wide');
    proxy.forget();
    const [row] = await rowsOf('SELECT count(c3), count(c7), sum(c11 % 2) >= 0 FROM wide WHERE c3 >= 0');
    assert.deepEqual(row, [String(WIDE_ROWS), String(WIDE_ROWS), true]);
    const bytes = readFileSync(join(folder, 'wide.parquet'));
    const tail = bytes.subarray(footerStart(bytes, bytes.length, 'wide'));
    const needed = readColumnChunks(tail, bytes.length, 'wide')
      .filter(({ column }) => ['c3', 'c7', 'c11'].includes(column))
      .flatMap(({ ranges }) => ranges)
      .reduce((sum, { start, end }) => sum + end - start, 0);
    const fetched = proxy.seen.filter(({ method, range }) => method === 'GET' && range !== undefined).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
    assert(fetched >= needed * 0.8 && fetched <= needed * 1.3, `${fetched} bytes fetched, ${needed} needed`);
  });

  it('asks for nothing again that it has', async () => {
    const sql = 'SELECT sum(c5) FROM wide';
    const first = await rowsOf(sql);
    proxy.forget();
    assert.deepEqual(await rowsOf(sql), first);
    assert.deepEqual(
      proxy.seen.filter(({ range }) => range !== undefined),
      [],
    );
  });

  it('gives the same sums as the local file, whole and distributed', async () => {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const sums = Array.from({ length: WIDE_COLUMNS }, (_, index) => `sum(c${index})`).join(', ');
    const reader = await connection.runAndReadAll(`SELECT ${sums} FROM '${join(folder, 'wide.parquet')}' WHERE c0 % 3 = 1`);
    const expected = reader.getRowsJson();
    connection.closeSync();
    instance.closeSync();
    for (const hint of ['', '/*+ DISTRIBUTED PARTITION(wide, ROWS, 4) */']) {
      assert.deepEqual((await rowsOf(`SELECT ${hint} ${sums} FROM wide WHERE c0 % 3 = 1`)).map(String), expected.map(String));
    }
  });

  it('reads folders, partitions, CSV, JSON, empty files and globs', async () => {
    assert.deepEqual(await rowsOf("SELECT k, count(*), max(y) FROM parts WHERE k = 'b' GROUP BY k"), [['b', '1000', 'b999']]);
    assert.deepEqual(await rowsOf('SELECT k, sum(x) FROM parts GROUP BY k ORDER BY k'), [
      ['a', '499500'],
      ['b', '499500'],
    ]);
    assert.deepEqual(await rowsOf('SELECT count(*), max(n), max(word) FROM text'), [['100', '99', 'row 99']]);
    assert.deepEqual(await rowsOf('SELECT sum(a), max(b) FROM lines'), [['3', 'y']]);
    assert.deepEqual(await rowsOf('SELECT count(*) FROM nothing'), [['0']]);
    assert.deepEqual(await rowsOf("SELECT answer FROM read_parquet('deep/*/one.parquet')"), [[42]]);
    assert.deepEqual(await rowsOf("SELECT count(*) FROM read_parquet('s3://datasets/lake/parts/**/*.parquet')"), [['2000']]);
    assert.deepEqual(await rowsOf('SELECT answer FROM deep.nested'), [[42]]);
  });

  it('fetches only footers of files that a filter leaves out', async () => {
    proxy.forget();
    assert.deepEqual(await rowsOf("SELECT max(x) FROM parts WHERE k = 'a' AND y > 'a5'"), [['999']]);
    assert(proxy.seen.every(({ url, range }) => range === undefined || !url.includes('k%3Db')));
  });

  it('copies into temporary tables and from objects', async () => {
    await client.query('CREATE TEMP TABLE copied (n bigint, word text)');
    await client.query("COPY copied FROM 's3://datasets/lake/text.csv' (FORMAT csv, HEADER)");
    assert.deepEqual(await rowsOf('SELECT count(*), sum(n) FROM copied'), [['100', '4950']]);
    await client.query('CREATE TEMP TABLE joined AS SELECT p.k, t.word FROM parts p JOIN text t ON t.n = p.x');
    assert.deepEqual(await rowsOf('SELECT count(*), count(DISTINCT word) FROM joined'), [['200', '100']]);
  });

  it('sees new, replaced and removed objects', async () => {
    await bucket.put('lake/changing.ndjson', '{"a": 1}\n');
    await sees([['1']]);
    await bucket.put('lake/changing.ndjson', '{"a": 2}\n');
    await sees([['2']]);
    await bucket.remove('lake/changing.ndjson');
    await sees(null);
  });

  it('refuses what lies outside the root, and stored tables', async () => {
    await fails("SELECT * FROM read_parquet('s3://datasets/outside.parquet')", '42501');
    await fails("SELECT * FROM read_parquet('s3://datasets/lake/../outside.parquet')", '42501');
    await fails("SELECT * FROM read_parquet('../outside.parquet')", '42501');
    await fails("SELECT * FROM read_parquet('s3://other/x.parquet')", '42501');
    await fails("SELECT * FROM read_parquet('missing/*.parquet')", '58P01');
    await fails("COPY (SELECT 1) TO 's3://other/new.parquet' (FORMAT parquet)", '42501');
    await fails('CREATE TABLE stored (a int)', '0A000');
  });
});
