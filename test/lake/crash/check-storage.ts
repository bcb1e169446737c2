import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Client } from 'pg';
import type { CatalogFile, CatalogView } from './catalog-view.js';
import { textOf } from '../text-of.js';

/** Every live file is there, as long as the catalog says, ends as Parquet does, and holds the rows the catalog counts. */
export async function checkFiles(view: CatalogView): Promise<string[]> {
  const wrong = [...view.faults];
  const files = view.tables.flatMap((table) => [...table.dataFiles, ...table.deleteFiles].map((file) => ({ table: table.name, file })));
  const readable: CatalogFile[] = [];
  for (const { table, file } of files) {
    const fault = checkFile(file);
    if (fault === null) {
      readable.push(file);
    } else {
      wrong.push(`${table}: ${file.path} ${fault}`);
    }
  }
  if (readable.length > 0) {
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const list = readable.map((file) => `'${file.path.replaceAll("'", "''")}'`).join(', ');
    const counts = await connection.runAndReadAll(`SELECT file_name, num_rows FROM parquet_file_metadata([${list}])`);
    const rowCounts = new Map(counts.getRowObjectsJS().map((row) => [textOf(row['file_name']), Number(row['num_rows'])]));
    for (const file of readable) {
      if (rowCounts.get(file.path) !== file.rowCount) {
        wrong.push(`${file.path} has ${rowCounts.get(file.path)} rows, the catalog says ${file.rowCount}`);
      }
    }
    connection.closeSync();
    instance.closeSync();
  }
  return wrong;
}

/** What SQL counts in every table is what the catalog's statistics sum up to. */
export async function checkCounts(view: CatalogView, client: Client): Promise<string[]> {
  const wrong: string[] = [];
  for (const table of view.tables) {
    const expected = sum(table.dataFiles) - sum(table.deleteFiles) - table.inlinedDeleteCount + table.inlinedRowCount;
    const schema = table.schema === 'main' ? '' : `"${table.schema}".`;
    const result = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${schema}"${table.name}"`);
    if (Number(result.rows[0]?.n) !== expected) {
      wrong.push(`${table.name}: ${result.rows[0]?.n} rows, the catalog's statistics make ${expected}`);
    }
  }
  return wrong;
}

/** Files on disk that the catalog does not name. */
export function findOrphans(view: CatalogView, dataPath: string): string[] {
  if (!existsSync(dataPath)) {
    return [];
  }
  return readdirSync(dataPath, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !view.filesNamed.has(path));
}

function checkFile(file: CatalogFile): string | null {
  let handle: number;
  try {
    handle = openSync(file.path, 'r');
  } catch (error) {
    return `does not open: ${textOf(error)}`;
  }
  try {
    const { size } = fstatSync(handle);
    if (size !== file.byteCount) {
      return `has ${size} bytes, the catalog says ${file.byteCount}`;
    }
    const end = Buffer.alloc(8);
    readSync(handle, end, 0, 8, size - 8);
    if (end.subarray(4).toString('latin1') !== 'PAR1') {
      return 'does not end as a Parquet file';
    }
    return end.readUInt32LE(0) === file.footerByteCount ? null : `has a footer of ${end.readUInt32LE(0)} bytes, the catalog says ${file.footerByteCount}`;
  } finally {
    closeSync(handle);
  }
}

function sum(files: readonly CatalogFile[]): number {
  return files.reduce((total, file) => total + file.rowCount, 0);
}
