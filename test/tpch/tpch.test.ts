import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { compareResults } from '../compare/order.js';
import { DuckdbOracle, type OracleResult } from '../compare/oracle.js';
import { explainDistributed } from '../runner/explain.js';
import { queryAsText } from '../runner/wire-rows.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { tpchDirectory } from './generate.js';
import { splitHints, tpchQueries, withHints, type TpchQuery } from './queries.js';
import { tpchViews } from './views.js';

const SCALE = Number(process.env['SLUICE_TPCH_SCALE'] ?? '0.01');
const PARTITION_COUNTS = [1, 4, 16];
/** The bound: so many of the 22 really run in more than one stage. */
const DISTRIBUTED_QUERIES_MIN = 15;

describe(`tpch at scale ${SCALE}`, function () {
  this.timeout(60_000 + SCALE * 600_000);
  const queries = tpchQueries(SCALE);
  const expected = new Map<string, OracleResult>();
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    const directory = await tpchDirectory(SCALE);
    const oracle = await DuckdbOracle.open(tpchViews(directory), { threads: '2' });
    for (const query of queries) {
      expected.set(query.name, await oracle.query(query.sql));
    }
    oracle.close();
    server = await startSluice({ data: directory, executors: 2, threads: 1, memory: '4GB' });
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
  });

  it('has rows to compare in every query', () => {
    assert.deepEqual(
      queries.filter((query) => (expected.get(query.name)?.rows.length ?? 0) === 0).map((query) => query.name),
      [],
    );
  });

  for (const query of queries) {
    it(`${query.name} embedded`, async () => {
      await check(query, query.sql);
    });
    for (const partitions of PARTITION_COUNTS) {
      it(`${query.name} distributed over ${partitions}`, async () => {
        await check(query, withHints(query.sql, `DISTRIBUTED PARTITIONS(${partitions}) ${splitHints(query.sql, partitions)}`));
      });
    }
    it(`${query.name} with every join shuffled`, async () => {
      await check(query, withHints(query.sql, `DISTRIBUTED PARTITIONS(3) SHUFFLE_HASH(*) ${splitHints(query.sql, 2)}`));
    });
  }

  it(`runs at least ${DISTRIBUTED_QUERIES_MIN} queries in several stages and says why where it does not`, async () => {
    const whole: string[] = [];
    for (const query of queries) {
      const plan = await explainDistributed(client, withHints(query.sql, `DISTRIBUTED PARTITIONS(4) ${splitHints(query.sql, 4)}`));
      if (plan.stageCount < 2) {
        whole.push(query.name);
        assert.match(plan.text, /\b(whole|because|not distributed|reason)\b/i, `${query.name} gives no reason:\n${plan.text}`);
      }
    }
    assert(queries.length - whole.length >= DISTRIBUTED_QUERIES_MIN, `these run whole: ${whole.join(', ')}`);
  });

  async function check(query: TpchQuery, sql: string): Promise<void> {
    const answer = expected.get(query.name);
    assert(answer !== undefined);
    const result = await queryAsText(client, sql);
    // Postgres names an unnamed aggregate after its function, DuckDB after its whole text.
    assert.deepEqual(
      result.names,
      answer.names.map((name) => (name.includes('(') ? name.slice(0, name.indexOf('(')) : name)),
    );
    assert.equal(compareResults(result.rows, answer.rows, answer.kinds, query), null);
  }
});
