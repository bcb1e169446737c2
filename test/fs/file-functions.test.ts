import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { DataRoots } from '../../fs/store/data-roots.js';
import { DatasetCatalog } from '../../gateway/catalog/datasets.js';
import type { Relation } from '../../planner/relation/relation.js';
import { scanSql } from '../../planner/relation/scan-sql.js';
import { SqlError } from '../../planner/sql-error.js';
import { quoteText } from '../../planner/types/data-type.js';
import { TestDuckdb } from './duckdb-inspector.js';
import { TemporaryFolder } from './temporary-folder.js';

describe('table functions over files', () => {
  let folder: TemporaryFolder;
  let second: TemporaryFolder;
  let duckdb: TestDuckdb;
  let catalog: DatasetCatalog;

  beforeEach(async () => {
    folder = await TemporaryFolder.make();
    second = await TemporaryFolder.make();
    duckdb = await TestDuckdb.open();
    const roots = await DataRoots.open([folder.path, second.path]);
    catalog = new DatasetCatalog({ roots, inspector: duckdb, log: () => undefined });
  });

  afterEach(async () => {
    duckdb.close();
    await folder.remove();
    await second.remove();
  });

  async function parquet(path: string, query: string, root = folder): Promise<void> {
    await duckdb.run(`COPY (${query}) TO ${quoteText(await root.place(path))} (FORMAT parquet)`);
  }

  async function call(name: string, paths: string | readonly string[], options: Readonly<Record<string, string>> = {}): Promise<Relation> {
    return await catalog.resolveFileFunction({ function: name, paths: typeof paths === 'string' ? [paths] : paths, options, position: 7 });
  }

  async function rows(name: string, paths: string | readonly string[], options: Readonly<Record<string, string>> = {}): Promise<unknown[]> {
    return await duckdb.rows(`SELECT * FROM ${scanSql(await call(name, paths, options))} ORDER BY ALL`);
  }

  it('reads files by relative and absolute path, lists, folders, and files of the second root', async () => {
    await parquet('a/x.parquet', 'SELECT 1 AS v');
    await parquet('a/y.parquet', 'SELECT 2 AS v');
    await parquet('z.parquet', 'SELECT 3 AS v', second);
    assert.deepEqual(await rows('read_parquet', 'a/x.parquet'), [{ v: 1 }]);
    assert.deepEqual(await rows('parquet_scan', `${folder.path}/a/../a/x.parquet`), [{ v: 1 }]);
    assert.deepEqual(await rows('read_parquet', ['a/x.parquet', `${second.path}/z.parquet`]), [{ v: 1 }, { v: 3 }]);
    assert.deepEqual(await rows('read_parquet', 'a'), [{ v: 1 }, { v: 2 }]);
    assert.deepEqual(await rows('read_parquet', ['a/x.parquet', 'a/x.parquet']), [{ v: 1 }, { v: 1 }]);
  });

  for (const [pattern, expected] of [
    ['d/*.parquet', [1, 2]],
    ['d/**/*.parquet', [1, 2, 3, 4]],
    ['**/a?.parquet', [1, 2, 3]],
    ['d/a[0-1].parquet', [1]],
    ['d/a[!1].parquet', [2]],
    ['d/*/a1.parquet', [3]],
    ['d/**', [1, 2, 3, 4]],
    ['d/.*/a1.parquet', [9]],
    ['d/s/*b*[*]*.parquet', [4]],
  ] as const) {
    it(`finds the files of ${pattern}`, async () => {
      await parquet('d/a1.parquet', 'SELECT 1 AS v');
      await parquet('d/a2.parquet', 'SELECT 2 AS v');
      await parquet('d/s/a1.parquet', 'SELECT 3 AS v');
      await parquet('d/s/b*x.parquet', 'SELECT 4 AS v');
      await parquet('d/.h/a1.parquet', 'SELECT 9 AS v');
      assert.deepEqual(
        await rows('read_parquet', pattern),
        expected.map((v) => ({ v })),
      );
    });
  }

  it('takes a name for itself before it takes it for a pattern', async () => {
    await parquet('w[1].parquet', 'SELECT 1 AS v');
    await parquet('w1.parquet', 'SELECT 2 AS v');
    assert.deepEqual(await rows('read_parquet', 'w[1].parquet'), [{ v: 1 }]);
  });

  it('refuses what is outside the roots, by text, by link and in its own folder, and says when nothing matches', async () => {
    const outside = await TemporaryFolder.make();
    await parquet('x.parquet', 'SELECT 1 AS v', outside);
    await parquet('.sluice/x.parquet', 'SELECT 1 AS v');
    await symlink(outside.path, `${folder.path}/link`);
    await symlink(`${outside.path}/x.parquet`, `${folder.path}/file.parquet`);
    for (const path of [
      `${outside.path}/x.parquet`,
      `../${outside.path.split('/').at(-1)}/x.parquet`,
      'link/x.parquet',
      'link/*.parquet',
      'file.parquet',
      '.sluice/x.parquet',
      './a/../.sluice/*.parquet',
      '/etc/passwd',
      `${folder.path}x/y.parquet`,
      'x\0.parquet',
    ]) {
      await assert.rejects(call('read_parquet', path), hasState('42501'), path);
    }
    for (const path of ['nothing.parquet', 'link*/x.parquet', 'x/**/*.parquet', 'file*.parquet', '[z-a].parquet', '']) {
      await assert.rejects(call('read_parquet', path), hasState('58P01'), path);
    }
    await outside.remove();
  });

  it('takes the options of DuckDB that concern reading, and no others', async () => {
    await folder.write('a.csv', 'x;y\n1;2,5\n');
    await folder.write('k=1/b.csv', '7\n');
    await folder.write('c.json', '[{"a": 1}, {"a": 2, "b": [1]}]');
    await folder.write('d.ndjson', '{"a": 1}\n{"a": "x"}\n');
    assert.deepEqual(await rows('read_csv', 'a.csv'), [{ x: '1', y: '2,5' }]);
    assert.deepEqual(await rows('read_csv_auto', 'a.csv', { SEP: "';'", decimal_separator: "','" }), [{ x: '1', y: 2.5 }]);
    assert.deepEqual(await rows('read_csv', 'a.csv', { all_varchar: 'true', header: 'false', delim: "';'" }), [
      { column0: '1', column1: '2,5' },
      { column0: 'x', column1: 'y' },
    ]);
    assert.deepEqual(await rows('read_csv', 'k=1/b.csv', { columns: "{'n': 'DOUBLE'}", header: 'false' }), [{ n: 7, k: '1' }]);
    assert.deepEqual(await rows('read_csv', 'k=1/b.csv', { hive_partitioning: 'false', names: "['m']" }), [{ m: '7' }]);
    assert.deepEqual(await rows('read_csv', 'k=1/b.csv', { filename: 'true', header: 'false' }), [
      { column0: '7', filename: `${folder.path}/k=1/b.csv`, k: '1' },
    ]);
    assert.deepEqual(await rows('read_json', 'c.json'), [
      { a: '1', b: null },
      { a: '2', b: ['1'] },
    ]);
    assert.deepEqual(await rows('read_ndjson', 'd.ndjson', { columns: "{'a': 'VARCHAR'}" }), [{ a: '1' }, { a: 'x' }]);
    await assert.rejects(call('read_csv', 'a.csv', { store_rejects: 'true' }), hasState('42883'));
    await assert.rejects(call('read_parquet', 'a.csv', { encryption_config: '{}' }), hasState('42883'));
    await assert.rejects(call('read_blob', 'a.csv'), hasState('42883'));
  });

  it('remembers a call until its files change', async () => {
    await parquet('a/x.parquet', 'SELECT 1 AS v');
    const first = await call('read_parquet', 'a/*.parquet');
    assert.equal(await call('read_parquet', 'a/*.parquet'), first);
    await parquet('a/y.parquet', 'SELECT 2 AS v');
    assert.deepEqual(await rows('read_parquet', 'a/*.parquet'), [{ v: 1 }, { v: 2 }]);
  });

  it('finds COPY targets under the roots only', async () => {
    await symlink('/tmp', `${folder.path}/away`);
    assert.deepEqual(await target('new/table'), ['new/table', undefined, false]);
    await folder.write('there/x.csv', 'a\n');
    assert.deepEqual(await target('there'), ['there', undefined, true]);
    assert.deepEqual(await target(`${second.path}/x.csv.gz`), ['x.csv.gz', 'csv', false]);
    for (const path of ['../x', '/tmp/x', 'away/x', '.sluice/staging/x']) {
      await assert.rejects(target(path), hasState('42501'), path);
    }
    await assert.rejects(target('.'), hasState('22023'));
  });

  async function target(path: string): Promise<unknown[]> {
    const found = await catalog.resolveCopyTarget(path);
    return [found.path, found.fileFormat, found.exists];
  }
});

function hasState(sqlstate: string): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof SqlError, String(error));
    assert.equal(error.sqlstate, sqlstate, error.message);
    return true;
  };
}
