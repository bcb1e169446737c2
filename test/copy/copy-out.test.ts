import assert from 'node:assert/strict';
import { startPostgres } from '../services/postgres.js';
import { startLiveServer, type LiveServer } from '../sessions/live-session.js';
import { CopyClient, type CopyOutcome } from './copy-client.js';

/** Values of every type, by its name; each is a column of one row, and NULL of another. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  boolean: ['true', 'false'],
  smallint: ['-32768', '7'],
  integer: ['2147483647'],
  bigint: ['-9223372036854775808'],
  real: ['1.5', "'NaN'", "'-Infinity'", '1e20'],
  'double precision': ['0.1', '1e300', "'NaN'", '-0.0'],
  'numeric(10,2)': ['1.50', '-0.01'],
  text: [
    "'plain'",
    "''",
    "E'tab\\there'",
    "E'line\\nand\\rreturn'",
    "E'back\\\\slash'",
    "E'\\\\.'",
    '\'comma, "quote"\'',
    "'grün 日本 😀'",
    "E'\\b\\f\\x0b\\x01'",
    "' spaces '",
    "'NULL'",
  ],
  'varchar(5)': ["'abc'"],
  'char(5)': ["'abc'"],
  bytea: ["'\\x00ff5c'", "'\\x'"],
  date: ["'2020-02-29'", "'infinity'", "'0044-03-15 BC'"],
  time: ["'12:34:56.789'"],
  timetz: ["'12:34:56+05:30'"],
  timestamp: ["'2020-01-01 12:00:00.5'", "'-infinity'"],
  timestamptz: ["'2020-01-01 12:00:00+02'"],
  interval: ["'1 year 2 mons -3 days 04:05:06.7'"],
  uuid: ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  json: ['\'{"a": [1, "x\\\\ny"]}\''],
  'integer[]': ["'{1,NULL,3}'", "'{}'"],
  'text[]': ['\'{a,"b,c","d\\"e",NULL,"NULL",""}\'', '\'{"back\\\\\\\\slash"}\''],
  'date[]': ["'{2020-01-01,2020-12-31}'"],
};

const EVERY_TYPE = Object.entries(VALUES).flatMap(([type, values]) =>
  values.map((value, index) => ({ name: `${type.replaceAll(/\W+/g, '_')}_${index}`, type, value })),
);
const ROWS = `SELECT 1 AS n, ${EVERY_TYPE.map(({ name, type, value }) => `CAST(${value} AS ${type}) AS ${name}`).join(', ')} UNION ALL SELECT 2, ${EVERY_TYPE.map(() => 'NULL').join(', ')} ORDER BY 1`;

const OPTIONS = [
  '',
  "(FORMAT text, DELIMITER '|', NULL 'nothing', HEADER)",
  "(DELIMITER E'\\x01')",
  '(FORMAT csv)',
  '(FORMAT csv, HEADER true)',
  "(FORMAT csv, DELIMITER ';', QUOTE '''', ESCAPE '\\', NULL 'NULL')",
  '(FORMAT csv, FORCE_QUOTE *)',
  '(FORMAT csv, FORCE_QUOTE (n, text_0), HEADER)',
  "WITH CSV HEADER QUOTE AS '\"' FORCE QUOTE *",
  '(FORMAT binary)',
  'WITH BINARY',
];

/** Statements whose whole outcome is compared: data, tags, errors. */
const STATEMENTS = [
  "COPY (VALUES ('\\.')) TO STDOUT (FORMAT csv)",
  "COPY (VALUES ('\\.', 'x')) TO STDOUT (FORMAT csv)",
  "COPY (VALUES (NULL), ('')) TO STDOUT (FORMAT csv)",
  'COPY (SELECT 1 AS "a,b", 2 AS "c""d") TO STDOUT (FORMAT csv, HEADER)',
  'COPY (SELECT 1 AS "a\tb") TO STDOUT (HEADER)',
  'COPY (SELECT 1 WHERE false) TO STDOUT',
  'COPY (SELECT 1 AS a WHERE false) TO STDOUT (FORMAT csv, HEADER)',
  'COPY (SELECT 1 WHERE false) TO STDOUT (FORMAT binary)',
  'COPY (SELECT 1 / 0) TO STDOUT',
  'COPY (SELECT * FROM nowhere) TO STDOUT',
  'COPY nowhere TO STDOUT',
  'COPY (SELECT 1) TO STDOUT (FORMAT xml)',
  "COPY (SELECT 1) TO STDOUT (DELIMITER 'ab')",
  "COPY (SELECT 1) TO STDOUT (DELIMITER 'a')",
  "COPY (SELECT 1) TO STDOUT (DELIMITER E'\\n')",
  "COPY (SELECT 1) TO STDOUT (NULL E'a\\nb')",
  "COPY (SELECT 1) TO STDOUT (QUOTE '''')",
  "COPY (SELECT 1) TO STDOUT (ESCAPE '''')",
  "COPY (SELECT 1) TO STDOUT (FORMAT csv, QUOTE ',')",
  "COPY (SELECT 1) TO STDOUT (FORMAT csv, QUOTE 'ab')",
  "COPY (SELECT 1) TO STDOUT (FORMAT csv, ESCAPE 'ab')",
  "COPY (SELECT 1) TO STDOUT (FORMAT csv, NULL 'a,b')",
  "COPY (SELECT 1) TO STDOUT (FORMAT csv, NULL 'a\"b')",
  'COPY (SELECT 1) TO STDOUT (FORCE_QUOTE *)',
  'COPY (SELECT 1 AS a) TO STDOUT (FORMAT csv, FORCE_QUOTE (b))',
  'COPY (SELECT 1) TO STDOUT (FORMAT csv, FORCE_NULL (a))',
  'COPY (SELECT 1) TO STDOUT (FORMAT csv, FORCE_NOT_NULL (a))',
  'COPY (SELECT 1) TO STDOUT (HEADER match)',
  'COPY (SELECT 1) TO STDOUT (HEADER maybe)',
  "COPY (SELECT 1) TO STDOUT (FORMAT binary, DELIMITER ',')",
  "COPY (SELECT 1) TO STDOUT (FORMAT binary, NULL 'x')",
  'COPY (SELECT 1) TO STDOUT (FORMAT binary, HEADER)',
  'COPY (SELECT 1) TO STDOUT (FORMAT csv, FORMAT text)',
  'COPY (SELECT 1) TO STDOUT (NONSENSE 1)',
  'COPY (SELECT 1) TO STDOUT; SELECT 1; COPY (SELECT 2) TO STDOUT',
];

function shown({ result, data, types }: CopyOutcome): string {
  return `${result} ${types} ${data.toString('latin1')}`;
}

describe('COPY TO STDOUT gives the bytes of PostgreSQL', () => {
  let live: LiveServer;
  let clients: readonly [sluice: CopyClient, postgres: CopyClient];

  before(async () => {
    live = await startLiveServer();
    clients = [await CopyClient.connect(live.server), await CopyClient.connect(await startPostgres())];
  });

  after(async () => {
    clients.forEach((client) => client.close());
    await live.end();
  });

  for (const options of OPTIONS) {
    it(`every type ${options}`, async () => {
      const [sluice, postgres] = clients;
      const sql = `COPY (${ROWS}) TO STDOUT ${options}`;
      const expected = await postgres.simple(sql);
      const simple = await sluice.simple(sql);
      assert.equal(shown(simple), shown(expected));
      const extended = await sluice.extended(sql);
      assert.equal(shown(extended), shown(await postgres.extended(sql)));
    });
  }

  for (const sql of STATEMENTS) {
    it(sql, async () => {
      const [sluice, postgres] = clients;
      assert.equal(shown(await sluice.simple(sql)), shown(await postgres.simple(sql)));
    });
  }

  it('a table, some of its columns', async () => {
    const [sluice, postgres] = clients;
    for (const sql of [
      'DROP TABLE IF EXISTS out_t',
      "CREATE TABLE out_t AS SELECT 1 AS a, 'x' AS b",
      'COPY out_t TO STDOUT',
      'COPY out_t (b) TO STDOUT',
      'COPY out_t (b, a) TO STDOUT (FORMAT csv, HEADER)',
      'COPY public.out_t (a) TO STDOUT (FORMAT csv, FORCE_QUOTE (a))',
    ]) {
      assert.equal(shown(await sluice.simple(sql)), shown(await postgres.simple(sql)), sql);
    }
  });

  it('what went out in binary comes in again', async () => {
    const [sluice] = clients;
    const types = EVERY_TYPE.filter(({ type }) => type !== 'json');
    await sluice.simple('DROP TABLE IF EXISTS back');
    await sluice.simple(`CREATE TABLE back (n int, ${types.map(({ name, type }) => `${name} ${type}`).join(', ')})`);
    const columns = `n, ${types.map(({ name }) => name).join(', ')}`;
    for (const format of ['binary', 'csv', 'text']) {
      await sluice.simple('TRUNCATE back');
      const out = await sluice.simple(`COPY (SELECT ${columns} FROM (${ROWS}) AS r) TO STDOUT (FORMAT ${format})`);
      const copied = await sluice.simple(`COPY back FROM STDIN (FORMAT ${format})`, { kind: 'data', chunks: [out.data] });
      assert.equal(copied.result, 'COPY 2;', format);
      const again = await sluice.simple(`COPY (SELECT * FROM back ORDER BY n) TO STDOUT (FORMAT ${format})`);
      assert.equal(again.data.toString('latin1'), out.data.toString('latin1'), format);
    }
  });
});
