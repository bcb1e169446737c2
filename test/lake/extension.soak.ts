import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { Client } from 'pg';
import { startPostgres } from '../services/postgres.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { runInExtension, type ExtensionCatalog, type TextRow } from './ducklake-extension.js';
import { EXTENSION_CASES, EXTENSION_TABLES, TYPE_CASES } from './extension-cases.js';
import { textOf } from './text-of.js';

const DATABASE = 'extension_catalog';

for (const kind of ['duckdb', 'postgres'] as const) {
  describe(`lake/extension: DuckDB's own ducklake, catalog in ${kind}`, function () {
    this.timeout(120_000);
    let directory: string;
    let catalog: ExtensionCatalog;
    let server: SluiceServer | null = null;
    let client: Client;

    before(async () => {
      directory = mkdtempSync(join(tmpdir(), 'sluice-extension-'));
      mkdirSync(join(directory, 'data'));
      catalog = kind === 'duckdb' ? { kind, path: join(directory, 'catalog', 'catalog.duckdb') } : { kind, url: await newDatabase() };
      await openGateway();
    });

    after(async () => {
      await closeGateway();
      rmSync(directory, { recursive: true, force: true });
    });

    it('reads a value of every type that Sluice wrote', async () => {
      const columns = TYPE_CASES.map((each, index) => `c${index} ${each.type}`).join(', ');
      await client.query(`CREATE TABLE every_type (n integer, ${columns})`);
      // Few rows stay in the catalog, many go to a file: both must do.
      await client.query(
        `INSERT INTO every_type SELECT n, ${TYPE_CASES.map((each) => `${each.literal}::${each.type}`).join(', ')} FROM generate_series(1, 100) AS g (n)`,
      );
      await client.query(`INSERT INTO every_type VALUES (101, ${TYPE_CASES.map((each) => each.literal).join(', ')})`);
      await client.query('INSERT INTO every_type (n) VALUES (102)');
      const query = `SELECT count(*), ${TYPE_CASES.map((_, index) => `CAST(c${index} AS text)`).join(', ')} FROM every_type GROUP BY ${TYPE_CASES.map((_, index) => index + 2).join(', ')} ORDER BY 1 DESC`;
      const own = await ask(query);
      assert.deepEqual(own, [
        ['101', ...TYPE_CASES.map((each) => each.postgres)],
        ['1', ...TYPE_CASES.map(() => null)],
      ]);
      const [theirs] = await inExtension([query]);
      assert.deepEqual(theirs, [
        ['101', ...TYPE_CASES.map((each) => each.duckdb)],
        ['1', ...TYPE_CASES.map(() => null)],
      ]);
    });

    for (const { name, statements, query, further } of EXTENSION_CASES) {
      it(`reads ${name}${further === undefined ? '' : ', and Sluice what it then writes'}`, async () => {
        for (const sql of statements) {
          await client.query(sql);
        }
        const own = await ask(query);
        const [theirs] = await inExtension([query]);
        assert.deepEqual(theirs, own, 'as Sluice wrote it');
        if (further !== undefined) {
          const results = await inExtension([...further, query]);
          assert.deepEqual(await ask(query), results.at(-1), 'as the extension changed it');
          assert.notDeepEqual(results.at(-1), own, 'the extension changed nothing');
        }
      });
    }

    it('reads comments', async () => {
      await client.query('CREATE TABLE noted (n integer)');
      await client.query("COMMENT ON TABLE noted IS 'a table''s comment'");
      await client.query("COMMENT ON COLUMN noted.n IS 'a column''s comment'");
      const [tables, columns] = await inExtension([
        "SELECT comment FROM duckdb_tables() WHERE database_name = 'lake' AND table_name = 'noted'",
        "SELECT comment FROM duckdb_columns() WHERE database_name = 'lake' AND table_name = 'noted'",
      ]);
      assert.deepEqual([tables, columns], [[["a table's comment"]], [["a column's comment"]]]);
    });

    it('writes tables that Sluice reads', async () => {
      for (const { statements, query } of EXTENSION_TABLES) {
        const results = await inExtension([...statements, query]);
        assert.deepEqual(await ask(query), results.at(-1), query);
      }
    });

    /** DuckDB's file can be opened by one process only: then the gateway is down for the while. */
    async function inExtension(statements: readonly string[]): Promise<readonly (readonly TextRow[])[]> {
      if (kind === 'postgres') {
        return runInExtension(catalog, statements);
      }
      await closeGateway();
      try {
        return await runInExtension(catalog, statements);
      } finally {
        await openGateway();
      }
    }

    async function openGateway(): Promise<void> {
      server = await startSluice({
        data: join(directory, 'data'),
        state: join(directory, 'state'),
        executors: 1,
        threads: 1,
        extra: ['--catalog', catalog.kind === 'duckdb' ? catalog.path : catalog.url],
      });
      client = await server.connect();
    }

    async function closeGateway(): Promise<void> {
      await client?.end();
      await server?.stop();
      server = null;
    }

    async function ask(sql: string): Promise<TextRow[]> {
      const result = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
      return result.rows.map((row) => row.map((value) => (value === null ? null : textOf(value))));
    }
  });
}

async function newDatabase(): Promise<string> {
  const postgres = await startPostgres();
  const admin = new Client(postgres);
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
  await admin.query(`CREATE DATABASE ${DATABASE}`);
  await admin.end();
  return `postgres://${postgres.user}@${postgres.host}:${postgres.port}/${DATABASE}`;
}
