import { strict as assert } from 'node:assert';
import { pruneFiles } from '../../planner/distribute/prune-files.js';
import type { Expression } from '../../planner/plan/expressions.js';
import type { ScanNode } from '../../planner/plan/nodes.js';
import type { FileSource, Relation } from '../../planner/relation/relation.js';
import { decimal, scalar, type DataType } from '../../planner/types/data-type.js';

type Bound = Extract<Expression, { readonly kind: 'comparison' }>['comparison'];

/** Numbers of the files that a filter on a column leaves, of files with the given least and greatest values. */
function kept(type: DataType, ranges: readonly (readonly [min: string, max: string])[], filter: Expression): readonly number[] {
  const source: FileSource = {
    kind: 'files',
    format: 'parquet',
    files: ranges.map(([min, max], index) => ({
      path: `/${index}`,
      byteCount: 1,
      rowCount: 10,
      statistics: { x: { min, max, nullCount: index === 0 ? 0 : 10 * Number(min === '') } },
    })),
    partitionColumns: [],
    readerOptions: {},
    unionByName: false,
  };
  const relation: Relation = { schema: 'main', name: 't', columns: [{ name: 'x', type }], source };
  const scan: ScanNode = { kind: 'scan', reference: 0, read: ['x'], readTypes: [type], filters: [filter], projection: [0], output: [type] };
  return pruneFiles(scan, relation, source).map((file) => Number(file.path.slice(1)));
}

function compare(type: DataType, comparison: Bound, text: string): Expression {
  return {
    kind: 'comparison',
    comparison,
    left: { kind: 'ref', index: 0, type },
    right: { kind: 'constant', type, value: { kind: 'text', text } },
    type: scalar('BOOLEAN'),
  };
}

const INTEGER = scalar('INTEGER');
const VARCHAR = scalar('VARCHAR');

describe('file pruning', () => {
  it('compares integers as numbers', () => {
    const ranges = [
      ['2', '9'],
      ['10', '20'],
      ['-5', '-1'],
    ] as const;
    assert.deepEqual(kept(INTEGER, ranges, compare(INTEGER, '=', '10')), [1]);
    assert.deepEqual(kept(INTEGER, ranges, compare(INTEGER, '<', '2')), [2]);
    assert.deepEqual(kept(INTEGER, ranges, compare(INTEGER, '>=', '9')), [0, 1]);
  });

  it('compares decimals by value', () => {
    const type = decimal(9, 2);
    assert.deepEqual(
      kept(
        type,
        [
          ['-0.05', '9.50'],
          ['10.00', '99.99'],
        ],
        compare(type, '>', '9.5'),
      ),
      [1],
    );
    assert.deepEqual(
      kept(
        type,
        [
          ['-0.05', '9.50'],
          ['10.00', '99.99'],
        ],
        compare(type, '<=', '-0.05'),
      ),
      [0],
    );
  });

  it('takes the greatest text for a prefix of the true one', () => {
    assert.deepEqual(
      kept(
        VARCHAR,
        [
          ['a', 'abc'],
          ['b', 'bcd'],
        ],
        compare(VARCHAR, '=', 'abcdef'),
      ),
      [0],
    );
    assert.deepEqual(
      kept(
        VARCHAR,
        [
          ['a', 'abc'],
          ['b', 'bcd'],
        ],
        compare(VARCHAR, '>', 'abc'),
      ),
      [0, 1],
    );
    assert.deepEqual(
      kept(
        VARCHAR,
        [
          ['a', 'abc'],
          ['b', 'bcd'],
        ],
        compare(VARCHAR, '>', 'abd'),
      ),
      [1],
    );
  });

  it('compares text by code point, as DuckDB does', () => {
    assert.deepEqual(
      kept(
        VARCHAR,
        [
          ['\u{FF61}', '\u{FF61}'],
          ['\u{1F600}', '\u{1F600}'],
        ],
        compare(VARCHAR, '>', '\u{FFFF}'),
      ),
      [1],
    );
  });

  it('keeps a file whenever it is unsure', () => {
    const DOUBLE = scalar('DOUBLE');
    assert.deepEqual(
      kept(
        DOUBLE,
        [
          ['1.0', '2.0'],
          ['3.0', '4.0'],
        ],
        compare(DOUBLE, '>', '9.0'),
      ),
      [0, 1],
    );
    assert.deepEqual(
      kept(
        scalar('DATE'),
        [
          ['10000-01-01', '10001-01-01'],
          ['2020-01-01', '2020-01-02'],
        ],
        compare(scalar('DATE'), '=', '2021-01-01'),
      ),
      [0],
    );
    assert.deepEqual(
      kept(
        INTEGER,
        [
          ['1', '2'],
          ['3', '4'],
        ],
        compare(INTEGER, '<>', '1'),
      ),
      [0, 1],
    );
  });

  it('follows AND and OR, and keeps one file for its columns', () => {
    const both = (operator: 'AND' | 'OR'): Expression => ({
      kind: 'conjunction',
      operator,
      arguments: [compare(INTEGER, '=', '1'), compare(INTEGER, '=', '4')],
      type: scalar('BOOLEAN'),
    });
    assert.deepEqual(
      kept(
        INTEGER,
        [
          ['1', '2'],
          ['3', '4'],
          ['5', '6'],
        ],
        both('OR'),
      ),
      [0, 1],
    );
    assert.deepEqual(
      kept(
        INTEGER,
        [
          ['1', '2'],
          ['3', '4'],
          ['5', '6'],
        ],
        both('AND'),
      ),
      [0],
    );
  });
});
