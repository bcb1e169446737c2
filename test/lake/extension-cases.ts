/** A value of each type: what SQL writes, and how PostgreSQL and DuckDB show it as text. */
export const TYPE_CASES: readonly { readonly type: string; readonly literal: string; readonly postgres: string; readonly duckdb: string }[] = [
  { type: 'boolean', literal: 'true', postgres: 'true', duckdb: 'true' },
  { type: 'smallint', literal: "'-32768'", postgres: '-32768', duckdb: '-32768' },
  { type: 'integer', literal: '2147483647', postgres: '2147483647', duckdb: '2147483647' },
  { type: 'bigint', literal: '9223372036854775807', postgres: '9223372036854775807', duckdb: '9223372036854775807' },
  { type: 'real', literal: '1.5', postgres: '1.5', duckdb: '1.5' },
  { type: 'double precision', literal: '-2.25', postgres: '-2.25', duckdb: '-2.25' },
  { type: 'numeric(18,3)', literal: '12345.678', postgres: '12345.678', duckdb: '12345.678' },
  {
    type: 'numeric(38,0)',
    literal: '99999999999999999999999999999999999999',
    postgres: '99999999999999999999999999999999999999',
    duckdb: '99999999999999999999999999999999999999',
  },
  { type: 'text', literal: "'héllo ''quoted'' \u{1F986}'", postgres: "héllo 'quoted' \u{1F986}", duckdb: "héllo 'quoted' \u{1F986}" },
  { type: 'varchar(10)', literal: "'abc'", postgres: 'abc', duckdb: 'abc' },
  { type: 'bytea', literal: "'\\x00ff41'", postgres: '\\x00ff41', duckdb: '\\x00\\xFFA' },
  { type: 'date', literal: "'2024-02-29'", postgres: '2024-02-29', duckdb: '2024-02-29' },
  { type: 'time', literal: "'12:34:56.789'", postgres: '12:34:56.789', duckdb: '12:34:56.789' },
  { type: 'timestamp', literal: "'2024-02-29 12:34:56.789012'", postgres: '2024-02-29 12:34:56.789012', duckdb: '2024-02-29 12:34:56.789012' },
  { type: 'timestamptz', literal: "'2024-02-29 12:34:56+02'", postgres: '2024-02-29 10:34:56+00', duckdb: '2024-02-29 10:34:56+00' },
  { type: 'interval', literal: "'1 year 2 mons 3 days 04:05:06'", postgres: '1 year 2 mons 3 days 04:05:06', duckdb: '1 year 2 months 3 days 04:05:06' },
  {
    type: 'uuid',
    literal: "'6ecd8c99-4036-403d-bf84-cf8400f67836'",
    postgres: '6ecd8c99-4036-403d-bf84-cf8400f67836',
    duckdb: '6ecd8c99-4036-403d-bf84-cf8400f67836',
  },
  { type: 'json', literal: `'{"a": [1, null]}'`, postgres: '{"a": [1, null]}', duckdb: '{"a": [1, null]}' },
  { type: 'integer[]', literal: "'{1,2,NULL}'", postgres: '{1,2,NULL}', duckdb: '[1, 2, NULL]' },
  { type: 'text[]', literal: `'{a,"b c"}'`, postgres: '{a,"b c"}', duckdb: '[a, b c]' },
];

/** A thing Sluice writes: statements, then a query that both must answer alike; integers and texts only. */
export interface ExtensionCase {
  readonly name: string;
  readonly statements: readonly string[];
  readonly query: string;
  /** What the extension then does to the same table. */
  readonly further?: readonly string[];
}

const SERIES = (from: number, to: number): string => `generate_series(${from}, ${to}) AS g (n)`;

export const EXTENSION_CASES: readonly ExtensionCase[] = [
  {
    name: 'rows in files and deletes twice over them',
    statements: [
      `CREATE TABLE deleted AS SELECT n::integer AS n, (n % 7)::integer AS k FROM ${SERIES(1, 5000)}`,
      'DELETE FROM deleted WHERE n % 10 = 0',
      'DELETE FROM deleted WHERE n % 10 = 1 OR n < 20',
    ],
    query: 'SELECT count(*), sum(n), sum(k) FROM deleted',
    further: ['DELETE FROM deleted WHERE n % 10 = 2', 'DELETE FROM deleted WHERE n = 3333', 'INSERT INTO deleted SELECT i, 1 FROM range(9000, 9500) r(i)'],
  },
  {
    name: 'updates and merges',
    statements: [
      `CREATE TABLE updated AS SELECT n::integer AS n, 'row ' || n AS t FROM ${SERIES(1, 3000)}`,
      "UPDATE updated SET t = t || ' changed' WHERE n % 3 = 0",
      'UPDATE updated SET n = -n WHERE n % 5 = 0',
      "MERGE INTO updated AS u USING (VALUES (1, 'merged'), (99999, 'new')) AS v (n, t) ON u.n = v.n WHEN MATCHED THEN UPDATE SET t = v.t WHEN NOT MATCHED THEN INSERT (n, t) VALUES (v.n, v.t)",
    ],
    query: 'SELECT count(*), sum(n), sum(length(t)), max(t), min(t) FROM updated',
    further: ["UPDATE updated SET t = 'extension' WHERE n BETWEEN 10 AND 20", 'UPDATE updated SET n = 5 WHERE n = 7'],
  },
  {
    name: 'columns added, renamed, widened and dropped between rows',
    statements: [
      'CREATE TABLE evolved (a integer, gone text)',
      `INSERT INTO evolved (a, gone) SELECT n, 'old' FROM ${SERIES(1, 2000)}`,
      "ALTER TABLE evolved ADD COLUMN b text DEFAULT 'was not there'",
      "INSERT INTO evolved (a, gone, b) VALUES (5000, 'one', 'given')",
      'ALTER TABLE evolved DROP COLUMN gone',
      'ALTER TABLE evolved RENAME COLUMN a TO id',
      'ALTER TABLE evolved ALTER COLUMN id TYPE bigint',
      `INSERT INTO evolved (id) SELECT n + 5000000000 FROM ${SERIES(1, 2000)}`,
      'ALTER TABLE evolved ADD COLUMN c integer',
      'ALTER TABLE evolved RENAME TO evolved_more',
    ],
    query: 'SELECT count(*), count(c), sum(id), count(b), min(b), max(b) FROM evolved_more',
    further: [
      'ALTER TABLE evolved_more ADD COLUMN d INTEGER DEFAULT 4',
      'INSERT INTO evolved_more (id, d) VALUES (1, 7)',
      'ALTER TABLE evolved_more RENAME COLUMN d TO e',
    ],
  },
  {
    name: 'partitions by value and by year',
    statements: [
      "CREATE TABLE parted (k integer, d date, v integer) WITH (partition_by = 'k, year(d)')",
      `INSERT INTO parted (k, d, v) SELECT n % 3, date '2020-01-01' + (n % 900)::integer, n FROM ${SERIES(1, 3000)}`,
      'DELETE FROM parted WHERE k = 1 AND v % 2 = 0',
    ],
    query: "SELECT count(*), sum(v), count(DISTINCT k), sum(CASE WHEN k = 2 AND d >= date '2021-01-01' THEN v END) FROM parted",
    further: ["INSERT INTO parted SELECT 7, DATE '2030-05-05', i FROM range(100) r(i)"],
  },
  {
    name: 'buckets',
    statements: [
      "CREATE TABLE bucketed (k bigint, s text) WITH (partition_by = 'bucket(8, k)')",
      `INSERT INTO bucketed (k, s) SELECT n, 's' || n FROM ${SERIES(1, 3000)}`,
    ],
    query: 'SELECT count(*), sum(k), max(s), sum(CASE WHEN k = 77 THEN 1 END) FROM bucketed',
    further: ["INSERT INTO bucketed SELECT i, 'e' || i FROM range(100) r(i)"],
  },
  {
    name: 'rows kept in the catalog, some deleted and changed',
    statements: [
      'CREATE TABLE inlined (n integer, t text)',
      "INSERT INTO inlined (n, t) VALUES (1, 'one'), (2, NULL), (3, 'it''s')",
      "INSERT INTO inlined (n, t) VALUES (4, 'four')",
      'DELETE FROM inlined WHERE n = 1',
      "UPDATE inlined SET t = 'two' WHERE n = 2",
    ],
    query: 'SELECT count(*), sum(n), min(t), max(t), count(t) FROM inlined',
    further: ["INSERT INTO inlined VALUES (10, 'ten')", 'DELETE FROM inlined WHERE n = 3', "UPDATE inlined SET t = '4' WHERE n = 4"],
  },
  {
    name: 'a truncated table, filled again',
    statements: [`CREATE TABLE emptied AS SELECT n::integer AS n FROM ${SERIES(1, 1000)}`, 'TRUNCATE emptied', 'INSERT INTO emptied (n) VALUES (42)'],
    query: 'SELECT count(*), sum(n) FROM emptied',
  },
  {
    name: 'a table of another schema, names that need quotes',
    statements: [
      'CREATE SCHEMA "Odd Schema"',
      'CREATE TABLE "Odd Schema"."Odd ""Table" ("Odd Column" integer)',
      'INSERT INTO "Odd Schema"."Odd ""Table" VALUES (1), (2)',
    ],
    query: 'SELECT count(*), sum("Odd Column") FROM "Odd Schema"."Odd ""Table"',
    further: ['INSERT INTO "Odd Schema"."Odd ""Table" VALUES (3)'],
  },
  {
    name: 'a transaction with definitions and rows',
    statements: [
      'BEGIN',
      'CREATE TABLE at_once (n integer)',
      `INSERT INTO at_once (n) SELECT n FROM ${SERIES(1, 500)}`,
      'DELETE FROM at_once WHERE n > 400',
      'ALTER TABLE at_once ADD COLUMN m integer',
      'UPDATE at_once SET m = 2 * n WHERE n <= 10',
      'COMMIT',
    ],
    query: 'SELECT count(*), sum(n), sum(m) FROM at_once',
  },
  {
    name: 'a view',
    statements: ['CREATE TABLE viewed AS SELECT 5 AS n', 'CREATE VIEW seen AS SELECT n + 1 AS m FROM viewed'],
    query: 'SELECT sum(m) FROM seen',
  },
];

/** What the extension makes anew, and the query both then answer alike. */
export const EXTENSION_TABLES: readonly { readonly statements: readonly string[]; readonly query: string }[] = [
  {
    statements: [
      "CREATE TABLE by_extension AS SELECT i AS n, 'x' || i AS t, DATE '2024-01-01' + INTERVAL 1 DAY * (i % 100) AS d FROM range(2000) r(i)",
      'DELETE FROM by_extension WHERE n % 2 = 0',
    ],
    query: 'SELECT count(*), sum(n), max(t) FROM by_extension',
  },
  {
    statements: ['CREATE TABLE small_by_extension (n INTEGER, t VARCHAR)', "INSERT INTO small_by_extension VALUES (1, 'a'), (2, NULL)"],
    query: 'SELECT count(*), sum(n), max(t) FROM small_by_extension',
  },
];
