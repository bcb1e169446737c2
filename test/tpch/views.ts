import { join } from 'node:path';

/** Table expressions of a TPC-H directory's tables, for the oracle's views. */
export function tpchViews(directory: string): Record<string, string> {
  const views: Record<string, string> = {};
  for (const table of ['region', 'nation', 'supplier']) {
    views[table] = `read_parquet('${join(directory, `${table}.parquet`)}')`;
  }
  for (const table of ['part', 'partsupp', 'customer', 'orders', 'lineitem']) {
    views[table] = `read_parquet('${join(directory, table, '*.parquet')}')`;
  }
  return views;
}
