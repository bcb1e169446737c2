import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { DatabaseError, type Client } from 'pg';
import { smallSampleDirectory } from '../services/sample-data.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';

/** Queries in DuckDB's own syntax with their rows as text. */
const ANSWERS: readonly (readonly [string, readonly (readonly (string | null)[])[]])[] = [
  ['FROM flights SELECT count(*)', [['60000']]],
  ['-- a comment\nFROM public.flights AS f SELECT count(*), max(f.distance) ;', [['60000', '4962']]],
  ['FROM FLIGHTS SELECT count(*)', [['60000']]],
  ['SELECT list_transform([1, 2], lambda x: x + 1)', [['{2,3}']]],
  ['SELECT list_filter([9007199254740993, 1], x -> x > 1)', [['{9007199254740993}']]],
  ['FROM (VALUES (2), (NULL), (1)) AS t(a) SELECT a ORDER BY a DESC', [[null], ['2'], ['1']]],
  ['WITH flights AS (SELECT 1 AS one) FROM flights', [['1']]],
  ['WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r WHERE x < 3) FROM r SELECT max(x)', [['3']]],
  ['WITH a AS (FROM airports), b AS (FROM a) FROM b SELECT count(*) > 0', [['t']]],
  ["FROM read_parquet('flights/*.parquet') SELECT count(*)", [['60000']]],
  ["FROM read_parquet(['flights/*.parquet'], hive_partitioning = false) AS p SELECT count(p.distance)", [['60000']]],
  ['FROM range(3) AS r(i) SELECT sum(i)', [['3']]],
  ['SELECT a FROM (VALUES (1), (2)) AS l(a) SEMI JOIN (VALUES (2)) AS r(b) ON a = b', [['2']]],
  ['SELECT a FROM (VALUES (1), (2)) AS l(a) ANTI JOIN (VALUES (2)) AS r(b) ON a = b', [['1']]],
  ['SELECT l.a, r.b FROM (VALUES (5)) AS l(a) ASOF JOIN (VALUES (1), (4), (6)) AS r(b) ON l.a >= r.b', [['5', '4']]],
  ['SELECT count(*) FROM flights AS asof JOIN airports ON asof.origin = airports.iata AND false', [['0']]],
  ["SELECT 'sluice_table_0' AS x FROM (FROM airports LIMIT 1)", [['sluice_table_0']]],
  ["FROM (VALUES ('a', 1), ('b', 2)) AS t(k, v) PIVOT (sum(v) FOR k IN ('a', 'b'))", [['1', '2']]],
  ['SELECT {a: 1}.a + 7 // 2', [['4']]],
  ["SELECT 'it''s', \"origin\" FROM flights QUALIFY row_number() OVER (ORDER BY distance DESC, origin, date) = 1", [["it's", 'EWR']]],
];

/** Statements that must not run, with their SQLSTATE. */
const REFUSED: readonly (readonly [string, string])[] = [
  ["FROM '/etc/passwd'", '42P01'],
  ["FROM 'flights.parquet'", '42P01'],
  ["FROM read_blob('/etc/passwd')", '42883'],
  ["FROM read_text('/etc/passwd') SELECT content", '42883'],
  ["FROM glob('/etc/*')", '42883'],
  ["FROM read_csv('/etc/passwd')", '42501'],
  ["FROM read_parquet('flights.' || 'parquet')", '22023'],
  ["FROM query('SELECT 1')", '42883'],
  ["FROM query_table('flights')", '42883'],
  ['FROM duckdb_settings()', '42883'],
  ["FROM parquet_metadata('flights.parquet')", '42883'],
  ['FROM duckdb_tables', '42P01'],
  ['FROM system.main.duckdb_tables', '0A000'],
  ['FROM sqlite_master', '42P01'],
  ["FROM flights SELECT getenv('HOME')", '42883'],
  ["FROM flights SELECT current_setting('threads')", '42883'],
  ["FROM flights SELECT getvariable('x')", '42883'],
  ['FROM flights SELECT current_user', '0A000'],
  ["SELECT [getenv('HOME')]", '42883'],
  ["SELECT list_transform(['HOME'], lambda x: getenv(x))", '42883'],
  ["SELECT {a: (SELECT content FROM read_text('/etc/passwd'))}", '42883'],
  ["WITH x AS (FROM read_blob('/etc/passwd')) FROM x", '42883'],
  ['WITH "/etc/passwd" AS (FROM "/etc/passwd") FROM "/etc/passwd"', '42P01'],
  ["FROM flights WHERE origin IN (FROM glob('*'))", '42883'],
  ["FROM flights SELECT * REPLACE (getenv('HOME') AS origin)", '42883'],
  ["FROM flights SELECT COLUMNS(c -> getenv(c) = '')", '42883'],
  ["FROM flights SELECT COLUMNS('dist') + getenv('HOME')::INT", '42883'],
  ["FROM (FROM glob('*')) PIVOT (count(*) FOR file IN ('a'))", '42883'],
  ["FROM flights QUALIFY getenv('HOME') = ''", '42883'],
  ["FROM flights GROUP BY ALL HAVING getenv('HOME') = ''", '42883'],
  ["FROM flights ORDER BY getenv('HOME')", '42883'],
  ["FROM flights LIMIT getenv('HOME')::INT", '42883'],
  ['FROM flights f, LATERAL (FROM read_text(f.origin))', '42883'],
  ["FROM flights POSITIONAL JOIN glob('*')", '42883'],
  ["(FROM flights SELECT origin) UNION ALL BY NAME (FROM glob('*'))", '42883'],
  ["SELECT row_number() OVER (ORDER BY getenv('HOME')) FROM flights QUALIFY true", '42883'],
  ["FROM range(getenv('HOME')::INT)", '42883'],
  ['SUMMARIZE flights', '0A000'],
  ['DESCRIBE flights', '0A000'],
  ['FROM (SHOW TABLES)', '0A000'],
  ['FROM flights AT (VERSION => 1)', '42704'],
  ['FROM flights SELECT $1', '0A000'],
  ['PIVOT flights ON origin', '0A000'],
  ['FROM flights SELECT 1; FROM flights SELECT 2', '42601'],
  ['FROM no_such_table', '42P01'],
  ['FROM flights SELECT no_such_column', '42703'],
  ['FROM flights SELECT FROM', '42601'],
  ['SELECT count(*) FROM flights semi JOIN airports ON semi.origin = airports.iata', '42601'],
  ['CREATE TABLE t AS SELECT * FROM flights ANTI JOIN airports ON true', '0A000'],
  ["FROM flights SELECT nextval('s')", '42883'],
  ["FROM flights SELECT write_log('x')", '42883'],
  ["FROM flights SELECT json_execute_serialized_sql('x')", '42883'],
  ["FROM flights SELECT main.getenv('x')", '42883'],
  ['FROM flights SELECT other.abs(1)', '42883'],
  [`FROM flights SELECT ${'['.repeat(900)}1${']'.repeat(900)}`, '54001'],
  ['FROM flights SELECT origin.getenv()', '42883'],
  ["FROM flights SELECT 1::DECIMAL(getenv('HOME')::INT, 2)", '42601'],
];

describe('translate/duckdb-road', function () {
  this.timeout(30_000);
  let server: SluiceServer;
  let client: Client;

  before(async () => {
    server = await startSluice({ data: await smallSampleDirectory() });
    client = await server.connect();
  });

  after(async () => {
    await client?.end();
    await server?.stop();
  });

  it('answers queries that only the grammar of DuckDB knows', async () => {
    const wrong: string[] = [];
    for (const [sql, expected] of ANSWERS) {
      const got = await rowsOf(client, sql);
      if (JSON.stringify(got) !== JSON.stringify(expected)) {
        wrong.push(`${sql}\n  ${JSON.stringify(expected)} expected, ${JSON.stringify(got)}`);
      }
    }
    assert.equal(wrong.join('\n'), '');
  });

  it('answers them distributed too', async () => {
    await client.query("SET sluice.distribute = 'on'");
    assert.deepEqual(await rowsOf(client, 'FROM flights SELECT origin, count(*) GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT 1'), [['ORD', '3360']]);
    await client.query('RESET sluice.distribute');
  });

  it('refuses what reaches beyond tables and arguments', async () => {
    const wrong: string[] = [];
    for (const [sql, sqlstate] of REFUSED) {
      const got = await rowsOf(client, sql);
      if (got !== sqlstate) {
        wrong.push(`${sql}\n  ${sqlstate} expected, ${JSON.stringify(got)}`);
      }
    }
    assert.equal(wrong.join('\n'), '');
  });

  it('tells where a table is missing', async () => {
    await assert.rejects(client.query("SELECT 'ä', [1] FROM missing"), { code: '42P01', position: '22' });
  });
});

/** Rows as text, or the SQLSTATE. */
async function rowsOf(client: Client, text: string): Promise<unknown> {
  try {
    const result = await client.query<(string | null)[]>({ text, rowMode: 'array', types: { getTypeParser: () => (value: string) => value } });
    return result.rows;
  } catch (error) {
    return error instanceof DatabaseError ? error.code : String(error);
  }
}
