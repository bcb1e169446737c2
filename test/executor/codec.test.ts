import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { dataTypeOfLogicalType } from '../../executor/encode/duckdb-type.js';
import { readExchangeSql, writeExchangeSql } from '../../executor/stages/exchange-sql.js';
import { readCopyStatistics } from '../../executor/stages/manifest.js';
import { temporaryFolder } from './support.js';

const VALUES: readonly string[] = [
  'true',
  '(-128)::TINYINT',
  '(-32768)::SMALLINT',
  '(-2147483648)::INTEGER',
  '(-9223372036854775808)::BIGINT',
  '9223372036854775807',
  `'-170141183460469231731687303715884105728'::HUGEINT`,
  `'170141183460469231731687303715884105727'::HUGEINT`,
  '255::UTINYINT',
  '65535::USMALLINT',
  '4294967295::UINTEGER',
  '18446744073709551615::UBIGINT',
  `'340282366920938463463374607431768211455'::UHUGEINT`,
  `'nan'::FLOAT`,
  `'-0'::FLOAT`,
  '3.4028235e38::FLOAT',
  `'nan'::DOUBLE`,
  `'-inf'::DOUBLE`,
  '1.7976931348623157e308',
  `'123456789012345678901234567890123456789012345678901234567890'::BIGNUM`,
  `'-5'::BIGNUM`,
  '99999999999999999999999999999999999999::DECIMAL(38, 0)',
  '(-99.99)::DECIMAL(4, 2)',
  `''`,
  `'é, "quoted" and ''single'''`,
  `'{"a": [1, null]}'::JSON`,
  `'\\x00\\xFF'::BLOB`,
  `'10101'::BIT`,
  `'ffffffff-ffff-ffff-ffff-ffffffffffff'::UUID`,
  `'infinity'::DATE`,
  `'5877642-06-25 (BC)'::DATE`,
  `'24:00:00'::TIME`,
  `'00:00:00+15:59:59'::TIMETZ`,
  `'24:00:00-15:59:59'::TIMETZ`,
  `'23:59:59.999999999'::TIME_NS`,
  `'infinity'::TIMESTAMP`,
  `'290309-12-22 (BC) 00:00:00'::TIMESTAMP`,
  `'294247-01-10 04:00:54.775806'::TIMESTAMP`,
  `'infinity'::TIMESTAMP_S`,
  `'2020-01-01 00:00:01'::TIMESTAMP_S`,
  `'-infinity'::TIMESTAMP_MS`,
  `'2020-01-01 00:00:01.123'::TIMESTAMP_MS`,
  `'infinity'::TIMESTAMP_NS`,
  `'2262-04-11 23:47:16.854775806'::TIMESTAMP_NS`,
  `'2020-01-01 00:00:01.123456+00'::TIMESTAMPTZ`,
  `INTERVAL '-1 month 5 days -00:00:00.000001'`,
  'to_months(-2147483647) + to_days(2147483647)',
  'to_microseconds(9223372036854775807)',
  'to_microseconds(-9223372036854775807)',
  `'b'::ENUM('a', 'b', 'it''s')`,
  `'it''s'::ENUM('a', 'b', 'it''s')`,
  '[1, NULL]',
  '[]::INTEGER[]',
  '[[170141183460469231731687303715884105727, NULL], NULL, []]::HUGEINT[][]',
  '[1, NULL]::HUGEINT[2]',
  `array_value('a', 'b')`,
  `[array_value(1, 2), NULL]`,
  `{'a': 1, 'B c': 2::HUGEINT}`,
  `{'a': {'x': '10'::BIT, 'y': [INTERVAL '1 day']}, 'b': NULL::TIMETZ}`,
  `row(1, 2::HUGEINT)`,
  `MAP {'a': 1}`,
  `MAP {1::HUGEINT: 'x'::ENUM('x', 'y')}`,
  `[MAP {'k': [{'h': 5::UHUGEINT}]}]`,
  `union_value(num := 5)::UNION(num INTEGER, txt VARCHAR)`,
  `union_value(txt := 'x')::UNION(num INTEGER, txt VARCHAR)`,
  `union_value(num := NULL::HUGEINT)::UNION(num HUGEINT, txt VARCHAR)`,
  `[union_value(h := 5::HUGEINT)::UNION(h HUGEINT, l HUGEINT[])]`,
  `['{"j": 1}'::JSON]`,
  `['2020-01-01'::TIMESTAMP_MS]`,
];

describe('executor/stages exchange codec', () => {
  const folder = temporaryFolder();
  let connection: DuckDBConnection;

  before(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect();
  });

  after(() => {
    connection.closeSync();
    rmSync(folder, { recursive: true });
  });

  for (const [index, value] of VALUES.entries()) {
    it(`brings ${value} back as it was`, async () => {
      // The value, and NULL of its type.
      const source = `SELECT ${value} AS v UNION ALL SELECT CASE WHEN false THEN ${value} END`;
      const result = await connection.run(`SELECT v FROM (${source}) LIMIT 0`);
      const columns = [{ name: 'v', type: dataTypeOfLogicalType(result.columnType(0)) }];
      const directory = join(folder, String(index));
      mkdirSync(directory);
      const [write] = writeExchangeSql(source, columns, { kind: 'whole' }, directory);
      assert(write !== undefined);
      const [file] = readCopyStatistics((await connection.runAndReadAll(write)).getRowsJson());
      assert.equal(file?.rowCount, 2);
      const describe = async (sql: string): Promise<unknown> => (await connection.runAndReadAll(sql)).getRowsJson();
      const back = await describe(`SELECT typeof(c0), c0::VARCHAR, c0 IS NULL FROM ${readExchangeSql(columns, [{ file }])}`);
      assert.deepEqual(back, await describe(`SELECT typeof(v), v::VARCHAR, v IS NULL FROM (${source}) AS t(v)`));
      const types = await describe(`SELECT DISTINCT typeof(c0) FROM ${readExchangeSql(columns, [])} RIGHT JOIN (SELECT 1) ON true`);
      assert.deepEqual(types, await describe(`SELECT DISTINCT typeof(v) FROM (${source})`));
    });
  }
});
