import assert from 'node:assert/strict';
import { LakeError } from '../../fs/lake/lake-error.js';
import type { LakeColumn, LakeFile, LakeTable } from '../../fs/lake/model.js';
import { formatChanges, parseChanges, type LakeChange } from '../../fs/lake/transaction/change-list.js';
import { inlinedValue } from '../../fs/lake/transaction/inlined-types.js';
import { canWiden } from '../../fs/lake/transaction/staged-columns.js';
import { NO_ROWS, withAddedRows } from '../../fs/lake/transaction/table-statistics.js';
import { compareValueTexts } from '../../fs/lake/transaction/value-order.js';

describe('lake transaction: values of the catalog', () => {
  it('writes changes in words that read back the same, quotes and commas in names included', () => {
    const changes: readonly LakeChange[] = [
      { kind: 'schema_name', word: 'created_schema', schema: 'a"b,c' },
      { kind: 'entry_name', word: 'created_table', schema: 'ma.in', name: 'x","y' },
      { kind: 'object', word: 'inserted_into_table', id: 12 },
      { kind: 'object', word: 'inlined_delete', id: 0 },
    ];
    const text = formatChanges(changes);
    assert.equal(text, 'created_schema:"a""b,c",created_table:"ma.in"."x"",""y",inserted_into_table:12,inlined_delete:0');
    assert.deepEqual(parseChanges(text), changes);
    assert.deepEqual(parseChanges(''), []);
  });

  for (const text of ['renamed_table:3', 'created_table', 'created_table:"a', 'dropped_table:1;', 'dropped_table:1 dropped_table:2']) {
    it(`refuses the change list ${text}`, () => {
      assert.throws(
        () => parseChanges(text),
        (error) => error instanceof LakeError && error.code === 'catalog',
      );
    });
  }

  const ordered: readonly (readonly [string, string, string])[] = [
    ['int64', '-10', '9'],
    ['int64', '9', '10'],
    ['int128', '9223372036854775807', '9223372036854775808'],
    ['decimal(18,3)', '-1.500', '1.25'],
    ['decimal(18,3)', '9.9', '10.05'],
    ['float64', '-1e300', '2.5'],
    ['date', '0999-12-31', '2024-01-01'],
    ['timestamp', '2024-01-01 00:00:00', '2024-01-01 00:00:00.5'],
    ['timestamp', '2024-01-01 00:00:00.45', '2024-01-01 00:00:00.5'],
    ['timestamptz', '2024-01-01 00:00:00+00', '2024-01-01 00:00:00.5+00'],
    ['varchar', 'Z', 'a'],
    ['varchar', 'z', 'ü'],
    ['boolean', 'false', 'true'],
  ];
  for (const [type, low, high] of ordered) {
    it(`orders ${low} before ${high} as ${type}`, () => {
      assert.equal(Math.sign(compareValueTexts(type, low, high) ?? 0), -1);
      assert.equal(Math.sign(compareValueTexts(type, high, low) ?? 0), 1);
      assert.equal(compareValueTexts(type, low, low), 0);
    });
  }

  for (const [type, a, b] of [
    ['int32', '007', '1'],
    ['float64', 'nan', '1'],
    ['date', '-0044-03-15 (BC)', '2024-01-01'],
    ['timestamptz', '2024-01-01 00:00:00+02', '2024-01-01 00:00:00+00'],
    ['list', '[1]', '[2]'],
  ] as const) {
    it(`does not guess the order of ${a} and ${b} as ${type}`, () => {
      assert.equal(compareValueTexts(type, a, b), null);
    });
  }

  it('widens types only where no value changes', () => {
    for (const [from, to] of [
      ['int8', 'int64'],
      ['uint8', 'uint32'],
      ['float32', 'float64'],
      ['decimal(9,2)', 'decimal(18,2)'],
      ['varchar', 'varchar'],
    ] as const) {
      assert.equal(canWiden(from, to), true, `${from} to ${to}`);
    }
    for (const [from, to] of [
      ['int64', 'int32'],
      ['int64', 'float64'],
      ['decimal(9,2)', 'decimal(18,3)'],
      ['decimal(9,2)', 'decimal(8,2)'],
      ['int32', 'varchar'],
    ] as const) {
      assert.equal(canWiden(from, to), false, `${from} to ${to}`);
    }
  });

  it('writes values for inlined tables as each database keeps them', () => {
    assert.equal(inlinedValue('postgres', 'varchar', "o'ü"), `'\\x6f27c3bc'`);
    assert.equal(inlinedValue('duckdb', 'varchar', "o'x"), `CAST('o''x' AS VARCHAR)`);
    assert.equal(inlinedValue('postgres', 'blob', 'a\\x00b'), `'\\x610062'`);
    assert.equal(inlinedValue('postgres', 'date', '2024-01-01'), `CAST('2024-01-01' AS VARCHAR)`);
    assert.equal(inlinedValue('duckdb', 'decimal(9,2)', '1.50'), `CAST('1.50' AS DECIMAL(9,2))`);
    assert.equal(inlinedValue('duckdb', 'int32', null), 'NULL');
    assert.throws(
      () => inlinedValue('duckdb', 'list', '[1]'),
      (error) => error instanceof LakeError && error.code === 'unsupported',
    );
  });

  describe('statistics of a table', () => {
    it('keep the outer bounds of files and inlined rows', () => {
      const first = withAddedRows(NO_ROWS, TABLE, [file('5', '9', 0)], []);
      const second = withAddedRows(first, TABLE, [], [new Map([[1, '10']]), new Map([[1, null]])]);
      assert.deepEqual(second.columns.get(1), { containsNull: true, containsNan: null, min: '5', max: '10' });
      assert.deepEqual([second.recordCount, second.nextRowId, second.byteCount], [12, 12, 100]);
    });

    it('take the bounds of the first values after NULLs only', () => {
      const nulls = withAddedRows(NO_ROWS, TABLE, [], [new Map([[1, null]])]);
      assert.deepEqual(nulls.columns.get(1), { containsNull: true, containsNan: null, min: null, max: null });
      assert.equal(withAddedRows(nulls, TABLE, [file('5', '9', 0)], []).columns.get(1)?.min, '5');
    });

    it('know nothing of a column once anything added is unknown, and stay so', () => {
      const known = withAddedRows(NO_ROWS, TABLE, [file('5', '9', 0)], []);
      const unknown = withAddedRows(known, TABLE, [file(null, null, 0)], []);
      assert.equal(unknown.columns.has(1), false);
      assert.equal(withAddedRows(unknown, TABLE, [file('5', '9', 0)], []).columns.has(1), false);
      assert.equal(withAddedRows(known, TABLE, [], [new Map([[1, '007']])]).columns.has(1), false);
    });
  });
});

const COLUMN: LakeColumn = { id: 1, name: 'a', type: 'int64', nullable: true, initialDefault: null, defaultValue: null, children: [], tags: new Map() };

const TABLE: LakeTable = {
  id: 1,
  uuid: '',
  schemaId: 0,
  schema: 'main',
  name: 't',
  path: '/data/main/t',
  columns: [COLUMN],
  nextColumnId: 2,
  partition: null,
  sort: [],
  tags: new Map(),
};

function file(min: string | null, max: string | null, nullCount: number): LakeFile {
  const statistics = new Map([[1, { min, max, nullCount, valueCount: 10, byteCount: null, containsNan: null }]]);
  const sizes = { rowCount: 10, byteCount: 100, footerByteCount: 10, rowIdStart: 0 };
  return { id: 1, path: '/data/main/t/f.parquet', ...sizes, partitionId: null, partitionValues: [], statistics, deletes: null, nameMapping: null };
}
