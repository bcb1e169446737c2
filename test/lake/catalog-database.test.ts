import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Client } from 'pg';
import { CatalogRace, type CatalogDatabase } from '../../fs/lake/catalog-database.js';
import { openDuckdbCatalog } from '../../fs/lake/database/duckdb-catalog.js';
import { openPostgresCatalog } from '../../fs/lake/database/postgres-catalog.js';
import { LakeError } from '../../fs/lake/lake-error.js';
import { openLake } from '../../fs/lake/open-lake.js';
import { startPostgres } from '../services/postgres.js';

let lastDatabase = 0;

for (const kind of ['duckdb', 'postgres'] as const) {
  describe(`lake/catalog: statements and transactions in ${kind}`, function () {
    this.timeout(60_000);
    let directory: string;

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'sluice-database-'));
    });

    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    it('rolls back what fails, and tells a race from other failures', async () => {
      const database = await openDatabase(kind, directory);
      try {
        await database.query('CREATE TABLE numbers (n BIGINT PRIMARY KEY)');
        const failure = new Error('mine');
        await assert.rejects(
          database.transaction(async (queries) => {
            await queries.query('INSERT INTO numbers VALUES (1)');
            throw failure;
          }),
          failure,
        );
        await database.transaction((queries) => queries.query('INSERT INTO numbers VALUES ($1)', [9_007_199_254_740_993n]));
        assert.deepEqual(await database.query('SELECT n FROM numbers'), [{ n: 9_007_199_254_740_993n }]);
        await assert.rejects(
          database.transaction((queries) => queries.query('INSERT INTO numbers VALUES ($1)', [9_007_199_254_740_993n])),
          CatalogRace,
        );
        await assert.rejects(database.query('SELECT nonsense FROM numbers'), (error) => !(error instanceof CatalogRace) && !(error instanceof LakeError));
        assert.deepEqual(await database.query("SELECT 1 AS i, true AS b, 'x' AS t, NULL AS n"), [{ i: 1, b: true, t: 'x', n: null }]);
      } finally {
        await database.close();
      }
    });
  });
}

describe('lake/catalog: a DuckDB file', function () {
  this.timeout(60_000);
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-open-'));
    path = join(directory, 'catalog.db');
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is open once in a process', async () => {
    const [first, second] = await Promise.allSettled([openDuckdbCatalog(path), openDuckdbCatalog(join(directory, '.', 'catalog.db'))]);
    assert.ok(first.status === 'fulfilled' && second.status === 'rejected');
    assert.ok(isLakeError('catalog', /open in this process/)(second.reason));
    await first.value.close();
    await (await openDuckdbCatalog(path)).close();
  });

  it('is open in one process', async () => {
    const holder = await DuckDBInstance.create(path);
    const script = `import { openDuckdbCatalog } from ${JSON.stringify(new URL('../../fs/lake/database/duckdb-catalog.js', import.meta.url).href)};
      openDuckdbCatalog(${JSON.stringify(path)}).catch(({ code, message, detail }) => console.log(JSON.stringify({ code, message, detail })));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    holder.closeSync();
    const error: unknown = JSON.parse(stdout);
    assert.deepEqual(error, {
      code: 'catalog',
      message: `the catalog ${path} cannot be opened`,
      detail: 'Another process has it open: one gateway at a time can use a catalog in a DuckDB file.',
    });
  });

  it('must be one, in a directory that is there', async () => {
    writeFileSync(path, 'no database at all '.repeat(1000));
    await assert.rejects(openDuckdbCatalog(path), isLakeError('catalog', /cannot be opened/));
    await assert.rejects(openDuckdbCatalog(join(directory, 'nowhere', 'catalog.db')), isLakeError('catalog', /cannot be opened/));
  });

  it('keeps a commit that a killed process made', async () => {
    const script = `import { openDuckdbCatalog } from ${JSON.stringify(new URL('../../fs/lake/database/duckdb-catalog.js', import.meta.url).href)};
      const database = await openDuckdbCatalog(${JSON.stringify(path)});
      await database.transaction((queries) => queries.query('CREATE TABLE kept AS SELECT 5 AS n'));
      database.transaction(async (queries) => { await queries.query('UPDATE kept SET n = 6'); process.kill(process.pid, 'SIGKILL'); });`;
    await assert.rejects(promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]), { signal: 'SIGKILL' });
    const database = await openDuckdbCatalog(path);
    assert.deepEqual(await database.query('SELECT n FROM kept'), [{ n: 5 }]);
    await database.close();
  });
});

describe('lake/catalog: PostgreSQL', function () {
  this.timeout(60_000);

  it('that does not answer is unavailable', async () => {
    await assert.rejects(openPostgresCatalog('postgres://nobody@127.0.0.1:1/none'), isLakeError('unavailable', /does not answer/));
  });

  it('that ends a connection: the statement fails, the next works, a lost COMMIT is said to be of unknown outcome', async () => {
    const database = await openPostgresCatalog(await newDatabase());
    try {
      await assert.rejects(
        database.transaction((queries) => queries.query('SELECT pg_terminate_backend(pg_backend_pid())')),
        (error) => isLakeError('unavailable', /./)(error) && error instanceof LakeError && !error.outcomeUnknown,
      );
      await database.query('CREATE TABLE killed (n BIGINT)');
      // A deferred trigger runs inside COMMIT.
      await database.query(
        `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`,
      );
      await database.query('CREATE CONSTRAINT TRIGGER dying AFTER INSERT ON killed DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()');
      await assert.rejects(
        database.transaction((queries) => queries.query('INSERT INTO killed VALUES (1)')),
        (error) => error instanceof LakeError && error.code === 'unavailable' && error.outcomeUnknown,
      );
      assert.deepEqual(await database.query('SELECT count(*) AS n FROM killed'), [{ n: 0 }]);
    } finally {
      await database.close();
    }
  });

  it('lets the first of two commits win, and both see the race', async () => {
    const url = await newDatabase();
    const [one, two] = [await openPostgresCatalog(url), await openPostgresCatalog(url)];
    try {
      await one.query('CREATE TABLE counter (n BIGINT)');
      await one.query('INSERT INTO counter VALUES (0)');
      const result = two.transaction(async (queries) => {
        await queries.query('SELECT n FROM counter');
        await one.transaction((first) => first.query('UPDATE counter SET n = 1'));
        await queries.query('UPDATE counter SET n = 2');
      });
      await assert.rejects(result, CatalogRace);
      assert.deepEqual(await two.query('SELECT n FROM counter'), [{ n: 1 }]);
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });

  it('is set up once by gateways that start together', async () => {
    const url = await newDatabase();
    const directory = mkdtempSync(join(tmpdir(), 'sluice-open-'));
    const lakes = await Promise.all(
      [1, 2, 3, 4].map((each) =>
        openLake({ catalog: { kind: 'postgres', url }, dataPath: join(directory, 'data'), cacheDirectory: join(directory, `cache${each}`) }),
      ),
    );
    try {
      assert.equal(new Set(lakes.map(({ uuid }) => uuid)).size, 1);
      assert.equal((await lakes[0]?.history())?.length, 1);
    } finally {
      await Promise.all(lakes.map((lake) => lake.close()));
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

async function openDatabase(kind: CatalogDatabase['kind'], directory: string): Promise<CatalogDatabase> {
  return kind === 'duckdb' ? await openDuckdbCatalog(join(directory, 'catalog.db')) : await openPostgresCatalog(await newDatabase());
}

async function newDatabase(): Promise<string> {
  const { host, port, user } = await startPostgres();
  lastDatabase += 1;
  const name = `lake_database_${process.pid}_${lastDatabase}`;
  const client = new Client({ host, port, user, database: 'postgres' });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return `postgres://${user}@${host}:${port}/${name}`;
}

function isLakeError(code: LakeError['code'], message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof LakeError && error.code === code && message.test(error.message);
}
