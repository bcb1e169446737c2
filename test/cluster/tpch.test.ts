import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { DuckdbOracle, type OracleResult } from '../compare/oracle.js';
import { compareResults } from '../compare/order.js';
import { queryAsText } from '../runner/wire-rows.js';
import { tpchDirectory } from '../tpch/generate.js';
import { splitHints, tpchQueries, withHints } from '../tpch/queries.js';
import { tpchViews } from '../tpch/views.js';
import { startTestCluster, type TestCluster } from './test-cluster.js';

const SCALE = Number(process.env['SLUICE_TPCH_SCALE'] ?? '0.01');
const PARTITION_COUNT = 4;
/** In the small form the one with more exchanges stands for both. */
const STRATEGIES: readonly string[] = SCALE > 0.01 ? ['', 'SHUFFLE_HASH(*)'] : ['SHUFFLE_HASH(*)'];

describe(`cluster: tpch at scale ${SCALE}`, function () {
  this.timeout(60_000 + SCALE * 600_000);
  const queries = tpchQueries(SCALE);
  const expected = new Map<string, OracleResult>();
  let cluster: TestCluster;
  let client: Client;

  before(async () => {
    const data = await tpchDirectory(SCALE);
    const oracle = await DuckdbOracle.open(tpchViews(data), { threads: '2' });
    for (const query of queries) {
      expected.set(query.name, await oracle.query(query.sql));
    }
    oracle.close();
    cluster = await startTestCluster({ data, executors: 2 });
    client = await cluster.gateway.connect();
  });

  after(async () => {
    await client?.end();
    await cluster?.stop();
  });

  for (const query of queries) {
    it(`${query.name} equals DuckDB, distributed and shuffled`, async () => {
      const answer = expected.get(query.name);
      assert(answer !== undefined);
      for (const strategy of STRATEGIES) {
        const hints = `DISTRIBUTED PARTITIONS(${PARTITION_COUNT}) ${strategy} ${splitHints(query.sql, 2)}`;
        const result = await queryAsText(client, withHints(query.sql, hints));
        const difference = compareResults(result.rows, answer.rows, answer.kinds, query);
        assert.equal(difference, null, strategy);
      }
    });
  }
});
