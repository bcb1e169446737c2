import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { cachedDirectory } from '../services/sample-data.js';
import { customerRange, lineitemQuery, linesOfOrders, ordersQuery, partRange, partsuppRange, SETUP, sizesAt, smallTable } from './tables.js';

/** Raised whenever generated rows or files change, so that an old cached directory is not taken. */
const LAYOUT = 1;
/** Orders made at once: about 600,000 line items, some 150 MB while they are made. */
const ORDERS_PER_RANGE = 150_000;
/** Even the smallest scale has several files a big table, or nothing would be split. */
const FILES_MIN = 4;

/** The eight tables; the five big ones are folders of several files. */
export const TPCH_TABLES: readonly string[] = ['region', 'nation', 'supplier', 'part', 'partsupp', 'customer', 'orders', 'lineitem'];

/** The TPC-H data directory of a scale factor, made on the first call and kept under the OS temp directory. */
export function tpchDirectory(scale: number): Promise<string> {
  return cachedDirectory(`sluice-tpch-${scale}-${LAYOUT}`, (directory) => generateTpch(scale, directory));
}

/** Writes all eight tables as Parquet into an existing directory, range by range so that memory stays bounded. */
export async function generateTpch(scale: number, directory: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '3GB', preserve_insertion_order: 'true' });
  const connection = await instance.connect();
  try {
    for (const statement of SETUP) {
      await connection.run(statement);
    }
    await writeTables(connection, scale, directory);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function writeTables(connection: DuckDBConnection, scale: number, directory: string): Promise<void> {
  const sizes = sizesAt(scale);
  // Several row groups a file at every scale; at the large ones DuckDB's own default.
  const rowGroup = scale >= 0.5 ? 122_880 : scale >= 0.1 ? 16_384 : 2048;
  const write = async (query: string, ...path: readonly string[]): Promise<void> => {
    await connection.run(`COPY (${query}) TO '${join(directory, ...path)}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroup})`);
  };
  for (const table of ['region', 'nation', 'supplier'] as const) {
    await write(smallTable(table, sizes), `${table}.parquet`);
  }
  for (const table of ['part', 'partsupp', 'customer', 'orders', 'lineitem']) {
    mkdirSync(join(directory, table), { recursive: true });
  }
  const partFiles = Math.max(FILES_MIN, Math.ceil(sizes.parts / 200_000));
  for (const { part, first, last } of ranges(sizes.parts, partFiles)) {
    await write(partRange(first + 1, last + 1), 'part', fileName(part));
    await write(partsuppRange(first + 1, last + 1, sizes), 'partsupp', fileName(part));
  }
  const customerFiles = Math.max(FILES_MIN, Math.ceil(sizes.customers / 300_000));
  for (const { part, first, last } of ranges(sizes.customers, customerFiles)) {
    await write(customerRange(first + 1, last + 1), 'customer', fileName(part));
  }
  const orderFiles = Math.max(FILES_MIN, Math.ceil(sizes.orders / ORDERS_PER_RANGE));
  for (const { part, first, last } of ranges(sizes.orders, orderFiles)) {
    await connection.run(linesOfOrders(first, last, sizes));
    await write(lineitemQuery(), 'lineitem', fileName(part));
    await write(ordersQuery(sizes), 'orders', fileName(part));
  }
}

function* ranges(count: number, files: number): Generator<{ readonly part: number; readonly first: number; readonly last: number }> {
  for (let part = 0; part < files; part += 1) {
    yield { part, first: Math.floor((count * part) / files), last: Math.floor((count * (part + 1)) / files) - 1 };
  }
}

function fileName(part: number): string {
  return `part-${String(part).padStart(4, '0')}.parquet`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { scale: { type: 'string', default: '0.1' }, out: { type: 'string' } } });
  const scale = Number(values.scale);
  if (!(scale > 0)) {
    throw new Error(`--scale must be a positive number, not ${values.scale}`);
  }
  const start = performance.now();
  let directory = values.out;
  if (directory === undefined) {
    directory = await tpchDirectory(scale);
  } else if (existsSync(join(directory, 'lineitem'))) {
    throw new Error(`${directory} already holds tables`);
  } else {
    mkdirSync(directory, { recursive: true });
    await generateTpch(scale, directory);
  }
  process.stdout.write(`${directory} (scale ${scale}, ${((performance.now() - start) / 1000).toFixed(1)} s)\n`);
}
