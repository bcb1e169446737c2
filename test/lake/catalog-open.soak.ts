import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Client } from 'pg';
import { openDuckdbCatalog } from '../../fs/lake/database/duckdb-catalog.js';
import { openPostgresCatalog } from '../../fs/lake/database/postgres-catalog.js';
import type { CatalogDatabase, CatalogRow } from '../../fs/lake/catalog-database.js';
import { LakeError } from '../../fs/lake/lake-error.js';
import type { Lake } from '../../fs/lake/lake.js';
import { openLake } from '../../fs/lake/open-lake.js';
import { startPostgres } from '../services/postgres.js';
import { runInExtension } from './ducklake-extension.js';

type Catalog = Parameters<typeof openLake>[0]['catalog'];

let lastDatabase = 0;

for (const kind of ['duckdb', 'postgres'] as const) {
  describe(`lake/catalog: opening one in ${kind}`, function () {
    this.timeout(60_000);
    let directory: string;
    let catalog: Catalog;
    const open: Lake[] = [];

    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'sluice-open-'));
      catalog = kind === 'duckdb' ? { kind, path: join(directory, 'catalog.db') } : { kind, url: await newDatabase() };
    });

    afterEach(async () => {
      for (const lake of open.splice(0)) {
        await lake.close();
      }
      rmSync(directory, { recursive: true, force: true });
    });

    it('makes the tables the ducklake extension makes, and takes its own over with only a table more', async () => {
      await (await openHere()).close();
      const own = await structure();
      const other: Catalog = kind === 'duckdb' ? { kind, path: join(directory, 'other.db') } : { kind, url: await newDatabase() };
      await attachNew(other, join(directory, 'data'));
      const theirs = await structure(other);
      assert.equal(new Set(theirs.map(([table]) => table)).size, 28);
      assert.deepEqual(
        own.filter(([table]) => table !== 'sluice_catalog'),
        theirs,
      );
      const adopted = await openHere({ catalog: other });
      assert.deepEqual(
        (await adopted.history()).map(({ changes }) => changes),
        ['created_schema:"main"'],
      );
      await adopted.close();
      assert.deepEqual(await structure(other), own);
    });

    it('is written by the extension and read again', async () => {
      const first = await openHere();
      const { uuid } = first;
      await first.close();
      await runInExtension(catalog, ['CREATE TABLE t AS SELECT i AS n FROM range(100) r(i)', 'INSERT INTO t VALUES (1)', 'CREATE SCHEMA s']);
      const lake = await openHere();
      assert.equal(lake.uuid, uuid);
      const snapshot = await lake.snapshot();
      const table = snapshot.findTable('main', 't') ?? assert.fail('no table');
      assert.ok(table.path.startsWith(join(directory, 'data')));
      const data = await snapshot.data(table);
      assert.deepEqual([data.rowCount, data.files.length, data.inlined?.rowCount], [101, 1, 1]);
      assert.notEqual(snapshot.findSchema('s'), undefined);
    });

    it('has its data directory, and refuses another', async () => {
      await (await openHere()).close();
      await (await openHere({ dataPath: `${join(directory, 'data')}/` })).close();
      await assert.rejects(openHere({ dataPath: join(directory, 'elsewhere') }), isLakeError('catalog', /another data directory/));
      // What was refused is not left open.
      await openHere();
    });

    it('refuses a catalog of another version, and half of one', async () => {
      await (await openHere()).close();
      await change("UPDATE ducklake_metadata SET value = '0.3' WHERE key = 'version'");
      await assert.rejects(openHere(), isLakeError('catalog', /DuckLake 0\.3/));
      await change("UPDATE ducklake_metadata SET value = '1.0' WHERE key = 'version'", 'UPDATE sluice_catalog SET version = 99');
      await assert.rejects(openHere(), isLakeError('catalog', /another version of Sluice/));
      await change('UPDATE sluice_catalog SET version = 1', 'DROP TABLE ducklake_sort_info');
      await assert.rejects(openHere(), isLakeError('catalog', /ducklake_sort_info/));
      await change('DROP TABLE ducklake_metadata');
      await assert.rejects(openHere(), isLakeError('catalog', /a part of a DuckLake catalog/));
    });

    it('keeps tags of columns where the extension does not stumble over them', async () => {
      const lake = await openHere();
      const tx = await lake.begin();
      const tags = new Map([
        ['comment', "it's"],
        ['sluice.type', '1043:14'],
      ]);
      tx.createTable({ schema: 'main', name: 't', columns: [{ name: 'a', type: 'varchar', nullable: true, children: [], tags }] });
      await tx.commit();
      const second = await lake.begin();
      second.setColumnTag(second.current.findTable('main', 't') ?? assert.fail(), 1, 'sluice.type', '1043:15');
      second.setColumnTag(second.current.findTable('main', 't') ?? assert.fail(), 1, 'sluice.more', 'x');
      await second.commit();
      await lake.close();
      const comments = await runInExtension(catalog, [
        "INSERT INTO t VALUES ('x')",
        "SELECT comment FROM duckdb_columns() WHERE table_name = 't' AND database_name = 'lake'",
      ]);
      assert.deepEqual(comments[1], [["it's"]]);
      const again = await openHere();
      const table = (await again.snapshot()).findTable('main', 't');
      assert.deepEqual(Object.fromEntries(table?.columns[0]?.tags ?? []), { comment: "it's", 'sluice.type': '1043:15', 'sluice.more': 'x' });
      assert.equal(table?.tags.size, 0);
    });

    async function openHere(options: { readonly catalog?: Catalog; readonly dataPath?: string } = {}): Promise<Lake> {
      const lake = await openLake({ catalog, dataPath: join(directory, 'data'), cacheDirectory: join(directory, `cache${open.length}`), ...options });
      open.push(lake);
      return lake;
    }

    function openDatabase(of: Catalog = catalog): Promise<CatalogDatabase> {
      return of.kind === 'duckdb' ? openDuckdbCatalog(of.path) : openPostgresCatalog(of.url);
    }

    /** Tables, columns in order, their types and what they must not be. */
    async function structure(of: Catalog = catalog): Promise<readonly (readonly string[])[]> {
      const database = await openDatabase(of);
      try {
        const columns = await database.query(
          "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name LIKE 'ducklake_%' OR table_name LIKE 'sluice_%' ORDER BY table_name, ordinal_position",
        );
        const keys = await database.query(
          "SELECT table_name, constraint_type FROM information_schema.table_constraints WHERE constraint_type = 'PRIMARY KEY' AND (table_name LIKE 'ducklake_%' OR table_name LIKE 'sluice_%') ORDER BY table_name",
        );
        return [...texts(columns, ['table_name', 'column_name', 'data_type', 'is_nullable']), ...texts(keys, ['table_name', 'constraint_type'])];
      } finally {
        await database.close();
      }
    }

    async function change(...statements: readonly string[]): Promise<void> {
      const database = await openDatabase();
      for (const sql of statements) {
        await database.query(sql);
      }
      await database.close();
    }

    async function attachNew(of: Catalog, dataPath: string): Promise<void> {
      const words = of.kind === 'duckdb' ? of.path : `postgres:${wordsOf(of.url)}`;
      const scratch = { kind: 'duckdb', path: join(directory, 'scratch.db') } as const;
      await runInExtension(scratch, [`ATTACH 'ducklake:${words}' AS made (DATA_PATH '${dataPath}')`]);
    }
  });
}

function texts(rows: readonly CatalogRow[], names: readonly string[]): readonly (readonly string[])[] {
  return rows.map((row) => names.map((name) => String(row[name])));
}

async function newDatabase(): Promise<string> {
  const { host, port, user } = await startPostgres();
  lastDatabase += 1;
  const name = `lake_open_${process.pid}_${lastDatabase}`;
  const client = new Client({ host, port, user, database: 'postgres' });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return `postgres://${user}@${host}:${port}/${name}`;
}

function wordsOf(url: string): string {
  const { hostname, port, username, pathname } = new URL(url);
  return `host=${hostname} port=${port} user=${username} dbname=${pathname.slice(1)}`;
}

function isLakeError(code: LakeError['code'], message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof LakeError && error.code === code && message.test(error.message);
}
