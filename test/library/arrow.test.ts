import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC, tableToIPC } from 'apache-arrow';
import { after, before, describe, it } from 'mocha';
import type { Session } from '../../gateway/library/index.js';
import { connect } from '../../gateway/library/index.js';

/** A value of every type: its SQL, Arrow's type, and what rows have. Each column has a NULL, too. */
const VALUES: readonly (readonly [sql: string, arrow: string, value: unknown])[] = [
  ['true', 'Bool', true],
  ['(-5)::smallint', 'Int16', -5],
  ['7', 'Int32', 7],
  ['(-9007199254740993)::bigint', 'Int64', -9007199254740993n],
  ['1.25::real', 'Float32', 1.25],
  [`'-0.1'::float8`, 'Float64', -0.1],
  ['12.34::numeric(4, 2)', 'Decimal[4e+2]', '12.34'],
  ['(-1.5)::numeric(9, 2)', 'Decimal[9e+2]', '-1.50'],
  ['(-123456789012.345)::numeric(18, 3)', 'Decimal[18e+3]', '-123456789012.345'],
  ['(-12345678901234567890123456789.01)::numeric(38, 2)', 'Decimal[38e+2]', '-12345678901234567890123456789.01'],
  [`'short'::text`, 'Utf8', 'short'],
  [`'grüße, a text that is longer than twelve bytes'::text`, 'Utf8', 'grüße, a text that is longer than twelve bytes'],
  [`'{"a": 1}'::json`, 'Utf8', '{"a": 1}'],
  [`'\\x00ff41'::bytea`, 'Binary', Uint8Array.of(0, 255, 65)],
  [`'8b6f3c1e-0000-4000-8000-0123456789ab'::uuid`, 'Utf8', '8b6f3c1e-0000-4000-8000-0123456789ab'],
  [`'2024-02-29'::date`, 'Date32<DAY>', new Date('2024-02-29T00:00:00Z')],
  [`'23:59:59.000001'::time`, 'Time64<MICROSECOND>', '23:59:59.000001'],
  [`'12:00:00+02'::timetz`, 'Utf8', '12:00:00+02'],
  [`'1969-12-31 23:59:59.5'::timestamp`, 'Timestamp<MICROSECOND>', new Date('1969-12-31T23:59:59.500Z')],
  [`'2024-06-01 12:00:00+02'::timestamptz`, 'Timestamp<MICROSECOND, UTC>', new Date('2024-06-01T10:00:00Z')],
  [`'1 month 2 days 3.5 seconds'::interval`, 'Interval<MONTH_DAY_NANO>', { months: 1, days: 2, nanoseconds: 3_500_000_000n }],
  [`ARRAY[1, NULL, 3]`, 'List<Int32>', [1, null, 3]],
  [`ARRAY['a', 'b']`, 'List<Utf8>', ['a', 'b']],
];

/** Types that only DuckDB's own syntax makes. */
const DUCKDB_VALUES: readonly (readonly [sql: string, arrow: string, value: unknown])[] = [
  ['200::UTINYINT', 'Uint8', 200],
  ['(-3)::TINYINT', 'Int8', -3],
  ['60000::USMALLINT', 'Uint16', 60_000],
  ['4000000000::UINTEGER', 'Uint32', 4_000_000_000],
  ['18446744073709551615::UBIGINT', 'Uint64', 18446744073709551615n],
  ['(-12345678901234567890123456789012345678)::HUGEINT', 'Decimal[38e0]', -12345678901234567890123456789012345678n],
  ['340282366920938463463374607431768211455::UHUGEINT', 'Utf8', '340282366920938463463374607431768211455'],
  [`TIMESTAMP_S '2001-02-03 04:05:06'`, 'Timestamp<SECOND>', new Date('2001-02-03T04:05:06Z')],
  [`TIMESTAMP_MS '2001-02-03 04:05:06.007'`, 'Timestamp<MILLISECOND>', new Date('2001-02-03T04:05:06.007Z')],
  [`TIMESTAMP_NS '2001-02-03 04:05:06.007000001'`, 'Timestamp<NANOSECOND>', new Date('2001-02-03T04:05:06.007Z')],
  [`{'a': 1, 'b': ['x', NULL]}`, 'Struct<{a:Int32, b:List<Utf8>}>', { a: 1, b: ['x', null] }],
  [
    `MAP {'k': 1, 'l': 2}`,
    'Map<{key:Utf8, value:Int32}>',
    new Map([
      ['k', 1],
      ['l', 2],
    ]),
  ],
  [`[1, 2, 3]::INTEGER[3]`, 'FixedSizeList[3]<Int32>', [1, 2, 3]],
  [`'b'::ENUM('a', 'b')`, 'Dictionary<Uint8, Utf8>', 'b'],
  [`'101'::BIT`, 'Utf8', '101'],
  [`[[1], [], NULL, [2, 3]]`, 'List<List<Int32>>', [[1], [], null, [2, 3]]],
];

/** NULL where a condition holds. DuckDB has no CASE of arrays: the cast to one stands outside. */
function unless(condition: string, sql: string): string {
  const [value = '', type] = sql.split(/(?=::INTEGER\[3\])/);
  return `(CASE WHEN NOT (${condition}) THEN ${value} END)${type ?? ''}`;
}

/** Rows enough for several chunks, every third of them NULL. */
const ROWS = 5000;

describe('Arrow', function () {
  this.timeout(60_000);
  let data: string;
  let session: Session;

  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'sluice-arrow-'));
    session = await connect({ data, executors: 1, threads: 1, memory: '2GB' });
  });

  after(async () => {
    await session.close();
    rmSync(data, { recursive: true, force: true });
  });

  for (const [sql, arrow, value] of [...VALUES, ...DUCKDB_VALUES]) {
    it(`gives ${sql} as ${arrow}`, async () => {
      const isOwn = DUCKDB_VALUES.some((row) => row[0] === sql);
      const text = isOwn
        ? `SELECT i, ${unless('i % 3 = 0', sql)} AS v FROM range(${ROWS}) t(i) ORDER BY ALL`
        : `SELECT i, CASE WHEN i % 3 <> 0 THEN ${sql} END AS v FROM generate_series(0, ${ROWS - 1}) t(i) ORDER BY i`;
      const frame = session.sql(text);
      const table = await frame.toArrow();
      assert.equal(table.numRows, ROWS);
      assert.equal(String(table.schema.fields[1]?.type).replaceAll(/Decimal\[(\d+)e\+(\d+)[^\]]*\]/g, 'Decimal[$1e+$2]'), arrow);
      const rows = await frame.takeAll();
      rows.forEach((row, index) => assert.deepEqual(row['v'], index % 3 === 0 ? null : value, `row ${index}`));
      // What Arrow itself writes and reads again is the same.
      const again = tableFromIPC(tableToIPC(table));
      assert.equal(again.getChild('v')?.nullCount, Math.ceil(ROWS / 3));
    });

    it(`takes ${arrow} of ${sql} back`, async () => {
      const isOwn = DUCKDB_VALUES.some((row) => row[0] === sql);
      const frame = session.sql(
        isOwn ? `FROM range(5) t(i) SELECT i, ${unless('i = 3', sql)} AS v` : `SELECT i, CASE WHEN i <> 3 THEN ${sql} END AS v FROM generate_series(0, 4) t(i)`,
      );
      const given = await frame.takeAll();
      const back = await session.fromArrow(await frame.toArrow()).takeAll();
      assert.deepEqual(back, given);
    });
  }

  it('reads lists out of order, and batches one after another', async () => {
    const frame = session.sql('SELECT i, list FROM (SELECT i, ARRAY[i, i + 1] AS list FROM generate_series(1, 6000) t(i)) a ORDER BY i DESC');
    let count = 0;
    let first: unknown = null;
    for await (const batch of frame.toBatches()) {
      first ??= batch.getChild('list')?.get(0)?.toArray();
      count += batch.numRows;
    }
    assert.equal(count, 6000);
    assert.deepEqual(first, Int32Array.of(6000, 6001));
    for await (const batch of frame.toBatches()) {
      assert.ok(batch.numRows > 0);
      break; // the rest is not asked for
    }
    assert.equal(await frame.count(), 6000);
  });

  it('finds types of literal rows', async () => {
    const items = [
      {
        whole: 1,
        fraction: 1.5,
        text: 'a',
        flag: true,
        at: new Date(1000),
        bytes: Uint8Array.of(1, 2),
        list: [1, 2.5],
        deep: { a: [{ b: 1 }] },
        big: 2n ** 64n,
        none: null,
      },
      { whole: 2, fraction: Number.NaN, text: 'é\n"', flag: false, at: null, bytes: Uint8Array.of(), list: [], deep: { a: [] }, big: -1n },
    ];
    const frame = session.fromItems(items);
    assert.deepEqual(
      (await frame.schema()).map(({ type }) => type),
      ['BIGINT', 'DOUBLE', 'VARCHAR', 'BOOLEAN', 'TIMESTAMP WITH TIME ZONE', 'BLOB', 'DOUBLE[]', 'STRUCT("a" STRUCT("b" BIGINT)[])', 'HUGEINT', 'VARCHAR'],
    );
    assert.deepEqual(await frame.sort('whole').takeAll(), [
      {
        whole: 1n,
        fraction: 1.5,
        text: 'a',
        flag: true,
        at: new Date(1000),
        bytes: Uint8Array.of(1, 2),
        list: [1, 2.5],
        deep: { a: [{ b: 1n }] },
        big: 2n ** 64n,
        none: null,
      },
      { whole: 2n, fraction: Number.NaN, text: 'é\n"', flag: false, at: null, bytes: Uint8Array.of(), list: [], deep: { a: [] }, big: -1n, none: null },
    ]);
    assert.throws(() => session.fromItems([{ a: 1 }, { a: 'x' }]), { sqlstate: '42804' });
  });
});
