import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLIGHTS, rowsOf, startPool } from './support.js';
import type { TestPool } from './support.js';

const CASES: readonly (readonly [sql: string, sqlstate: string, message: string | RegExp])[] = [
  ['SELECT * FROM nope', '42P01', 'relation "nope" does not exist'],
  ['SELECT nope(1)', '42883', 'function nope does not exist'],
  ['SELECT a FROM (SELECT 1 AS b)', '42703', 'column "a" does not exist'],
  ['SELECT x.q FROM (SELECT 1 AS a) x', '42703', 'column "q" does not exist'],
  ['SELECT a FROM (SELECT 1 AS a) x, (SELECT 2 AS a) y', '42702', 'column reference "a" is ambiguous'],
  ['SELECT z.q FROM (SELECT 1 AS a) x', '42P01', 'missing FROM-clause entry for table "z"'],
  ['SELECT a, count(*) FROM (SELECT 1 AS a)', '42803', /must appear in the GROUP BY clause/],
  ['SELECT 1 FROM range(3) WHERE max(1) > 1', '42803', /aggregates/],
  ['SELECT 1 UNION SELECT 1, 2', '42601', /same number of columns/],
  ['SELEC 1', '42601', 'syntax error at or near "SELEC"'],
  ["SELECT 'a'::INTEGER", '22P02', 'invalid input syntax for type integer: "a"'],
  ["SELECT 'x'::BOOLEAN", '22P02', 'invalid input syntax for type boolean: "x"'],
  ["SELECT 'zz'::UUID", '22P02', 'invalid input syntax for type uuid: "zz"'],
  ['SELECT 100000::SMALLINT', '22003', 'smallint out of range'],
  ['SELECT 9223372036854775807 + 1', '22003', /[Oo]verflow/],
  ['SELECT 12345.6::DECIMAL(4, 2)', '22003', 'numeric field overflow'],
  ["SELECT 'x'::TIMESTAMP", '22007', 'invalid input syntax for type timestamp: "x"'],
  ["SELECT '2020-13-01'::DATE", '22008', 'date/time field value out of range: "2020-13-01"'],
  ['SELECT (SELECT * FROM range(3))', '21000', 'more than one row returned by a subquery used as an expression'],
  ["SELECT error('SLUICE:22012:division by zero')", '22012', 'division by zero'],
  ["SELECT error('SLUICE:XXYYZ:odd')", 'XX000', 'odd'],
  ["SELECT regexp_matches('a', '(')", '2201B', /^invalid regular expression/],
  ['SELECT 1::DATE', '42846', 'cannot cast type integer to date'],
  ['SELECT 1; SELECT 2', '22023', /multiple statements/],
];

describe('executor: errors', function () {
  this.timeout(30_000); // real processes on a busy machine

  let test: TestPool;

  before(async () => {
    test = await startPool({ memoryBytes: 128 << 20 });
  });

  after(async () => {
    await test.close();
  });

  for (const [sql, sqlstate, message] of CASES) {
    it(`${sqlstate}: ${sql}`, async () => {
      await assert.rejects(rowsOf(test.pool, sql), { name: 'SqlError', sqlstate, message });
    });
  }

  it('58P01: a missing file', async () => {
    await assert.rejects(rowsOf(test.pool, `SELECT * FROM read_parquet('${test.folder}/nope.parquet')`), {
      sqlstate: '58P01',
      message: `could not open file "${test.folder}/nope.parquet": No such file or directory`,
    });
  });

  it('XX001: a Parquet file cut short, at several places', async () => {
    const whole = readFileSync(FLIGHTS);
    for (const length of [2, 100, 5_000, whole.length - 1]) {
      const path = join(test.folder, 'short.parquet');
      writeFileSync(path, whole.subarray(0, length));
      await assert.rejects(rowsOf(test.pool, `SELECT * FROM read_parquet('${path}')`), { sqlstate: 'XX001', message: /short\.parquet/ });
    }
  });

  it('53200: out of memory, and the process lives on', async () => {
    const { processIds } = test.pool.status();
    await assert.rejects(rowsOf(test.pool, `SELECT list(repeat('x', 1000) || a) FROM range(100000000) AS t(a)`), { sqlstate: '53200' });
    assert.deepEqual(await rowsOf(test.pool, 'SELECT 1'), [['1']]);
    assert.deepEqual(test.pool.status().processIds, processIds);
  });
});
