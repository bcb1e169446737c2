import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { DatabaseError, type Client } from 'pg';
import { startSluice, type SluiceServer } from '../services/sluice.js';
import { inDuckDB, tableFiles } from './data-files.js';

/** Enough rows for a file: fewer may be kept in the catalog. */
const ROWS = 1000;

/** Values that a file must give back as they were; every one is a type's hard case. */
const VALUES: readonly { readonly type: string; readonly literals: readonly string[] }[] = [
  { type: 'boolean', literals: ['true', 'false'] },
  { type: 'smallint', literals: ["'-32768'", "'32767'"] },
  { type: 'bigint', literals: ["'-9223372036854775808'", "'9223372036854775807'"] },
  { type: 'real', literals: ["'NaN'", "'-Infinity'", '0.1', "'-0'"] },
  { type: 'double precision', literals: ["'NaN'", "'Infinity'", '0.1', '1e-300', "'-0'"] },
  { type: 'numeric(5,2)', literals: ['-999.99', '0.01'] },
  { type: 'numeric(38,10)', literals: ['1234567890123456789012345678.0123456789'] },
  { type: 'text', literals: ["''", "'NULL'", `'a''b"c\\ \u{1F986}'`, "'\n'"] },
  { type: 'varchar(5)', literals: ["'abcde'"] },
  { type: 'bytea', literals: ["'\\x'", "'\\x00ff5c'"] },
  { type: 'date', literals: ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'9999-12-31'"] },
  { type: 'time', literals: ["'00:00:00.000001'", "'23:59:59.999999'"] },
  { type: 'timetz', literals: ["'12:34:56.789+05:30'", "'00:00:00-12'"] },
  { type: 'timestamp', literals: ["'infinity'", "'1969-12-31 23:59:59.999999'"] },
  { type: 'timestamptz', literals: ["'-infinity'", "'1880-01-01 00:00:00.000001+00'"] },
  { type: 'interval', literals: ["'1 mon -2 days 00:00:00.000001'", "'-3 years'"] },
  { type: 'uuid', literals: ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"] },
  { type: 'json', literals: [`'{"b": [1, null, "x"], "a": 1}'`, "'null'"] },
  { type: 'integer[]', literals: ["'{}'", "'{1,NULL,-2147483648}'"] },
  { type: 'text[]', literals: [`'{"a,b",NULL,"NULL","\\""}'`] },
  { type: 'interval[]', literals: ["'{00:00:00.000001,1 mon}'"] },
  { type: 'timetz[]', literals: ["'{12:34:56.789+05:30}'"] },
];

describe('lake/data: values, evolution and deletes', function () {
  this.timeout(120_000);
  let directory: string;
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-lake-data-'));
    mkdirSync(join(directory, 'data'));
    server = await startSluice({ data: join(directory, 'data'), state: join(directory, 'state'), executors: 2, threads: 1 });
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  for (const [index, { type, literals }] of VALUES.entries()) {
    it(`gives back ${type} as it was, from files and from the catalog`, async () => {
      for (const [place, literal] of literals.entries()) {
        const name = `value_${index}_${place}`;
        const expected = await one(`SELECT ${literal}::${type}`);
        await client.query(`CREATE TABLE ${name} (n integer, v ${type})`);
        await client.query(`INSERT INTO ${name} VALUES (0, ${literal})`);
        // Nested values the catalog does not hold.
        assert.equal(tableFiles(directory, name).length, type.endsWith('[]') ? 1 : 0, 'where one row is kept');
        await client.query(`INSERT INTO ${name} SELECT n, ${literal}::${type} FROM generate_series(1, ${ROWS}) AS g (n)`);
        await client.query(`INSERT INTO ${name} SELECT n, NULL FROM generate_series(${ROWS + 1}, ${2 * ROWS}) AS g (n)`);
        assert(tableFiles(directory, name).length > 0, 'many rows are in files');
        const wanted = new Map([
          [expected, ROWS + 1],
          [null, ROWS],
        ]);
        assert.deepEqual(await valueCounts(name), wanted, `${type} ${literal}`);
        // Changed rows go through staged files: they must not lose anything there either.
        await client.query(`UPDATE ${name} SET n = -n WHERE n % 2 = 0`);
        assert.deepEqual(await valueCounts(name), wanted, `${type} ${literal} after an update`);
      }
    });
  }

  for (const road of ['LOCAL', 'DISTRIBUTED PARTITION(t, FILES, 2)', ...[1, 4, 16].map((count) => `DISTRIBUTED PARTITION(t, FILES, 9) PARTITIONS(${count})`)]) {
    it(`reads files of several ages by field id: ${road}`, async () => {
      const name = `ages_${road.replaceAll(/\W/g, '').toLowerCase()}`;
      await client.query(`CREATE TABLE ${name} (a integer, b text, c integer)`);
      await client.query(`INSERT INTO ${name} SELECT n, 'b' || n, -n FROM generate_series(1, ${ROWS}) AS g (n)`);
      await client.query(`ALTER TABLE ${name} ADD COLUMN d integer DEFAULT 7`);
      await client.query(`ALTER TABLE ${name} DROP COLUMN b`);
      await client.query(`ALTER TABLE ${name} ADD COLUMN b text`);
      await client.query(`ALTER TABLE ${name} RENAME COLUMN c TO filename`);
      await client.query(`ALTER TABLE ${name} RENAME COLUMN a TO c`);
      await client.query(`ALTER TABLE ${name} ALTER COLUMN c TYPE bigint`);
      await client.query(`INSERT INTO ${name} (c, d, b, filename) SELECT n + 5000000000, NULL, 'new', 1 FROM generate_series(1, ${ROWS}) AS g (n)`);
      await client.query(`INSERT INTO ${name} (c) VALUES (-1)`);
      const sum = (ROWS * (ROWS + 1)) / 2;
      assert.deepEqual(await rows(`SELECT /*+ ${road} */ b, d, count(*), sum(c), sum(filename) FROM ${name} AS t GROUP BY 1, 2 ORDER BY 3, 2 NULLS FIRST`), [
        ['new', null, String(ROWS), String(sum + 5_000_000_000 * ROWS), String(ROWS)],
        [null, '7', String(ROWS + 1), String(sum - 1), String(-sum)],
      ]);
    });
  }

  it('leaves deleted rows out of whole and distributed scans, whatever their shares', async () => {
    // Several row groups in one file, so that shares by rows cut it.
    await client.query('CREATE TABLE holes AS SELECT n::integer AS n, (n % 10)::integer AS k FROM generate_series(1, 300000) AS g (n)');
    await client.query('INSERT INTO holes SELECT n, 3 FROM generate_series(300001, 301000) AS g (n)');
    const gone: ((n: number) => boolean)[] = [];
    for (const [condition, matches] of [
      ['n % 1000 = 7', (n: number): boolean => n % 1000 === 7],
      ['n BETWEEN 122870 AND 122890', (n: number): boolean => n >= 122_870 && n <= 122_890],
      ['n % 1000 = 8 OR n = 1 OR n = 300000', (n: number): boolean => n % 1000 === 8 || n === 1 || n === 300_000],
    ] as const) {
      await client.query(`DELETE FROM holes WHERE ${condition}`);
      gone.push(matches);
      const left = Array.from({ length: 301_000 }, (_, index) => index + 1).filter((n) => !gone.some((each) => each(n)));
      const expected = [[String(left.length), String(left.reduce((sum, n) => sum + n, 0))]];
      for (const road of [
        'LOCAL',
        'PARTITION(t, FILES, 2)',
        'PARTITION(t, ROWS, 3)',
        ...[1, 4, 16].map((count) => `PARTITION(t, ROWS, 16) PARTITIONS(${count})`),
      ]) {
        assert.deepEqual(await rows(`SELECT /*+ ${road} */ count(*), sum(n) FROM holes AS t`), expected, `${condition} ${road}`);
        const query = `SELECT /*+ ${road} */ k, count(*) FROM holes AS t GROUP BY k`;
        assert.deepEqual(await rows(`${query} ORDER BY k`), groups(left), `${condition} ${road}`);
        const [stage] = await rows(`EXPLAIN ${query}`);
        assert.equal(/^Stage 1 +[2-9] tasks/.test(stage?.[0] ?? ''), road !== 'LOCAL', `${road}: ${stage?.[0]}`);
      }
      // The row count alone comes from no column.
      assert.deepEqual(await rows('SELECT count(*) FROM holes'), [[expected[0]?.[0]]]);
    }
    // A file that loses its last row goes whole; the table is not read from it again.
    await client.query('DELETE FROM holes WHERE n > 300000');
    assert.deepEqual(await rows('SELECT count(*) FROM holes WHERE n > 300000'), [['0']]);
  });

  it('writes delete files as DuckLake wants them: sorted, with its field ids, one a data file', async () => {
    await client.query(`CREATE TABLE form AS SELECT n::integer AS n FROM generate_series(1, ${ROWS}) AS g (n)`);
    await client.query('DELETE FROM form WHERE n IN (900, 5)');
    await client.query('DELETE FROM form WHERE n IN (300, 5, 899)');
    const deletes = tableFiles(directory, 'form').filter((path) => path.endsWith('-delete.parquet'));
    const held = await Promise.all(deletes.map((path) => inDuckDB(`SELECT pos FROM read_parquet('${path}')`)));
    assert(
      held.some((positions) => JSON.stringify(positions) === JSON.stringify([['4'], ['299'], ['898'], ['899']])),
      JSON.stringify(held),
    );
    const [schema] = await Promise.all(
      deletes.slice(0, 1).map((path) => inDuckDB(`SELECT name, field_id FROM parquet_schema('${path}') WHERE field_id IS NOT NULL`)),
    );
    assert.deepEqual(schema, [
      ['file_path', '2147483546'],
      ['pos', '2147483545'],
    ]);
  });

  it('refuses types that DuckLake cannot hold', async () => {
    for (const type of ['bit(3)', 'bit varying']) {
      await assert.rejects(client.query(`CREATE TABLE refused (v ${type})`), (error) => error instanceof DatabaseError && error.code === '0A000');
    }
  });

  async function rows(sql: string): Promise<(string | null)[][]> {
    const result = await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types: { getTypeParser: () => (text: string) => text } });
    return result.rows;
  }

  /** As the wire shows them: counted here, since not every type can be grouped by. */
  async function valueCounts(table: string): Promise<Map<string | null, number>> {
    const counts = new Map<string | null, number>();
    for (const [value = null] of await rows(`SELECT v FROM ${table}`)) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return counts;
  }

  async function one(sql: string): Promise<string | null> {
    return (await rows(sql))[0]?.[0] ?? null;
  }
});

/** Rows of the table `holes` by k, as SQL gives them. */
function groups(left: readonly number[]): string[][] {
  const counts = new Map<number, number>();
  for (const n of left) {
    const k = n > 300_000 ? 3 : n % 10;
    counts.set(k, (counts.get(k) ?? 0) + 1);
  }
  return [...counts].toSorted(([a], [b]) => a - b).map(([k, count]) => [String(k), String(count)]);
}
