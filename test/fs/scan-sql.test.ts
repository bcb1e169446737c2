import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Column, DataFile, FileSource, Relation } from '../../planner/relation/relation.js';
import { scanSql, stubScanSql } from '../../planner/relation/scan-sql.js';
import type { DataType } from '../../planner/types/data-type.js';
import { decimal, list, quoteText, scalar } from '../../planner/types/data-type.js';
import { TestDuckdb } from './duckdb-inspector.js';
import { TemporaryFolder } from './temporary-folder.js';

const INTEGER = scalar('INTEGER');
const BIGINT = scalar('BIGINT');
const VARCHAR = scalar('VARCHAR');

describe('the SQL that reads a relation', () => {
  let folder: TemporaryFolder;
  let duckdb: TestDuckdb;

  before(async () => {
    folder = await TemporaryFolder.make();
    duckdb = await TestDuckdb.open();
  });

  after(async () => {
    duckdb.close();
    await folder.remove();
  });

  async function parquet(path: string, query: string, options = ''): Promise<DataFile> {
    const absolute = await folder.place(path);
    await duckdb.run(`COPY (${query}) TO ${quoteText(absolute)} (FORMAT parquet${options})`);
    const [found] = await duckdb.inspectParquet([absolute]);
    assert(found !== undefined);
    return { path: absolute, byteCount: 1, rowCount: found.rowCount, rowGroups: found.rowGroups };
  }

  async function csv(path: string, text: string): Promise<DataFile> {
    return { path: await folder.write(path, text), byteCount: text.length };
  }

  async function rows(sql: string): Promise<unknown[]> {
    return await duckdb.rows(`SELECT * FROM ${sql} AS x ORDER BY ALL`);
  }

  it('reads Parquet by a bare call when nothing is to be changed, and only the columns asked for otherwise', async () => {
    const file = await parquet('plain.parquet', "SELECT 1 AS a, 'x' AS b");
    const relation = relationOf([column('a', INTEGER), column('b', VARCHAR)], { files: [file] });
    assert.match(scanSql(relation), /^read_parquet\(\['[^']*'\]/);
    assert.deepEqual(await rows(scanSql(relation)), [{ a: 1, b: 'x' }]);
    assert.deepEqual(await rows(scanSql(relation, { columns: ['b', 'a'] })), [{ b: 'x', a: 1 }]);
    assert.deepEqual(await rows(scanSql(relation, { rowCountHint: 1e6 })), [{ a: 1, b: 'x' }]);
    assert.deepEqual(await duckdb.rows(`SELECT count(*)::INT AS n FROM ${scanSql(relation, { columns: [] })} AS t`), [{ n: 1 }]);
  });

  it('gives an empty relation of the right types for no files', async () => {
    const relation = relationOf([column('a', decimal(9, 2)), column('b', list(BIGINT)), column('odd "name"', VARCHAR)], { files: [] });
    const described = await duckdb.describeFiles(scanSql(relation));
    assert.deepEqual(described, relation.columns);
    assert.deepEqual(await rows(scanSql(relation)), []);
    assert.deepEqual(await rows(scanSql(relation, { columns: [] })), []);
  });

  it('reads row ranges, exactly once each, across row groups', async () => {
    const big = await parquet('big.parquet', 'SELECT i::INTEGER AS i FROM range(10000) t(i)', ', ROW_GROUP_SIZE 2048');
    const small = await parquet('small.parquet', 'SELECT -1 - i::INTEGER AS i FROM range(10) t(i)');
    assert((big.rowGroups?.length ?? 0) > 3);
    const relation = relationOf([column('i', INTEGER)], { files: [big, small] });
    const shares = [{ file: big, firstRow: 5000, rowCount: 5000 }, { file: big, rowCount: 5000 }, { file: small }];
    const parts = await Promise.all(shares.map(async (share) => await rows(scanSql(relation, { files: [share] }))));
    assert.deepEqual(
      parts.map((part) => part.length),
      [5000, 5000, 10],
    );
    const all = `SELECT count(DISTINCT i)::INT AS n, min(i) AS low, max(i) AS high FROM ${scanSql(relation, { files: shares })} AS t`;
    assert.deepEqual(await duckdb.rows(all), [{ n: 10010, low: -10, high: 9999 }]);
    assert.doesNotMatch(scanSql(relation, { files: [{ file: big, firstRow: 0, rowCount: 10000 }] }), /file_row_number/);
  });

  it('reads row ranges of files that have a column named like the row number', async () => {
    const file = await parquet('clash.parquet', 'SELECT 100 - i::INTEGER AS file_row_number FROM range(100) t(i)');
    const relation = relationOf([column('file_row_number', INTEGER)], { files: [file] });
    const shares = [
      { file, firstRow: 1, rowCount: 2 },
      { file, firstRow: 50, rowCount: 1 },
    ];
    assert.deepEqual(await rows(scanSql(relation, { files: shares })), [{ file_row_number: 50 }, { file_row_number: 98 }, { file_row_number: 99 }]);
  });

  it('reads files with other columns by name, whole, by ranges, and of partitions', async () => {
    const first = await parquet('evolved/k=1/a.parquet', 'SELECT i::INTEGER AS i, {x: 1} AS s FROM range(5) t(i)');
    const second = await parquet('evolved/k=2/b.parquet', "SELECT 'new' AS extra, {y: 'q', x: 2::BIGINT} AS s, 10::BIGINT AS i");
    const struct: DataType = {
      kind: 'struct',
      fields: [
        { name: 'x', type: BIGINT },
        { name: 'y', type: VARCHAR },
      ],
    };
    const columns = [column('i', BIGINT), column('s', struct), column('extra', VARCHAR)];
    const relation = relationOf(columns, { files: [first, second], unionByName: true });
    const fromFirst = ['0', '1', '2', '3', '4'].map((i) => ({ i, s: { x: '1', y: null }, extra: null as string | null }));
    const fromSecond = { i: '10', s: { x: '2', y: 'q' }, extra: 'new' };
    assert.deepEqual(await rows(scanSql(relation)), [...fromFirst, fromSecond]);
    assert.deepEqual(await rows(scanSql(relation, { files: [{ file: second }] })), [fromSecond]);
    assert.deepEqual(await rows(scanSql(relation, { files: [{ file: first, firstRow: 3, rowCount: 9 }] })), fromFirst.slice(3));
    assert.deepEqual(
      await rows(scanSql(relation, { files: [{ file: first }], columns: ['extra'] })),
      fromFirst.map(({ extra }) => ({ extra })),
    );
    const partitioned = relationOf([...columns, column('k', BIGINT)], {
      files: [
        { ...first, partitionValues: ['1'] },
        { ...second, partitionValues: ['2'] },
      ],
      partitionColumns: ['k'],
      unionByName: true,
    });
    assert.deepEqual(await duckdb.rows(`SELECT k, count(*)::INT AS n, count(extra)::INT AS e FROM ${scanSql(partitioned)} AS t GROUP BY k ORDER BY k`), [
      { k: '1', n: 5, e: 0 },
      { k: '2', n: 1, e: 1 },
    ]);
  });

  for (const [folderName, value, type] of [
    ['k=7', '7', BIGINT],
    ['k=a%2Fb%20c', 'a/b c', VARCHAR],
    ['k=__HIVE_DEFAULT_PARTITION__', null, VARCHAR],
    ['k=NULL', 'NULL', VARCHAR],
    ['k=a=b', 'a=b', VARCHAR],
    ['k=100%', '100%', VARCHAR],
    ['%6b=x', 'x', VARCHAR],
    ['k=2024-02-29', '2024-02-29', scalar('DATE')],
    ["k=it's", "it's", VARCHAR],
    ['k=', '', VARCHAR],
    ['other=1/k=x', 'x', VARCHAR],
  ] as const) {
    it(`takes the partition value ${JSON.stringify(value)} of ${folderName}, whatever the file says of that column`, async () => {
      const file = await parquet(`hive/${folderName}/f.parquet`, "SELECT 1 AS a, 'file' AS k, 'file' AS other");
      const relation = relationOf([column('k', type), column('a', INTEGER), column('other', VARCHAR)], {
        files: [{ ...file, partitionValues: [value] }],
        partitionColumns: ['k'],
      });
      assert.deepEqual(await rows(scanSql(relation)), [{ k: value, a: 1, other: 'file' }]);
      const described = await duckdb.describeFiles(scanSql(relation));
      assert.deepEqual(described, relation.columns);
      assert.deepEqual(await rows(scanSql(relation, { files: [{ file: { ...file, partitionValues: [value] }, firstRow: 0, rowCount: 0 }] })), []);
    });
  }

  it('reads many partitions by one call, so that DuckDB can prune them', async () => {
    const files = await Promise.all(
      [1, 2, 3].map(async (k) => ({ ...(await parquet(`many/k=${k}/f.parquet`, `SELECT ${k} * 10 AS a`)), partitionValues: [String(k)] })),
    );
    const relation = relationOf([column('a', INTEGER), column('k', BIGINT)], { files, partitionColumns: ['k'] });
    assert.equal(scanSql(relation).match(/read_parquet/g)?.length, 1);
    assert.deepEqual(await duckdb.rows(`SELECT a FROM ${scanSql(relation)} AS t WHERE k = 2`), [{ a: 20 }]);
  });

  it('casts columns that Parquet cannot carry back', async () => {
    const file = await parquet('stored.parquet', "SELECT '170141183460469231731687303715884105727' AS h, 1 AS a");
    const relation = relationOf([column('h', scalar('HUGEINT')), column('a', INTEGER)], { files: [file], storedTypes: { h: VARCHAR } });
    assert.deepEqual(await rows(scanSql(relation)), [{ h: '170141183460469231731687303715884105727', a: 1 }]);
    assert.deepEqual(await duckdb.describeFiles(scanSql(relation, { columns: ['h'] })), [column('h', scalar('HUGEINT'))]);
  });

  it('reads CSV by the pinned dialect and each file by its own header', async () => {
    const files = [await csv('k=1/a.csv', "i;t\n1;'x;y'\n"), { ...(await csv('k=2/b.csv', 'u;i\n2.5;2\n')), columns: ['u', 'i'] }].map((file, index) => ({
      ...file,
      partitionValues: [String(index + 1)],
    }));
    const relation = relationOf([column('i', BIGINT), column('t', VARCHAR), column('u', scalar('DOUBLE')), column('k', INTEGER)], {
      format: 'csv',
      files: files.map((file, index) => (index === 0 ? { ...file, columns: ['i', 't'] } : file)),
      partitionColumns: ['k'],
      readerOptions: { header: 'true', delim: "';'", quote: "''''" },
    });
    assert.deepEqual(await rows(scanSql(relation)), [
      { i: '1', t: 'x;y', u: null, k: 1 },
      { i: '2', t: null, u: 2.5, k: 2 },
    ]);
    assert.deepEqual(await rows(scanSql(relation, { columns: ['k', 'i'] })), [
      { k: 1, i: '1' },
      { k: 2, i: '2' },
    ]);
    assert.throws(() => scanSql(relation, { files: files.map((file) => ({ file, firstRow: 1 })) }));
  });

  it('reads JSON by the given columns and partitions', async () => {
    const file = { ...(await csv('k=x/a.json', '[{"a": 1, "b": [1, 2]}, {"c": "ignored"}]')), partitionValues: ['x'] };
    const relation = relationOf([column('a', scalar('DOUBLE')), column('b', list(BIGINT)), column('k', VARCHAR)], {
      format: 'json',
      files: [file],
      partitionColumns: ['k'],
    });
    assert.deepEqual(await rows(scanSql(relation)), [
      { a: 1, b: ['1', '2'], k: 'x' },
      { a: null, b: null, k: 'x' },
    ]);
  });

  it('prints stubs that claim their rows', async () => {
    const stub = await parquet("it's [a] stub.parquet", 'SELECT 1 AS a WHERE false');
    const [plan] = await duckdb.rows(`EXPLAIN SELECT a FROM ${stubScanSql(stub.path, 123_456)} AS t`);
    assert.match(JSON.stringify(plan), /123,456 rows/);
    assert.match(stubScanSql(stub.path, 0), /explicit_cardinality => 1\)$/);
  });
});

function column(name: string, type: DataType): Column {
  return { name, type };
}

function relationOf(columns: readonly Column[], source: Partial<FileSource>): Relation {
  return {
    schema: 'public',
    name: 't',
    columns,
    source: { kind: 'files', format: 'parquet', files: [], partitionColumns: [], readerOptions: {}, unionByName: false, ...source },
  };
}
