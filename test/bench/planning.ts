import { startSluice } from '../services/sluice.js';
import { tpchDirectory } from '../tpch/generate.js';
import { tpchQueries, withHints } from '../tpch/queries.js';
import { ByteClient } from './byte-client.js';
import { quantile, timeMs, type BenchContext, type BenchTable } from './measure.js';

/** Each query is planned so often; the text differs every time, so that no cache of statements answers. */
const ROUNDS = 10;

/** From a statement's text to its fragments: EXPLAIN (FRAGMENTS) of the 22 queries over the wire. */
export async function benchPlanning(context: BenchContext): Promise<BenchTable> {
  const directory = await tpchDirectory(context.scale);
  const sluice = await startSluice({ data: directory, executors: 1, threads: context.threads });
  const client = await ByteClient.open(sluice.port, sluice.user, sluice.database);
  const times: number[] = [];
  try {
    for (let round = 0; round < (context.small ? 2 : ROUNDS); round += 1) {
      for (const query of tpchQueries(context.scale)) {
        const sql = `EXPLAIN (FRAGMENTS) ${withHints(query.sql, `DISTRIBUTED PARTITIONS(${2 + round})`)} -- ${round}`;
        const ms = await timeMs(() => client.query(sql));
        if (round > 0) {
          times.push(ms);
        }
      }
    }
  } finally {
    client.close();
    await sluice.stop();
  }
  const row = (name: string, share: number, aim: string): BenchTable['rows'][number] => ({
    name,
    unit: 'ms',
    sluice: quantile(times, share),
    other: null,
    otherName: 'TPC-H queries',
    ratio: null,
    aim,
    raw: { ms: times },
  });
  return { name: 'planning', rows: [row('text to fragments, p50', 0.5, ''), row('text to fragments, p95', 0.95, '< 25 ms')] };
}
