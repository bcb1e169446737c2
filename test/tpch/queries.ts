import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceDirectory } from '../runner/source-directory.js';

/** One of the 22 queries, ready to run. */
export interface TpchQuery {
  readonly number: number;
  /** `q07` */
  readonly name: string;
  readonly sql: string;
  /** Output columns it is ordered by, from 0. */
  readonly orderedBy: readonly number[];
  readonly limited: boolean;
}

/** ORDER BY of each query as output columns; the queries do not all order by everything they return. */
const ORDERED_BY: readonly (readonly number[])[] = [
  [0, 1],
  [0, 2, 1, 3],
  [1, 2],
  [0],
  [1],
  [],
  [0, 1, 2],
  [0],
  [0, 1],
  [2],
  [1],
  [0],
  [1, 0],
  [],
  [0],
  [3, 0, 1, 2],
  [],
  [4, 3],
  [],
  [0],
  [1, 0],
  [0],
];

/** Below scale 0.05 the specification's 0.0001 / scale is more than any one part's share: query 11 would be empty. */
const FRACTION_MAX = 0.002;

/** All 22 queries. Query 11's fraction depends on the scale factor, as the specification says. */
export function tpchQueries(scale: number): TpchQuery[] {
  return ORDERED_BY.map((orderedBy, index) => {
    const name = `q${String(index + 1).padStart(2, '0')}`;
    const text = readFileSync(join(sourceDirectory('tpch', 'queries'), `${name}.sql`), 'utf8').trim();
    const sql = index === 10 ? text.replace('0.0001', Math.min(0.0001 / scale, FRACTION_MAX).toFixed(10)) : text;
    return { number: index + 1, name, sql, orderedBy, limited: /\blimit \d+$/.test(sql) };
  });
}

/** The statement with a hint comment right after its first keyword. */
export function withHints(sql: string, hints: string): string {
  return sql.replace(/^\s*(select|with)\b/i, `$1 /*+ ${hints} */`);
}

/**
 * Hints that split the scans of the big tables: below scale 1 they are too small to be split unless told. Query 21 names
 * lineitem `l1`; a name that stands in several blocks at once is a warning and no more.
 */
export function splitHints(sql: string, shares: number): string {
  const names = ['lineitem', 'orders', 'customer', 'partsupp', 'part'].filter((table) => new RegExp(`\\b${table}\\b`).test(sql));
  return names.map((table) => `PARTITION(${table === 'lineitem' && sql.includes('lineitem l1') ? 'l1' : table}, FILES, ${shares})`).join(' ');
}
