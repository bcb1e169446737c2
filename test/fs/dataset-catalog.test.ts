import assert from 'node:assert/strict';
import { rm, symlink, utimes } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { DatasetCatalog } from '../../gateway/catalog/datasets.js';
import type { CatalogSnapshot } from '../../gateway/catalog/datasets.js';
import { DataRoots } from '../../fs/store/data-roots.js';
import type { Relation } from '../../planner/relation/relation.js';
import { scanSql } from '../../planner/relation/scan-sql.js';
import { SqlError } from '../../planner/sql-error.js';
import { printDataType, quoteText } from '../../planner/types/data-type.js';
import { TestDuckdb } from './duckdb-inspector.js';
import { TemporaryFolder } from './temporary-folder.js';

describe('the dataset catalog', () => {
  let folder: TemporaryFolder;
  let duckdb: TestDuckdb;
  let catalog: DatasetCatalog;

  beforeEach(async () => {
    folder = await TemporaryFolder.make();
    duckdb = await TestDuckdb.open();
    catalog = new DatasetCatalog({
      roots: await DataRoots.open([folder.path]),
      inspector: duckdb,
      log: () => undefined,
    });
  });

  afterEach(async () => {
    duckdb.close();
    await folder.remove();
  });

  async function parquet(path: string, query: string, options = 'FORMAT parquet'): Promise<void> {
    await duckdb.run(`COPY (${query}) TO ${quoteText(await folder.place(path))} (${options})`);
  }

  async function load(name: string, schema = 'public'): Promise<Relation> {
    const relation = await (await catalog.snapshot()).load(schema, name);
    assert(relation !== undefined, `no table ${schema}.${name}`);
    return relation;
  }

  async function rowsOf(relation: Relation, order = '1'): Promise<unknown[]> {
    return await duckdb.rows(`SELECT * FROM ${scanSql(relation)} ORDER BY ${order}`);
  }

  it('gives a name to every file, folder, and folder in a schema folder', async () => {
    await parquet('one.parquet', 'SELECT 1 AS a');
    await folder.write('two.csv', 'a\n1\n');
    await folder.write('three.json', '{"a": 1}');
    await folder.write('four.csv.gz', gzipSync('a\n1\n'));
    await parquet('five/x.parquet', 'SELECT 1 AS a');
    await parquet('six/k=1/x.parquet', 'SELECT 1 AS a');
    await parquet('sales/orders/x.parquet', 'SELECT 1 AS a');
    await parquet('sales/returns/y=1/z=2/x.parquet', 'SELECT 1 AS a');
    await folder.write('.hidden.csv', 'a\n1\n');
    await folder.write('_started.csv', 'a\n1\n');
    await folder.write('part.parquet.tmp', 'x');
    await folder.write('notes.txt', 'x');
    await folder.write('_logs/x.csv', 'a\n1\n');
    await folder.write('.sluice/staging/x/y.csv', 'a\n1\n');
    await folder.write('pg_catalog/t/y.csv', 'a\n1\n');
    assert.deepEqual(names(await catalog.snapshot()), [
      'public.five',
      'public.four',
      'public.one',
      'public.six',
      'public.three',
      'public.two',
      'sales.orders',
      'sales.returns',
    ]);
  });

  it('reads every format with its types', async () => {
    await parquet('p.parquet', "SELECT 1 AS a, 'x' AS b, DATE '2024-01-02' AS c, 1.50::DECIMAL(9, 2) AS d");
    await folder.write('c.csv', 'a,b,c,d\n1,"x, y",2024-01-02,1.5\n');
    await folder.write('j.ndjson', '{"a": 1, "b": "x"}\n{"a": 2, "c": "2024-01-02"}\n');
    assert.equal(columnsOf(await load('p')), 'a INTEGER, b VARCHAR, c DATE, d DECIMAL(9, 2)');
    assert.equal(columnsOf(await load('c')), 'a BIGINT, b VARCHAR, c DATE, d DOUBLE');
    assert.equal(columnsOf(await load('j')), 'a BIGINT, b VARCHAR, c DATE');
    assert.deepEqual(await rowsOf(await load('p')), [{ a: 1, b: 'x', c: '2024-01-02', d: '1.50' }]);
    assert.deepEqual(await rowsOf(await load('c')), [{ a: '1', b: 'x, y', c: '2024-01-02', d: 1.5 }]);
    assert.deepEqual(await rowsOf(await load('j')), [
      { a: '1', b: 'x', c: null },
      { a: '2', b: null, c: '2024-01-02' },
    ]);
  });

  it('keeps the relation while nothing changes, and sees new, changed and removed files at the next statement', async () => {
    await parquet('t/a.parquet', 'SELECT 1 AS a');
    const first = await load('t');
    assert.equal(await load('t'), first);
    assert.equal(duckdb.inspected.length, 1);
    await parquet('t/b.parquet', 'SELECT 2 AS a');
    assert.deepEqual(await rowsOf(await load('t')), [{ a: 1 }, { a: 2 }]);
    assert.equal(duckdb.inspected.length, 2, 'only the new file is opened');
    await parquet('t/a.parquet', 'SELECT 10 AS a UNION ALL SELECT 11');
    assert.deepEqual(await rowsOf(await load('t')), [{ a: 2 }, { a: 10 }, { a: 11 }]);
    await rm(`${folder.path}/t/b.parquet`);
    assert.deepEqual(await rowsOf(await load('t')), [{ a: 10 }, { a: 11 }]);
    await rm(`${folder.path}/t`, { recursive: true });
    assert.deepEqual(names(await catalog.snapshot()), []);
  });

  it('gives versions that change with names and with loaded files only', async () => {
    await parquet('t/a.parquet', 'SELECT 1 AS a');
    const first = await versionOf(catalog);
    assert.equal(await versionOf(catalog), first);
    await parquet('t/b.parquet', 'SELECT 1 AS a');
    const second = await versionOf(catalog);
    assert.notEqual(second, first);
    await parquet('u/a.parquet', 'SELECT 1 AS a');
    assert.notEqual(await versionOf(catalog), second);
  });

  it('shows one state of a table to one statement', async () => {
    await parquet('t/a.parquet', 'SELECT 1 AS a');
    const snapshot = await catalog.snapshot();
    const first = await snapshot.load('public', 't');
    await parquet('t/b.parquet', 'SELECT 2 AS a');
    assert.equal(await snapshot.load('public', 't'), first);
    assert.equal(snapshot.find('public', 't'), first);
    assert.equal(snapshot.find('public', 'other'), undefined);
  });

  it('takes partition columns from key=value folders', async () => {
    await parquet('t/year=2024/city=S%C3%A3o%20Paulo%2F1/a.parquet', 'SELECT 1 AS v');
    await parquet('t/year=2025/city=__HIVE_DEFAULT_PARTITION__/a.parquet', 'SELECT 2 AS v');
    await parquet('t/year=2025/city=/a.parquet', 'SELECT 3 AS v');
    const relation = await load('t');
    assert.equal(columnsOf(relation), 'v INTEGER, year BIGINT, city VARCHAR');
    assert.deepEqual(await rowsOf(relation), [
      { v: 1, year: '2024', city: 'São Paulo/1' },
      { v: 2, year: '2025', city: null },
      { v: 3, year: '2025', city: '' },
    ]);
  });

  for (const [values, type] of [
    [['2024-01-01', '2024-02-29'], 'DATE'],
    [['2024-01-01', '2024-02-30'], 'VARCHAR'],
    [['2024-01-01 10:00:00', '2024-01-01'], 'TIMESTAMP'],
    [['1', '-7', '007'], 'BIGINT'],
    [['1', '9223372036854775808'], 'VARCHAR'],
    [['1', 'x'], 'VARCHAR'],
    [['1', '__HIVE_DEFAULT_PARTITION__'], 'BIGINT'],
  ] as const) {
    it(`types partition values ${values.join(' and ')} as ${type}`, async () => {
      for (const [index, value] of values.entries()) {
        await folder.write(`t/k=${value.replaceAll(':', '%3A')}/${index}.csv`, `i\n${index}\n`);
      }
      const relation = await load('t');
      assert.equal(relation.columns[1] && printDataType(relation.columns[1].type), type);
      const rows = await duckdb.rows(`SELECT i, typeof(k) AS t FROM ${scanSql(relation)} ORDER BY i`);
      assert.deepEqual(
        rows,
        values.map((_, index) => ({ i: String(index), t: type })),
      );
    });
  }

  it('reads files whose columns differ by name', async () => {
    await parquet('t/a.parquet', "SELECT 1 AS a, 'x' AS b");
    await parquet('t/b.parquet', 'SELECT 1.5::DOUBLE AS c, 5000000000 AS a');
    await folder.write('u/a.csv', 'a,b\n1,x\n');
    await folder.write('u/b.csv', 'c,a\n1.5,2\n');
    assert.equal(columnsOf(await load('t')), 'a BIGINT, b VARCHAR, c DOUBLE');
    assert.deepEqual(await rowsOf(await load('t')), [
      { a: '1', b: 'x', c: null },
      { a: '5000000000', b: null, c: 1.5 },
    ]);
    assert.deepEqual(await rowsOf(await load('u')), [
      { a: '1', b: 'x', c: null },
      { a: '2', b: null, c: 1.5 },
    ]);
  });

  it('refuses mixed formats and doubtful names when the table is used, naming the files', async () => {
    await parquet('t/a.parquet', 'SELECT 1 AS a');
    await folder.write('t/b.csv', 'a\n1\n');
    await folder.write('u.csv', 'a\n1\n');
    await folder.write('u.json', '{"a": 1}');
    await parquet('v/k=1/a.parquet', 'SELECT 1 AS a');
    await parquet('v/a.parquet', 'SELECT 1 AS a');
    assert.deepEqual(names(await catalog.snapshot()), ['public.t', 'public.u', 'public.v']);
    await assert.rejects(load('t'), isSqlError('42809', /"t\/a.parquet" is parquet, "t\/b.csv" is csv/));
    await assert.rejects(load('u'), isSqlError('42809', /"u.csv" and "u.json"/));
    await assert.rejects(load('v'), isSqlError('42809', /"v\/a.parquet" and "v\/k=1\/a.parquet"/));
  });

  it('reads names with quotes, spaces, newlines, pattern characters and capitals', async () => {
    const hostile = ["it's", 'two words', 'new\nline', 'st*r[1]?', 'Großes', 'a"b', 'back\\slash', '{x,y}', "'; DROP TABLE t; --"];
    for (const name of hostile) {
      await parquet(`${name}/${name}.parquet`, 'SELECT 1 AS a');
      await folder.write(`csv ${name}/${name}.csv`, 'a\n1\n');
    }
    for (const name of hostile) {
      assert.equal((await rowsOf(await load(name))).length, 1, name);
      assert.equal((await rowsOf(await load(`csv ${name}`))).length, 1, name);
    }
    assert.equal(await (await catalog.snapshot()).load('public', 'großes'), undefined, 'names are looked up exactly');
  });

  it('follows links inside the root and ignores those that leave it', async () => {
    const outside = await TemporaryFolder.make();
    await outside.write('secret.csv', 'a\n1\n');
    await parquet('t/a.parquet', 'SELECT 1 AS a');
    await symlink(`${folder.path}/t`, `${folder.path}/linked`);
    await symlink(outside.path, `${folder.path}/escape`);
    await symlink(`${outside.path}/secret.csv`, `${folder.path}/file.csv`);
    await symlink(`${outside.path}/secret.csv`, `${folder.path}/t/b.parquet`);
    await symlink(`${folder.path}/t`, `${folder.path}/t/loop`);
    assert.deepEqual(names(await catalog.snapshot()), ['public.linked', 'public.t']);
    assert.deepEqual(await rowsOf(await load('linked')), [{ a: 1 }]);
    assert.deepEqual(await rowsOf(await load('t')), [{ a: 1 }]);
    await outside.remove();
  });

  it('forgets a table whose folder was emptied', async () => {
    await parquet('t/a.parquet', 'SELECT 1 AS a');
    await load('t');
    await rm(`${folder.path}/t/a.parquet`);
    assert.equal(await (await catalog.snapshot()).load('public', 't'), undefined);
    assert.deepEqual(names(await catalog.snapshot()), []);
  });

  it('makes nothing anew after being told to forget', async () => {
    await folder.write('t/a.csv', 'a\n1\n');
    const relation = await load('t');
    catalog.invalidate();
    assert.equal(await load('t'), relation);
  });

  it('reads what is left when a file vanishes between listing and opening', async () => {
    await parquet('t/a.parquet', 'SELECT 1 AS a');
    await parquet('t/b.parquet', 'SELECT 2 AS a');
    const inspect = duckdb.inspectParquet.bind(duckdb);
    duckdb.inspectParquet = async (paths) => {
      duckdb.inspectParquet = inspect;
      await rm(paths[1] ?? '');
      throw new SqlError('58P01', 'could not open file');
    };
    assert.deepEqual(await rowsOf(await load('t')), [{ a: 1 }]);
  });

  it('sees a file written in the same clock tick as the last look', async () => {
    await parquet('t/a.parquet', 'SELECT 1 AS a');
    await load('t');
    const tick = new Date();
    await parquet('t/b.parquet', 'SELECT 2 AS a');
    await utimes(`${folder.path}/t`, tick, tick);
    await load('t');
    await parquet('t/c.parquet', 'SELECT 3 AS a');
    await utimes(`${folder.path}/t`, tick, tick);
    assert.equal((await rowsOf(await load('t'))).length, 3);
  });
});

function isSqlError(sqlstate: string, detail: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof SqlError, String(error));
    assert.equal(error.sqlstate, sqlstate, error.message);
    assert.match(`${error.message} ${error.detail ?? ''}`, detail);
    return true;
  };
}

function columnsOf(relation: Relation): string {
  return relation.columns.map(({ name, type }) => `${name} ${printDataType(type)}`).join(', ');
}

function names(snapshot: CatalogSnapshot): string[] {
  return snapshot.relations().map(({ schema, name }) => `${schema}.${name}`);
}

/** The version of a snapshot with every table loaded. */
async function versionOf(catalog: DatasetCatalog): Promise<number> {
  const snapshot = await catalog.snapshot();
  await Promise.all(snapshot.relations().map(async (summary) => await summary.columns()));
  return snapshot.version;
}
