import type { BenchContext, BenchRow, BenchTable } from './measure.js';
import { total } from './measure.js';
import { measureTpch, mediansOf } from './tpch.js';

/** Growth is measured between these scales of TPC-H, as far as --scale goes. */
const SCALES = [1, 10, 30];
const SMALL_SCALES = [0.01, 0.02];
const SIDES = [
  ['embedded', 'embedded'],
  ['distributed', 'DISTRIBUTED'],
] as const;

/**
 * How much more time a row costs in larger data: the 22 queries' time per unit of scale, divided by the same at the
 * smallest scale. 1 is growth in proportion to the rows; the ratio compares it with DuckDB's own growth.
 */
export async function benchGrowth(context: BenchContext): Promise<BenchTable> {
  const scales = context.small ? SMALL_SCALES : SCALES.filter((scale) => scale <= Math.max(10, context.scale));
  const costs: { readonly scale: number; readonly duckdb: number; readonly embedded: number; readonly distributed: number }[] = [];
  for (const scale of scales) {
    const measured = await measureTpch(context, scale, ['duckdb', 'embedded', 'distributed']);
    const cost = (side: 'duckdb' | 'embedded' | 'distributed'): number => total(mediansOf(measured, side)) / scale;
    costs.push({ scale, duckdb: cost('duckdb'), embedded: cost('embedded'), distributed: cost('distributed') });
  }
  const [first, ...larger] = costs;
  const rows: BenchRow[] = [];
  for (const cost of first === undefined ? [] : larger) {
    const other = cost.duckdb / (first?.duckdb ?? Number.NaN);
    for (const [side, label] of SIDES) {
      const sluice = cost[side] / (first?.[side] ?? Number.NaN);
      rows.push({
        name: `time per row, scale ${first?.scale} to ${cost.scale}, ${label}`,
        unit: 'times',
        sluice,
        other,
        otherName: 'DuckDB',
        ratio: sluice / other,
        aim: '<= 1',
        raw: { sluice: [first?.[side] ?? Number.NaN, cost[side]], other: [first?.duckdb ?? Number.NaN, cost.duckdb] },
      });
      context.log(
        `growth to ${cost.scale} ${label}: ${sluice.toFixed(2)} against ${other.toFixed(2)}, at that scale ${(cost[side] / cost.duckdb).toFixed(2)} x DuckDB`,
      );
      rows.push({
        name: `all 22 at scale ${cost.scale}, ${label}, total`,
        unit: 'ms',
        sluice: cost[side] * cost.scale,
        other: cost.duckdb * cost.scale,
        otherName: 'DuckDB',
        ratio: cost[side] / cost.duckdb,
        aim: '',
        raw: {},
      });
    }
  }
  return { name: 'growth', rows };
}
