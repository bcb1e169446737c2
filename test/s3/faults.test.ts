import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { startCephS3, type CephS3 } from '../services/ceph.js';
import { startFaultProxy, type Fault, type FaultProxy } from '../services/fault-proxy.js';
import type { SluiceServer } from '../services/sluice.js';
import { makeBucket, startOverS3, type TestBucket } from './bucket.js';

const ROWS = 200_000;
/** Requests of this many are harmed: more than half of a query's, so that a retry meets one too. */
const HARMED_OF_5 = 2;

describe('faults of S3', function () {
  this.timeout(90_000);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-s3-faults-'));
  let ceph: CephS3;
  let bucket: TestBucket;
  let proxy: FaultProxy;
  let server: SluiceServer;
  let client: Client;
  let version = 0;

  before(async () => {
    ceph = await startCephS3();
    bucket = await makeBucket(ceph, 'faults');
    proxy = await startFaultProxy(ceph.port);
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const path = join(folder, 't.parquet');
    await connection.run(`COPY (SELECT i AS n, hash(i) % 1000 AS h, 'text ' || i AS word FROM range(${ROWS}) AS t(i)) TO '${path}' (FORMAT parquet)`);
    await connection.run(`COPY (SELECT i AS n, 'text ' || i AS word FROM range(1000) AS t(i)) TO '${folder}/t.csv' (FORMAT csv, HEADER)`);
    connection.closeSync();
    instance.closeSync();
    server = await startOverS3(ceph, proxy.url, 's3://faults/lake');
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    await proxy?.stop();
    bucket?.close();
    await ceph?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Objects that no one has seen yet, so that nothing comes from the copies. */
  async function freshObjects(): Promise<{ readonly parquet: string; readonly csv: string }> {
    version += 1;
    await bucket.put(`lake/v${version}/t.parquet`, readFileSync(join(folder, 't.parquet')));
    await bucket.put(`lake/v${version}/t.csv`, readFileSync(join(folder, 't.csv')));
    return { parquet: `read_parquet('v${version}/t.parquet')`, csv: `read_csv('v${version}/t.csv')` };
  }

  async function checkRows(source: { readonly parquet: string; readonly csv: string }): Promise<void> {
    const { rows } = await client.query(`SELECT count(*)::int AS c, sum(n)::text AS s, max(word) AS m FROM ${source.parquet}`);
    assert.deepEqual(rows, [{ c: ROWS, s: String((ROWS * (ROWS - 1)) / 2), m: 'text 99999' }]);
    const text = await client.query(`SELECT count(*)::int AS c, sum(n)::text AS s FROM ${source.csv}`);
    assert.deepEqual(text.rows, [{ c: 1000, s: '499500' }]);
  }

  for (const fault of ['slow-down', 'server-error', 'reset', 'truncate', 'slow'] as const satisfies readonly Fault[]) {
    it(`right rows when some requests meet ${fault}`, async () => {
      const source = await freshObjects();
      let count = 0;
      let harmed = 0;
      proxy.fault = () => {
        const hit = (count += 1) % 5 < HARMED_OF_5;
        harmed += hit ? 1 : 0;
        return hit ? fault : 'none';
      };
      try {
        await checkRows(source);
        assert(harmed > 0, 'requests were harmed');
      } finally {
        proxy.fault = () => 'none';
      }
    });
  }

  it('an object that came whole with a wrong byte is asked for again', async () => {
    const source = await freshObjects();
    let wrong = 0;
    proxy.fault = ({ url, method }) => (method === 'GET' && url.includes('t.csv') && (wrong += 1) === 1 ? 'wrong-byte' : 'none');
    try {
      await checkRows(source);
      assert(wrong >= 2, 'it was asked for again');
    } finally {
      proxy.fault = () => 'none';
    }
  });

  it('one clear error when S3 stays down, and the next statement works', async () => {
    const source = await freshObjects();
    proxy.fault = () => 'server-error';
    try {
      await assert.rejects(client.query(`SELECT count(*) FROM ${source.parquet}`), (error: Error & { readonly code?: string }) => {
        assert.equal(error.code, '58030');
        assert.match(error.message, /^S3 request failed \(500 \w+\): "s3:\/\/faults\/lake/);
        return true;
      });
    } finally {
      proxy.fault = () => 'none';
    }
    await checkRows(source);
  });

  it('one clear error when an object is no Parquet file, or is replaced while it is read', async () => {
    await bucket.put('lake/broken/b.parquet', 'this is no Parquet file');
    await assert.rejects(client.query("SELECT * FROM read_parquet('broken/b.parquet')"), /not a Parquet file: "s3:\/\/faults\/lake\/broken\/b.parquet"/);
    const source = await freshObjects();
    await client.query(`SELECT count(*) FROM ${source.parquet}`);
    await bucket.put(`lake/v${version}/t.parquet`, Buffer.concat([readFileSync(join(folder, 't.parquet')), Buffer.from('x')]));
    await assert.rejects(client.query(`SELECT sum(n) FROM ${source.parquet}`), /the object was replaced while it was read|not a Parquet file/);
  });

  it('a statement that waits for its columns is cancelled at once', async () => {
    const source = await freshObjects();
    await client.query(`SELECT count(*) FROM ${source.parquet}`);
    proxy.fault = ({ range }) => (range === undefined ? 'none' : 'server-error');
    try {
      await client.query("SET statement_timeout = '300ms'");
      const started = performance.now();
      await assert.rejects(client.query(`SELECT sum(n) FROM ${source.parquet}`), /statement timeout/);
      assert(performance.now() - started < 2000);
    } finally {
      proxy.fault = () => 'none';
      await client.query('RESET statement_timeout');
    }
    await checkRows(source);
  });

  it('wrong credentials and missing buckets are told at the start', async () => {
    const wrong = { ...ceph, secretAccessKey: 'not it' };
    await assert.rejects(startOverS3(wrong, ceph.endpoint, 's3://faults/lake'), (error: Error) => {
      assert.match(error.message, /S3 refused access \(403 SignatureDoesNotMatch\)/);
      assert.doesNotMatch(error.message, /not it/);
      return true;
    });
    await assert.rejects(startOverS3(ceph, ceph.endpoint, 's3://no-such-bucket/lake'), /--data s3:\/\/no-such-bucket\/lake: .*404 NoSuchBucket/);
  });
});
