import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from 'pg';

/** SQL on a catalog database beside Sluice, for reading only. */
export interface CatalogAccess {
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** A copy of a DuckDB file with its log, taken while no process changes it. */
export async function openDuckdbCatalog(path: string): Promise<CatalogAccess> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-catalog-copy-'));
  const copy = join(directory, 'catalog.duckdb');
  copyFileSync(path, copy);
  if (existsSync(`${path}.wal`)) {
    copyFileSync(`${path}.wal`, `${copy}.wal`);
  }
  const instance = await DuckDBInstance.create(copy);
  const connection = await instance.connect();
  return {
    query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** A PostgreSQL catalog in its default schema. */
export async function openPostgresCatalog(url: string): Promise<CatalogAccess> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  return {
    query: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    close: () => client.end(),
  };
}
