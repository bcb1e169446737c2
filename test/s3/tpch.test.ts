import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { compareResults } from '../compare/order.js';
import { DuckdbOracle, type OracleResult } from '../compare/oracle.js';
import { queryAsText } from '../runner/wire-rows.js';
import { startCephS3, type CephS3 } from '../services/ceph.js';
import type { SluiceServer } from '../services/sluice.js';
import { tpchDirectory } from '../tpch/generate.js';
import { splitHints, tpchQueries, withHints } from '../tpch/queries.js';
import { tpchViews } from '../tpch/views.js';
import { makeBucket, startOverS3, type TestBucket } from './bucket.js';

const SCALE = Number(process.env['SLUICE_S3_SCALE'] ?? '0.1');

describe(`TPC-H at scale ${SCALE} in S3`, function () {
  this.timeout(120_000 + SCALE * 600_000);
  const queries = tpchQueries(SCALE);
  const expected = new Map<string, OracleResult>();
  let ceph: CephS3;
  let bucket: TestBucket;
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    const directory = await tpchDirectory(SCALE);
    const oracle = await DuckdbOracle.open(tpchViews(directory), { threads: '2' });
    for (const query of queries) {
      expected.set(query.name, await oracle.query(query.sql));
    }
    oracle.close();
    ceph = await startCephS3();
    bucket = await makeBucket(ceph, 'tpch');
    await bucket.putDirectory(directory, 'tables');
    server = await startOverS3(ceph, ceph.endpoint, 's3://tpch/tables');
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    bucket?.close();
    await ceph?.stop();
  });

  for (const query of queries) {
    const roads = [
      ['whole', query.sql],
      ['distributed', withHints(query.sql, `DISTRIBUTED PARTITIONS(4) ${splitHints(query.sql, 3)}`)],
    ] as const;
    for (const [road, sql] of roads) {
      it(`${query.name} ${road}`, async () => {
        const answer = expected.get(query.name);
        assert(answer !== undefined);
        const result = await queryAsText(client, sql);
        assert.equal(compareResults(result.rows, answer.rows, answer.kinds, query), null);
      });
    }
  }
});
