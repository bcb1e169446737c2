import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareResults } from './order.js';
import { compareUnordered } from './rows.js';
import { canonicalNumber, equalValues, type Row } from './value.js';

describe('compare', () => {
  it('compares numbers by value and floats within the tolerance', () => {
    assert.equal(canonicalNumber('-00.500'), '-0.5');
    assert.equal(canonicalNumber('-0.0'), '0');
    assert.equal(canonicalNumber('100'), '100');
    assert(equalValues('1.50', '1.5', 'number'));
    assert(!equalValues('9007199254740993', '9007199254740992', 'number'));
    assert(equalValues('0.30000000000000004', '0.3', 'float'));
    assert(!equalValues('0.3000001', '0.3', 'float'));
    assert(equalValues('NaN', 'nan', 'float'));
    assert(!equalValues('1.50', '1.5', 'text'));
    assert(!equalValues(null, '', 'text'));
  });

  it('takes rows as a multiset without ORDER BY', () => {
    const rows: Row[] = [
      ['a', '1.0'],
      ['a', '2.0'],
      ['b', null],
    ];
    assert.equal(compareUnordered(rows.toReversed(), rows, ['text', 'float']), null);
    assert.match(compareUnordered([...rows.slice(1), ['b', null]], rows, ['text', 'float']) ?? '', /differ/);
    assert.match(compareUnordered(rows.slice(1), rows, ['text', 'float']) ?? '', /missing \(a, 1.0\)/);
  });

  it('pairs float rows that the tolerance sorts differently', () => {
    const left: Row[] = [
      ['1.0000000000001', '5'],
      ['1', '7'],
    ];
    const right: Row[] = [
      ['1', '5'],
      ['1.0000000000001', '7'],
    ];
    assert.equal(compareUnordered(left, right, ['float', 'float']), null);
  });

  it('checks the order of the keys, not of ties', () => {
    const shape = { orderedBy: [0], limited: false };
    assert.equal(
      compareResults(
        [
          ['1', 'b'],
          ['1', 'a'],
          ['2', 'c'],
        ],
        [
          ['1', 'a'],
          ['1', 'b'],
          ['2', 'c'],
        ],
        ['number', 'text'],
        shape,
      ),
      null,
    );
    assert.match(
      compareResults(
        [
          ['2', 'c'],
          ['1', 'a'],
        ],
        [
          ['1', 'a'],
          ['2', 'c'],
        ],
        ['number', 'text'],
        shape,
      ) ?? '',
      /ORDER BY/,
    );
  });

  it('lets LIMIT keep any of the tied rows, and no others', () => {
    const unlimited: Row[] = [
      ['1', 'a'],
      ['2', 'b'],
      ['2', 'c'],
    ];
    const shape = { orderedBy: [0], limited: true, unlimited };
    assert.equal(
      compareResults(
        [
          ['1', 'a'],
          ['2', 'c'],
        ],
        [
          ['1', 'a'],
          ['2', 'b'],
        ],
        ['number', 'text'],
        shape,
      ),
      null,
    );
    assert.match(
      compareResults(
        [
          ['1', 'a'],
          ['2', 'x'],
        ],
        [
          ['1', 'a'],
          ['2', 'b'],
        ],
        ['number', 'text'],
        shape,
      ) ?? '',
      /does not have/,
    );
    const three = { orderedBy: [0], limited: true };
    assert.match(
      compareResults(
        [
          ['1', 'a'],
          ['2', 'x'],
          ['3', 'c'],
        ],
        [
          ['1', 'a'],
          ['2', 'b'],
          ['3', 'c'],
        ],
        ['number', 'text'],
        three,
      ) ?? '',
      /differ/,
    );
  });
});
