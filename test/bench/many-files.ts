import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { cachedDirectory } from '../services/sample-data.js';
import { startSluice } from '../services/sluice.js';
import { ByteClient } from './byte-client.js';
import { quantile, timeMs, type BenchContext, type BenchRow, type BenchTable } from './measure.js';

/** Raised whenever the files below change. */
const LAYOUT = 1;
const FILES = 10_000;
const SMALL_FILES = 200;
const FILES_A_DAY = 10;
const ROUNDS = 30;

/** What is planned: pruned by the folders' values, by the files' statistics, by both, and not at all. */
const QUERIES: readonly (readonly [name: string, where: string])[] = [
  ['one day of the folders', 'day = 7'],
  ['a range of keys in the statistics', 'id BETWEEN 1200 AND 1450'],
  ['both', 'day IN (3, 4) AND id < 900'],
  ['no file pruned', 'amount > 0'],
];

/** From text to fragments over a table of 10,000 Parquet files, warm: `EXPLAIN (FRAGMENTS)` over the wire. */
export async function benchManyFiles(context: BenchContext): Promise<BenchTable> {
  const files = context.small ? SMALL_FILES : FILES;
  const sluice = await startSluice({ data: await manyFilesDirectory(files), executors: 1, threads: context.threads });
  const client = await ByteClient.open(sluice.port, sluice.user, sluice.database);
  const rows: BenchRow[] = [];
  try {
    const first = await timeMs(() => client.query('SELECT count(*) FROM events'));
    context.log(`many-files: the first look at ${files} files took ${first.toFixed(0)} ms`);
    for (const [name, where] of QUERIES) {
      const times: number[] = [];
      for (let round = 0; round < (context.small ? 3 : ROUNDS); round += 1) {
        // A text of its own each time, so that no cache of statements answers.
        const sql = `EXPLAIN (FRAGMENTS) SELECT /*+ DISTRIBUTED */ kind, count(*), sum(amount) FROM events WHERE ${where} AND amount < ${1000 + round} GROUP BY kind`;
        times.push(await timeMs(() => client.query(sql)));
      }
      const warm = times.slice(1);
      for (const [label, share, aim] of [
        ['p50', 0.5, ''],
        ['p95', 0.95, '< 200 ms'],
      ] as const) {
        rows.push({
          name: `${name}, ${label}`,
          unit: 'ms',
          sluice: quantile(warm, share),
          other: null,
          otherName: `${files} files`,
          ratio: null,
          aim,
          raw: { ms: warm, first: [first] },
        });
      }
      context.log(`many-files ${name}: p50 ${quantile(warm, 0.5).toFixed(0)} ms`);
    }
  } finally {
    client.close();
    await sluice.stop();
  }
  return { name: 'many-files', rows };
}

/** Table `events` in so many files of 100 rows, ten a folder `day=n`, ids ascending from file to file; cached. */
function manyFilesDirectory(files: number): Promise<string> {
  return cachedDirectory(`sluice-many-files-${files}-${LAYOUT}`, async (directory) => {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
    const connection = await instance.connect();
    try {
      for (let file = 0; file < files; file += 1) {
        const folder = join(directory, 'events', `day=${Math.floor(file / FILES_A_DAY)}`);
        if (file % FILES_A_DAY === 0) {
          mkdirSync(folder, { recursive: true });
        }
        await connection.run(
          `COPY (SELECT i AS id, 'kind ' || (i % 7) AS kind, ((i * 37) % 1000)::DOUBLE AS amount
             FROM range(${file * 100}, ${(file + 1) * 100}) t(i)) TO '${join(folder, `part-${file}.parquet`)}' (FORMAT parquet)`,
        );
      }
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  });
}
