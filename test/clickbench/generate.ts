import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cachedDirectory, runDuckdb } from '../services/sample-data.js';
import { HITS_COLUMNS } from './columns.js';

/** Raised whenever generated rows or files change, so that an old cached directory is not taken. */
const LAYOUT = 1;
/** Even the smallest form has several files, or nothing would be split. */
const FILES_MIN = 4;
const ROWS_A_FILE_MAX = 1_000_000;

/** A directory with `hits` of so many rows, made on the first call and kept under the OS temp directory. */
export function hitsDirectory(rowCount: number): Promise<string> {
  return cachedDirectory(`sluice-hits-${rowCount}-${LAYOUT}`, (directory) => generateHits(rowCount, directory));
}

/** Writes `hits` as Parquet files, range by range; any range is the same on every machine. */
export async function generateHits(rowCount: number, directory: string): Promise<void> {
  mkdirSync(join(directory, 'hits'), { recursive: true });
  const files = Math.max(FILES_MIN, Math.ceil(rowCount / ROWS_A_FILE_MAX));
  const values = HITS_COLUMNS.map(([name, type, value]) => `CAST(${value} AS ${type}) AS ${name}`).join(',\n');
  const rowGroup = rowCount >= ROWS_A_FILE_MAX ? 122_880 : 2048;
  for (let file = 0; file < files; file += 1) {
    const [first, end] = [Math.floor((rowCount * file) / files), Math.floor((rowCount * (file + 1)) / files)];
    const path = join(directory, 'hits', `part-${String(file).padStart(4, '0')}.parquet`);
    await runDuckdb([`COPY (SELECT ${values} FROM range(${first}, ${end}) AS r(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroup})`]);
  }
}

/** The table expression of a directory's `hits`, for the oracle's view. */
export function hitsView(directory: string): string {
  return `read_parquet('${join(directory, 'hits', '*.parquet')}')`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
  const rowCount = Number(values.rows);
  if (!Number.isInteger(rowCount) || rowCount < 1) {
    throw new Error(`--rows must be a whole number, not ${values.rows}`);
  }
  process.stdout.write(`${await hitsDirectory(rowCount)}\n`);
}
