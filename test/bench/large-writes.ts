import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { startSluice } from '../services/sluice.js';
import { tpchDirectory } from '../tpch/generate.js';
import { ByteClient } from './byte-client.js';
import { median, timeMs, type BenchContext, type BenchRow, type BenchTable } from './measure.js';

const MEGABYTE = 1024 * 1024;

/**
 * INSERT ... SELECT of all of lineitem (60 M rows at scale 10) into a stored table against DuckDB's COPY of the same rows
 * to Parquet, and an UPDATE of one row in a hundred of that table, which must not write it anew.
 */
export async function benchLargeWrites(context: BenchContext): Promise<BenchTable> {
  const tpch = await tpchDirectory(context.scale);
  const work = mkdtempSync(join(tmpdir(), 'sluice-large-writes-'));
  const data = join(work, 'data');
  mkdirSync(join(data, 'lineitem'), { recursive: true });
  // Hard links: the same files in a data directory that may be written to.
  for (const name of readdirSync(join(tpch, 'lineitem'))) {
    linkSync(join(tpch, 'lineitem', name), join(data, 'lineitem', name));
  }
  const duckdb = await DuckDBInstance.create(':memory:', { threads: String(context.threads), memory_limit: '8GB' });
  const connection = await duckdb.connect();
  const sluice = await startSluice({ data, executors: 1, threads: context.threads, memory: '8GB' });
  const tables = join(data, '.sluice-tables');
  const client = await ByteClient.open(sluice.port, sluice.user, sluice.database);
  const times = { sluice: [] as number[], duckdb: [] as number[] };
  const rows: BenchRow[] = [];
  try {
    for (let run = 0; run <= context.runs; run += 1) {
      const target = join(work, `copy-${run}.parquet`);
      const copy = await timeMs(() =>
        connection.run(`COPY (SELECT * FROM read_parquet('${join(tpch, 'lineitem', '*.parquet')}')) TO '${target}' (FORMAT parquet)`),
      );
      rmSync(target, { recursive: true });
      await client.query(`CREATE TABLE written_${run} AS SELECT * FROM lineitem WITH NO DATA`);
      const insert = await timeMs(() => client.query(`INSERT INTO written_${run} SELECT * FROM lineitem`));
      context.log(`large-writes: DuckDB's COPY ${copy.toFixed(0)} ms, INSERT ... SELECT ${insert.toFixed(0)} ms`);
      if (run > 0) {
        times.sluice.push(insert);
        times.duckdb.push(copy);
        await client.query(`DROP TABLE written_${run}`);
      }
    }
    rows.push({
      name: 'INSERT ... SELECT of lineitem',
      unit: 'ms',
      sluice: median(times.sluice),
      other: median(times.duckdb),
      otherName: "DuckDB's COPY",
      ratio: median(times.sluice) / median(times.duckdb),
      aim: '<= 1.25',
      raw: { sluice: times.sluice, other: times.duckdb },
    });
    const whole = bytesBelow(join(tables, 'main', 'written_0'));
    const update = await timeMs(() => client.query('UPDATE written_0 SET l_comment = l_shipmode WHERE l_orderkey % 100 = 7'));
    const grown = bytesBelow(join(tables, 'main', 'written_0')) - whole;
    context.log(`large-writes: UPDATE of one in a hundred took ${update.toFixed(0)} ms`);
    rows.push({
      name: 'bytes written by an UPDATE of 1 %',
      unit: 'MB',
      sluice: grown / MEGABYTE,
      other: whole / MEGABYTE,
      otherName: 'the table',
      ratio: grown / whole,
      aim: '<= 0.05',
      raw: { ms: [update] },
    });
  } finally {
    client.close();
    await sluice.stop();
    connection.closeSync();
    duckdb.closeSync();
    rmSync(work, { recursive: true, force: true });
  }
  return { name: 'large-writes', rows };
}

function bytesBelow(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
