import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** The Parquet files of a stored table below a folder, those of former snapshots included. */
export function tableFiles(directory: string, table: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.parquet') && path.split('/').includes(table))
    .map((path) => join(directory, path));
}

/** A query's rows as texts, by a DuckDB of the test's own, over the database file or none. */
export async function inDuckDB(sql: string, databasePath = ':memory:'): Promise<(string | null)[][]> {
  const instance = await DuckDBInstance.create(databasePath);
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowsJson().map((row) => row.map((value) => (value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value))));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
