import { join } from 'node:path';
import { Client } from 'pg';
import { startOwnPostgres } from '../services/postgres.js';
import { runDuckdb } from '../services/sample-data.js';
import { startSluice } from '../services/sluice.js';
import { tpchDirectory } from '../tpch/generate.js';
import { ByteClient } from './byte-client.js';
import { median, timeAlternately, type BenchContext, type BenchRow, type BenchTable } from './measure.js';

/** PostgreSQL's heap of lineitem at scale 1 is over a gigabyte: rows beyond this do not change rows per second. */
const SCALE_MAX = 0.5;
const NUMERIC = 'l_orderkey, l_partkey, l_suppkey, l_linenumber, l_quantity, l_extendedprice, l_discount, l_tax';
const STRINGS = 'l_returnflag, l_linestatus, l_shipinstruct, l_shipmode, l_comment, l_comment AS again';

/** Rows per second of lineitem to one client, against PostgreSQL 15 with the same rows. */
export async function benchWideRows(context: BenchContext): Promise<BenchTable> {
  const directory = await tpchDirectory(Math.min(context.scale, SCALE_MAX));
  const postgres = await startOwnPostgres(['shared_buffers=1GB', 'max_wal_size=4GB']);
  const sluice = await startSluice({ data: directory, executors: 1, threads: context.threads, memory: '4GB' });
  const rows: BenchRow[] = [];
  try {
    await loadLineitem(directory, postgres);
    const ours = await ByteClient.open(sluice.port, sluice.user, sluice.database);
    const theirs = await ByteClient.open(postgres.port, postgres.user, postgres.database);
    const { rows: rowCount } = await theirs.query('SELECT l_orderkey FROM lineitem');
    for (const [columns, label, aim] of [
      ['*', '16 columns', ''],
      [NUMERIC, '8 numeric columns', '>= 1.5'],
      [STRINGS, '6 string columns', '>= 1.0'],
    ] as const) {
      const sql = `SELECT ${columns} FROM lineitem`;
      for (const format of ['text', 'binary'] as const) {
        const run = (client: ByteClient) => async (): Promise<void> => {
          const count = await (format === 'text' ? client.query(sql) : client.queryBinary(sql));
          if (count.rows !== rowCount) {
            throw new Error(`${count.rows} rows came, not ${rowCount}`);
          }
        };
        const times = await timeAlternately({ sluice: run(ours), postgres: run(theirs) }, context.runs);
        const rate = (list: readonly number[]): number => (rowCount / median(list)) * 1000;
        rows.push({
          name: `SELECT ${label}, ${format}`,
          unit: 'rows/s',
          sluice: rate(times('sluice')),
          other: rate(times('postgres')),
          otherName: 'PostgreSQL',
          ratio: rate(times('sluice')) / rate(times('postgres')),
          aim,
          raw: { sluiceMs: times('sluice'), otherMs: times('postgres') },
        });
        context.log(`wide-rows ${label} ${format}: ${rate(times('sluice')).toFixed(0)} rows/s, PostgreSQL ${rate(times('postgres')).toFixed(0)}`);
      }
    }
    ours.close();
    theirs.close();
  } finally {
    await sluice.stop();
    await postgres.stop();
  }
  return { name: 'wide-rows', rows };
}

async function loadLineitem(
  directory: string,
  postgres: { readonly directory: string; readonly port: number; readonly user: string; readonly database: string; readonly host: string },
): Promise<void> {
  const file = join(postgres.directory, 'lineitem.csv');
  await runDuckdb([`COPY (FROM read_parquet('${join(directory, 'lineitem', '*.parquet')}')) TO '${file}' (FORMAT csv, HEADER false)`]);
  const client = new Client(postgres);
  await client.connect();
  try {
    await client.query(`CREATE UNLOGGED TABLE lineitem (l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber integer,
      l_quantity numeric(15, 2), l_extendedprice numeric(15, 2), l_discount numeric(15, 2), l_tax numeric(15, 2), l_returnflag text,
      l_linestatus text, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct text, l_shipmode text, l_comment text)`);
    await client.query(`COPY lineitem FROM '${file}' (FORMAT csv)`);
    await client.query('VACUUM ANALYZE lineitem');
  } finally {
    await client.end();
  }
}
