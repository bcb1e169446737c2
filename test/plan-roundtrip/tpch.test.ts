import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { readPlan } from '../../planner/bind/read-plan.js';
import { printPlan } from '../../planner/print/print-plan.js';
import { tpchDirectory, TPCH_TABLES } from '../tpch/generate.js';
import { tpchQueries } from '../tpch/queries.js';
import { assertSameRows, RoundTrip } from './round-trip.js';

const SCALE = 0.01;
const FOLDERS = new Set(['part', 'partsupp', 'customer', 'orders', 'lineitem']);

/** Milliseconds within which a plan of TPC-H is read and printed, ten times what it takes on a slow machine. */
const READ_AND_PRINT_MS_MAX = 20;

/** Table names in FROM become references; a name without alias keeps itself as one. */
function withReferences(sql: string): string {
  const names = new RegExp(`((?:\\bfrom|\\bjoin|,)\\s*)(${TPCH_TABLES.join('|')})\\b(?!\\s*\\.)(\\s+(?:n1|n2|l1|l2|l3)\\b)?`, 'gi');
  return sql.replaceAll(names, (_, before: string, name: string, alias: string | undefined) => `${before}{${name}} ${alias ?? name}`);
}

describe('plan round trip of TPC-H', () => {
  let trip: RoundTrip;

  before(async function () {
    this.timeout(60_000);
    trip = await RoundTrip.start();
    const directory = await tpchDirectory(SCALE);
    for (const table of TPCH_TABLES) {
      const path = join(directory, FOLDERS.has(table) ? `${table}/*.parquet` : `${table}.parquet`);
      await trip.addTable(table, `SELECT * FROM read_parquet('${path}')`);
    }
  });

  after(() => trip.stop());

  for (const query of tpchQueries(SCALE)) {
    it(`${query.name} gives the same rows`, async () => {
      const statement = withReferences(query.sql);
      await assertSameRows(trip, statement, await trip.plan(statement), false);
    });
  }

  it('reads and prints each plan in a few milliseconds', async () => {
    for (const query of tpchQueries(SCALE)) {
      const { json } = await trip.serialize(withReferences(query.sql));
      const times = Array.from({ length: 3 }, () => {
        const start = performance.now();
        const read = readPlan(json);
        assert.equal(read.kind, 'plan');
        if (read.kind === 'plan') {
          printPlan(read.plan);
        }
        return performance.now() - start;
      });
      assert.ok(Math.min(...times) < READ_AND_PRINT_MS_MAX, `${query.name}: ${Math.min(...times).toFixed(1)} ms`);
    }
  });
});
