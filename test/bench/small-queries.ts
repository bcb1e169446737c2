import { DuckdbOracle } from '../compare/oracle.js';
import { startSluice } from '../services/sluice.js';
import { tpchDirectory } from '../tpch/generate.js';
import { tpchViews } from '../tpch/views.js';
import { ByteClient } from './byte-client.js';
import { median, timeAlternately, type BenchContext, type BenchRow, type BenchTable } from './measure.js';

/** Runs enough for a median of milliseconds to stand still. */
const RUNS = 25;
const QUERIES: readonly (readonly [name: string, sql: string])[] = [
  ['one row by key', 'SELECT * FROM orders WHERE o_orderkey = 1'],
  ['one customer by key', 'SELECT c_name, c_acctbal FROM customer WHERE c_custkey = 77'],
  ['a small table', 'SELECT * FROM nation'],
  ['count(*)', 'SELECT count(*) FROM lineitem'],
  ['an aggregate of one month', "SELECT count(*), sum(o_totalprice) FROM orders WHERE o_orderdate >= date '1995-01-01' AND o_orderdate < date '1995-02-01'"],
  ['groups of a small table', 'SELECT n_regionkey, count(*) FROM nation GROUP BY n_regionkey ORDER BY 1'],
  ['a join of small tables', 'SELECT r_name, count(*) FROM nation JOIN region ON n_regionkey = r_regionkey GROUP BY r_name ORDER BY 1'],
];

/** Point queries and small aggregates against DuckDB in this process on the same files. */
export async function benchSmallQueries(context: BenchContext): Promise<BenchTable> {
  const directory = await tpchDirectory(context.scale);
  const duckdb = await DuckdbOracle.open(tpchViews(directory), { threads: String(context.threads), disabled_optimizers: '' });
  const sluice = await startSluice({ data: directory, executors: 1, threads: context.threads, memory: '4GB' });
  const client = await ByteClient.open(sluice.port, sluice.user, sluice.database);
  const rows: BenchRow[] = [];
  try {
    for (const [name, sql] of QUERIES) {
      const times = await timeAlternately({ sluice: () => client.query(sql), duckdb: () => duckdb.drain(sql) }, context.small ? 3 : RUNS);
      rows.push({
        name,
        unit: 'ms',
        sluice: median(times('sluice')),
        other: median(times('duckdb')),
        otherName: 'DuckDB',
        ratio: median(times('sluice')) / median(times('duckdb')),
        aim: '<= 1.2',
        raw: { sluice: times('sluice'), other: times('duckdb') },
      });
    }
  } finally {
    client.close();
    duckdb.close();
    await sluice.stop();
  }
  return { name: 'small-queries', rows };
}
