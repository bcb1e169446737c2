import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { Client } from 'pg';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { inDuckDB, tableFiles } from './data-files.js';
import { bucketOfInteger, bucketOfText } from './iceberg-bucket.js';

const ROWS = 3000;
const SPLIT = 'SELECT /*+ DISTRIBUTED PARTITION(pruned, FILES, 100) */';

describe('lake/data: layout of files', function () {
  this.timeout(120_000);
  let directory: string;
  let catalog: string;
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-lake-layout-'));
    catalog = join(directory, 'catalog', 'catalog.duckdb');
    mkdirSync(join(directory, 'data'));
    await open();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('partitions by value: NULLs, odd texts, and texts longer than a file name', async () => {
    await client.query("CREATE TABLE by_text (n integer, k text) WITH (partition_by = 'k')");
    const keys = ["'plain'", "''", "'NULL'", "'a/b=c%2F'", `'\u{1F986} \\'`, "repeat('é', 300)", 'NULL'];
    await client.query(`INSERT INTO by_text SELECT n, (ARRAY[${keys.join(', ')}])[n % ${keys.length} + 1] FROM generate_series(0, ${ROWS - 1}) AS g (n)`);
    const counts = await rows('SELECT count(*), count(k), count(DISTINCT k), max(length(k)) FROM by_text');
    assert.deepEqual(counts, [[String(ROWS), String(ROWS - countOf((n) => n % keys.length === 6)), '6', '300']]);
    // Every file holds one key, the one that the catalog says.
    const held = await filesByCatalog('by_text');
    assert.equal(held.length, keys.length);
    for (const { path, values } of held) {
      const [found] = await inDuckDB(`SELECT DISTINCT k FROM read_parquet('${path}', hive_partitioning => false)`);
      assert.deepEqual(values, found, path);
    }
  });

  it('partitions by the parts of a time', async () => {
    await client.query("CREATE TABLE by_time (t timestamp, n integer) WITH (partition_by = 'year(t), month(t), day(t), hour(t)')");
    await client.query(`INSERT INTO by_time SELECT timestamp '1999-12-31 20:00:00' + n * interval '7 minutes', n FROM generate_series(1, 100) AS g (n)`);
    for (const { path, values } of await filesByCatalog('by_time')) {
      assert.deepEqual(await inDuckDB(`SELECT DISTINCT year(t), month(t), day(t), hour(t) FROM read_parquet('${path}')`), [values]);
    }
    assert.deepEqual(await rows('SELECT count(*), sum(n) FROM by_time'), [['100', '5050']]);
  });

  it("puts rows into Iceberg's buckets", async () => {
    await client.query("CREATE TABLE by_bucket (i bigint, t text) WITH (partition_by = 'bucket(5, i), bucket(3, t)')");
    await client.query(
      `INSERT INTO by_bucket SELECT CASE WHEN n % 11 = 0 THEN NULL ELSE (n - 1500) * 1234567890123 END, repeat('é', n % 5) || n FROM generate_series(1, ${ROWS}) AS g (n)`,
    );
    const seen = new Set<string>();
    for (const { path, values } of await filesByCatalog('by_bucket')) {
      seen.add(JSON.stringify(values));
      for (const [i = null, t = null] of await inDuckDB(`SELECT i, t FROM read_parquet('${path}')`)) {
        assert.deepEqual([i === null ? null : String(bucketOfInteger(BigInt(i), 5)), t === null ? null : String(bucketOfText(t, 3))], values, `${i} ${t}`);
      }
    }
    assert.equal(seen.size, 6 * 3, 'all buckets, and the NULLs');
  });

  it('keeps the statistics that the files themselves have', async () => {
    await client.query("CREATE TABLE facts (n integer, t text, d date, p numeric(10,2), g integer) WITH (partition_by = 'g')");
    await client.query(
      `INSERT INTO facts SELECT n, CASE WHEN n % 3 = 0 THEN NULL ELSE 't' || n END, date '2020-01-01' + n::integer, n / 100.0, n % 2 FROM generate_series(1, ${ROWS}) AS g (n)`,
    );
    const stored = await inCatalog(
      `SELECT f.path, c.column_name, s.min_value, s.max_value, s.null_count, f.record_count, f.file_size_bytes, f.footer_size
       FROM ducklake_data_file f JOIN ducklake_table t USING (table_id) JOIN ducklake_file_column_stats s USING (data_file_id)
       JOIN ducklake_column c ON c.column_id = s.column_id AND c.table_id = t.table_id WHERE t.table_name = 'facts' ORDER BY ALL`,
    );
    assert.equal(stored.length, 2 * 5);
    const paths = tableFiles(directory, 'facts');
    for (const [relative = '', column = '', min, max, nulls, rowCount, byteCount, footerByteCount] of stored) {
      const path = paths.find((each) => each.endsWith(relative ?? ''));
      const name = `"${column}"`;
      const [found] = await inDuckDB(
        `SELECT min(${name})::VARCHAR, max(${name})::VARCHAR, count(*) - count(${name}), count(*),
           (SELECT file_size_bytes FROM parquet_file_metadata('${path}')), (SELECT footer_size FROM parquet_file_metadata('${path}'))
         FROM read_parquet('${path}')`,
      );
      assert.deepEqual([min, max, nulls, rowCount, byteCount, footerByteCount], found, `${relative} ${column}`);
      const [own] = await inDuckDB(
        `SELECT min(stats_min_value), max(stats_max_value), sum(stats_null_count)::BIGINT FROM parquet_metadata('${path}') WHERE path_in_schema = '${column}'`,
      );
      if (column !== 't' && column !== 'n' && column !== 'g') {
        assert.deepEqual([min, max, nulls], own, `${relative} ${column} in the footer`);
      }
    }
  });

  it('sorts within files', async () => {
    await client.query("CREATE TABLE sorted (n integer, t text) WITH (sort_by = 'n desc')");
    await client.query(`INSERT INTO sorted SELECT (n * 7919) % ${ROWS}, 'x' FROM generate_series(1, ${ROWS}) AS g (n)`);
    for (const { path } of await filesByCatalog('sorted')) {
      const found = await inDuckDB(`SELECT n FROM read_parquet('${path}', file_row_number => true) ORDER BY file_row_number`);
      const values = found.map(([n]) => Number(n));
      assert.deepEqual(
        values,
        values.toSorted((a, b) => b - a),
      );
    }
  });

  it('reads only the files that may hold rows, by statistics and partition values', async () => {
    await client.query("CREATE TABLE pruned (k integer, t timestamptz, u uuid, s text, added integer) WITH (partition_by = 'k')");
    await client.query(
      `INSERT INTO pruned SELECT n / 500, timestamptz '2020-01-01 00:00:00+00' + (n / 500) * interval '1 day', ('0000000' || n / 500 || '-0000-0000-0000-000000000000')::uuid, 's' || n / 500, n FROM generate_series(0, ${ROWS - 1}) AS g (n)`,
    );
    for (const [condition, fileCount] of [
      ['true', 6],
      ['k = 3', 1],
      ['k >= 4', 2],
      ['k BETWEEN 1 AND 2', 2],
      ['k = 77', 1],
      ["t < timestamptz '2020-01-02 12:00:00+00'", 2],
      ["t = timestamptz '2020-01-03 02:00:00+02'", 1],
      ["u = '00000004-0000-0000-0000-000000000000'", 1],
      ["s >= 's5'", 1],
      ['added BETWEEN 400 AND 600', 2],
      ['k IS NULL', 1],
    ] as const) {
      const sql = `SELECT count(*), sum(added) FROM pruned WHERE ${condition}`;
      assert.equal(await scannedFiles(sql), fileCount, condition);
      assert.deepEqual(await rows(sql.replace('SELECT', SPLIT)), await rows(sql.replace('SELECT', 'SELECT /*+ LOCAL */')), condition);
    }
    // Deleted rows and rows of former types must not be missed by what statistics say.
    await client.query('DELETE FROM pruned WHERE added % 2 = 0');
    await client.query('ALTER TABLE pruned ALTER COLUMN added TYPE bigint');
    await client.query('ALTER TABLE pruned ADD COLUMN late integer DEFAULT 9');
    assert.deepEqual(await rows(`${SPLIT} count(*) FROM pruned WHERE late = 9 AND added > 2990`), [['5']]);
  });

  /** Split into as many tasks as can be, a scan of small files has one for each that is left. */
  async function scannedFiles(sql: string): Promise<number> {
    const lines = await rows(`EXPLAIN ${sql.replace('SELECT', SPLIT)}`);
    const match = /^Stage 1 +(\d+) tasks?/.exec(lines[0]?.[0] ?? '');
    assert(match !== null, JSON.stringify(lines));
    return Number(match[1]);
  }

  /** The live data files of a table with their partition values, as the catalog has them. */
  async function filesByCatalog(table: string): Promise<readonly { readonly path: string; readonly values: readonly (string | null)[] }[]> {
    const found = await inCatalog(
      `SELECT f.path, (SELECT to_json(list(v.partition_value ORDER BY v.partition_key_index)) FROM ducklake_file_partition_value v WHERE v.data_file_id = f.data_file_id)
       FROM ducklake_data_file f JOIN ducklake_table t USING (table_id) WHERE t.table_name = '${table}'`,
    );
    const paths = tableFiles(directory, table);
    return found.map(([relative, values]) => {
      const path = paths.find((each) => each.endsWith(relative ?? ''));
      assert(path !== undefined, `${relative} of ${paths.join(', ')}`);
      const list: unknown = JSON.parse(values ?? '[]');
      return { path, values: Array.isArray(list) ? list.map((value) => (value === null ? null : String(value))) : [] };
    });
  }

  /** One process at a time has the catalog's file: the gateway is down meanwhile. */
  async function inCatalog(sql: string): Promise<(string | null)[][]> {
    await client.end();
    await server.stop();
    try {
      return await inDuckDB(sql, catalog);
    } finally {
      await open();
    }
  }

  async function open(): Promise<void> {
    server = await startSluice({ data: join(directory, 'data'), state: join(directory, 'state'), executors: 2, threads: 1, extra: ['--catalog', catalog] });
    client = await server.connect();
  }

  async function rows(sql: string): Promise<(string | null)[][]> {
    const result = await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types: { getTypeParser: () => (text: string) => text } });
    return result.rows;
  }
});

function countOf(matches: (n: number) => boolean): number {
  return Array.from({ length: ROWS }, (_, n) => n).filter(matches).length;
}
