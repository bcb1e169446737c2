import type { Client } from 'pg';
import { queryAsText } from './wire-rows.js';

/** What EXPLAIN (DISTRIBUTED) says of a statement. */
export interface DistributedPlanText {
  /** Number of `Stage N` lines; 0 or 1 when it runs whole. */
  readonly stageCount: number;
  readonly text: string;
}

/** Reads EXPLAIN (DISTRIBUTED) of a query. */
export async function explainDistributed(client: Client, sql: string): Promise<DistributedPlanText> {
  const result = await queryAsText(client, `EXPLAIN (DISTRIBUTED) ${sql}`);
  const lines = result.rows.map((row) => row[0] ?? '');
  return { stageCount: lines.filter((line) => /^\s*Stage \d+\b/.test(line)).length, text: lines.join('\n') };
}

/** Reads EXPLAIN (TRANSLATED): the DuckDB SQL over real files that the query means. */
export async function explainTranslated(client: Client, sql: string): Promise<string> {
  const result = await queryAsText(client, `EXPLAIN (TRANSLATED) ${sql}`);
  return result.rows.map((row) => row[0] ?? '').join('\n');
}
