import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { startCephS3, type CephS3 } from '../services/ceph.js';
import { startFaultProxy, type Fault, type FaultProxy } from '../services/fault-proxy.js';
import { waitUntil, type SluiceServer } from '../services/sluice.js';
import { makeBucket, startOverS3, type TestBucket } from './bucket.js';

/** As Parquet well above 32 MB: more than one request takes. */
const BIG = 'SELECT i, hash(i)::text || hash(i + 1)::text || hash(i + 2)::text AS t FROM generate_series(1, 2000000) AS s(i)';
const SMALL = "SELECT i, 'text ' || i AS t FROM generate_series(1, 1000) AS s(i)";

describe('COPY TO S3', function () {
  this.timeout(90_000);
  const state = mkdtempSync(join(tmpdir(), 'sluice-s3-copy-'));
  let ceph: CephS3;
  let bucket: TestBucket;
  let proxy: FaultProxy;
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    ceph = await startCephS3();
    bucket = await makeBucket(ceph, 'copies');
    proxy = await startFaultProxy(ceph.port);
    server = await startOverS3(ceph, proxy.url, 's3://copies/out', state);
    client = await server.connect();
  });

  afterEach(() => {
    proxy.fault = () => 'none';
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    assert.equal(await bucket?.uploadCount(), 0, 'no upload is left');
    assert(!existsSync(join(state, 's3-staging')) || readdirSync(join(state, 's3-staging')).length === 0, 'no staged file is left');
    await proxy?.stop();
    bucket?.close();
    await ceph?.stop();
    rmSync(state, { recursive: true, force: true });
  });

  async function fails(sql: string, code: string): Promise<void> {
    await assert.rejects(client.query(sql), (error: Error & { readonly code?: string }) => {
      assert.equal(error.code, code, error.message);
      return true;
    });
  }

  it('writes each format and reads it again at once', async () => {
    for (const [file, format] of [
      ['small.parquet', 'parquet'],
      ['small.csv', 'csv'],
      ['small.json', 'json'],
    ] as const) {
      assert.equal((await client.query(`COPY (${SMALL}) TO 's3://copies/out/made/${file}' (FORMAT ${format})`)).rowCount, 1000);
      const { rows } = await client.query(`SELECT count(*)::int AS c, sum(i)::int AS s, max(t) AS m FROM read_${format}('made/${file}')`);
      assert.deepEqual(rows, [{ c: 1000, s: 500500, m: 'text 999' }]);
    }
  });

  it('refuses what is there, replaces it when told, and refuses folders', async () => {
    await client.query(`COPY (${SMALL}) TO 'once.parquet' (FORMAT parquet)`);
    await fails(`COPY (${SMALL}) TO 'once.parquet' (FORMAT parquet)`, '58P02');
    await client.query("COPY (SELECT 7 AS seven) TO 'once.parquet' (FORMAT parquet, OVERWRITE)");
    assert.deepEqual((await client.query("SELECT * FROM read_parquet('once.parquet')")).rows, [{ seven: 7 }]);
    await fails(`COPY (${SMALL}) TO 'folder' (FORMAT parquet)`, '0A000');
  });

  it('one of many that make the same name at once does', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => server.connect()));
    try {
      const results = await Promise.allSettled(
        clients.map((racer, index) => racer.query(`COPY (SELECT ${index} AS winner) TO 'race.parquet' (FORMAT parquet)`)),
      );
      const winners = [...results.keys()].filter((index) => results[index]?.status === 'fulfilled');
      assert.equal(winners.length, 1);
      assert.deepEqual((await client.query("SELECT winner FROM read_parquet('race.parquet')")).rows, [{ winner: winners[0] }]);
    } finally {
      await Promise.all(clients.map((racer) => racer.end()));
    }
  });

  it('a file of many parts comes whole, also when requests meet faults', async () => {
    const faults: readonly Fault[] = ['slow-down', 'reset', 'server-error', 'truncate'];
    let count = 0;
    proxy.fault = ({ method, url }) => {
      count += 1;
      return (method === 'PUT' || (method === 'POST' && url.includes('uploadId'))) && count % 3 === 0 ? (faults[count % faults.length] ?? 'none') : 'none';
    };
    await client.query(`COPY (${BIG}) TO 'big.parquet' (FORMAT parquet)`);
    assert(
      proxy.seen.some(({ url }) => url.includes('partNumber')),
      'it was sent in parts',
    );
    proxy.fault = () => 'none';
    const { rows } = await client.query("SELECT count(*)::int AS c, sum(i)::text AS s, count(DISTINCT t)::int AS d FROM read_parquet('big.parquet')");
    assert.deepEqual(rows, [{ c: 2_000_000, s: '2000001000000', d: 2_000_000 }]);
  });

  it('shows nothing when S3 stays down, and what a killed gateway began is aborted at the next start', async () => {
    proxy.fault = ({ method }) => (method === 'PUT' ? 'server-error' : 'none');
    await fails(`COPY (${SMALL}) TO 'never.parquet' (FORMAT parquet)`, '58030');
    let parts = 0;
    proxy.fault = ({ url }) => (url.includes('partNumber') && (parts += 1) > 1 ? 'server-error' : 'none');
    const copying = client.query(`COPY (${BIG}) TO 'killed.parquet' (FORMAT parquet)`).catch(() => undefined);
    await waitUntil('parts are being sent', 30_000, () => parts > 1);
    assert.equal(await bucket.uploadCount(), 1);
    process.kill(server.pid, 'SIGKILL');
    await copying;
    proxy.fault = () => 'none';
    server = await startOverS3(ceph, proxy.url, 's3://copies/out', state);
    client = await server.connect();
    assert.equal(await bucket.uploadCount(), 0);
    assert.deepEqual(
      (await bucket.keys()).filter((key) => /never|killed/.test(key)),
      [],
    );
  });
});
