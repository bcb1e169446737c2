import { DuckdbOracle } from '../compare/oracle.js';
import { startSluice } from '../services/sluice.js';
import { tpchDirectory } from '../tpch/generate.js';
import { tpchQueries, withHints } from '../tpch/queries.js';
import { tpchViews } from '../tpch/views.js';
import { ByteClient } from './byte-client.js';
import { geometricMean, median, timeAlternately, total, type BenchContext, type BenchRow, type BenchTable } from './measure.js';

/** A way to run the 22 queries: DuckDB in this process, or Sluice in one of its ways. */
export type TpchSide = 'duckdb' | 'embedded' | 'distributed' | 'shuffled';

/** One query's times in milliseconds, a list a side in the order of the runs; sides that were not asked for are absent. */
export interface TpchTimes {
  readonly query: string;
  readonly times: Readonly<Partial<Record<TpchSide, readonly number[]>>>;
}

/** Runs the 22 queries at a scale on the given sides in turn, all over the same files and as many threads. */
export async function measureTpch(context: BenchContext, scale: number, sides: readonly TpchSide[]): Promise<readonly TpchTimes[]> {
  const directory = await tpchDirectory(scale);
  // The optimizers as DuckDB has them: the oracle's own precautions would slow the other side down.
  const duckdb = await DuckdbOracle.open(tpchViews(directory), { threads: String(context.threads), memory_limit: '4GB', disabled_optimizers: '' });
  const embedded = await startSluice({ data: directory, executors: 1, threads: context.threads, memory: '4GB' });
  const distributed = await startSluice({ data: directory, executors: context.threads, threads: 1, memory: '4GB' });
  const embeddedClient = await ByteClient.open(embedded.port, embedded.user, embedded.database);
  const distributedClient = await ByteClient.open(distributed.port, distributed.user, distributed.database);
  const run: Record<TpchSide, (sql: string) => Promise<unknown>> = {
    duckdb: (sql) => duckdb.drain(sql),
    embedded: (sql) => embeddedClient.query(sql),
    distributed: (sql) => distributedClient.query(withHints(sql, 'DISTRIBUTED')),
    shuffled: (sql) => distributedClient.query(withHints(sql, 'DISTRIBUTED SHUFFLE_HASH(*)')),
  };
  const measured: TpchTimes[] = [];
  try {
    for (const query of tpchQueries(scale)) {
      const taken = await timeAlternately(Object.fromEntries(sides.map((side) => [side, () => run[side](query.sql)])), context.runs);
      measured.push({ query: query.name, times: Object.fromEntries(sides.map((side) => [side, taken(side)])) });
      context.log(`tpch ${scale} ${query.name}: ${sides.map((side) => `${side} ${median(taken(side)).toFixed(0)} ms`).join(', ')}`);
    }
  } finally {
    embeddedClient.close();
    distributedClient.close();
    duckdb.close();
    await embedded.stop();
    await distributed.stop();
  }
  return measured;
}

/** The median milliseconds of each query on a side. */
export function mediansOf(measured: readonly TpchTimes[], side: TpchSide): readonly number[] {
  return measured.map(({ times }) => median(times[side] ?? []));
}

/** The 22 queries through the gateway against DuckDB in this process: embedded, distributed, every join shuffled. */
export async function benchTpch(context: BenchContext): Promise<BenchTable> {
  const measured = await measureTpch(context, context.scale, ['duckdb', 'embedded', 'distributed', 'shuffled']);
  const others = mediansOf(measured, 'duckdb');
  const rows: BenchRow[] = measured.flatMap(({ query, times }, index) =>
    SIDES.map(([side, label]): BenchRow => {
      const sluice = median(times[side] ?? []);
      const other = others[index] ?? Number.NaN;
      const raw = { sluice: times[side] ?? [], other: times.duckdb ?? [] };
      return { name: `${query} ${label}`, unit: 'ms', sluice, other, otherName: 'DuckDB', ratio: sluice / other, aim: '', raw };
    }),
  );
  for (const [side, label, aim] of SIDES) {
    const own = mediansOf(measured, side);
    const ratios = own.map((value, index) => value / (others[index] ?? Number.NaN));
    const sluice = total(own);
    const other = total(others);
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
      sluice: geometricMean(own),
      other: geometricMean(others),
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
