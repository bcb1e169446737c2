import { DuckdbOracle } from '../compare/oracle.js';
import { startSluice } from '../services/sluice.js';
import { tpchDirectory } from '../tpch/generate.js';
import { tpchQueries, withHints } from '../tpch/queries.js';
import { tpchViews } from '../tpch/views.js';
import { ByteClient } from './byte-client.js';
import { geometricMean, median, timeAlternately, total, type BenchContext, type BenchRow, type BenchTable } from './measure.js';

/** The 22 queries through the gateway against DuckDB in this process: embedded, distributed, every join shuffled. */
export async function benchTpch(context: BenchContext): Promise<BenchTable> {
  const directory = await tpchDirectory(context.scale);
  // The optimizers as DuckDB has them: the oracle's own precautions would slow the other side down.
  const duckdb = await DuckdbOracle.open(tpchViews(directory), { threads: String(context.threads), memory_limit: '4GB', disabled_optimizers: '' });
  const embedded = await startSluice({ data: directory, executors: 1, threads: context.threads, memory: '4GB' });
  const distributed = await startSluice({ data: directory, executors: context.threads, threads: 1, memory: '4GB' });
  const embeddedClient = await ByteClient.open(embedded.port, embedded.user, embedded.database);
  const distributedClient = await ByteClient.open(distributed.port, distributed.user, distributed.database);
  const rows: BenchRow[] = [];
  const totals = { duckdb: [] as number[], embedded: [] as number[], distributed: [] as number[], shuffled: [] as number[] };
  try {
    for (const query of tpchQueries(context.scale)) {
      const times = await timeAlternately(
        {
          duckdb: () => duckdb.drain(query.sql),
          embedded: () => embeddedClient.query(query.sql),
          distributed: () => distributedClient.query(withHints(query.sql, 'DISTRIBUTED')),
          shuffled: () => distributedClient.query(withHints(query.sql, 'DISTRIBUTED SHUFFLE_HASH(*)')),
        },
        context.runs,
      );
      const other = median(times('duckdb'));
      totals.duckdb.push(other);
      for (const [side, label] of SIDES) {
        const sluice = median(times(side));
        totals[side].push(sluice);
        rows.push({
          name: `${query.name} ${label}`,
          unit: 'ms',
          sluice,
          other,
          otherName: 'DuckDB',
          ratio: sluice / other,
          aim: '',
          raw: { sluice: times(side), other: times('duckdb') },
        });
      }
      context.log(`tpch ${query.name}: DuckDB ${other.toFixed(0)} ms, ${SIDES.map(([side]) => `${side} ${median(times(side)).toFixed(0)}`).join(', ')}`);
    }
  } finally {
    embeddedClient.close();
    distributedClient.close();
    duckdb.close();
    await embedded.stop();
    await distributed.stop();
  }
  for (const [side, label, aim] of SIDES) {
    const ratios = totals[side].map((value, index) => value / (totals.duckdb[index] ?? value));
    const sluice = total(totals[side]);
    const other = total(totals.duckdb);
    rows.push({
      name: `all 22 ${label}, total`,
      unit: 'ms',
      sluice,
      other,
      otherName: 'DuckDB',
      ratio: sluice / other,
      aim: side === 'embedded' ? aim : '',
      raw: {},
    });
    rows.push({
      name: `all 22 ${label}, geometric mean`,
      unit: 'ms',
      sluice: geometricMean(totals[side]),
      other: geometricMean(totals.duckdb),
      otherName: 'DuckDB',
      ratio: geometricMean(ratios),
      aim: side === 'embedded' ? '' : aim,
      raw: { ratios },
    });
  }
  return { name: 'tpch', rows };
}

const SIDES = [
  ['embedded', 'embedded', '<= 1.05 (1.15 for now)'],
  ['distributed', 'DISTRIBUTED', '<= 1.5'],
  ['shuffled', 'SHUFFLE_HASH(*)', '<= 2.5'],
] as const;
