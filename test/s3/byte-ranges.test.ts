import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { mergeRanges, splitRanges, subtractRanges, type ByteRange } from '../../fs/s3/byte-ranges.js';

const SPACE = 60;
const ROUNDS = 500;

describe('byte ranges', () => {
  it('merged, subtracted and split as sets of numbers are', () => {
    let seed = 7;
    const random = (bound: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * bound);
    };
    const some = (): ByteRange[] => Array.from({ length: random(8) }, () => random(SPACE)).map((start) => ({ start, end: start + random(9) }));
    for (let round = 0; round < ROUNDS; round++) {
      const [a, b] = [some(), some()];
      const merged = mergeRanges(a);
      assert.deepEqual(numbersOf(merged), numbersOf(a));
      assert(merged.every((range, index) => range.start < range.end && range.start > (merged[index - 1]?.end ?? -1)));
      const inB = new Set(numbersOf(b));
      const left = subtractRanges(merged, mergeRanges(b));
      assert.deepEqual(
        numbersOf(left),
        numbersOf(a).filter((number) => !inB.has(number)),
      );
      const parts = splitRanges(left, 3);
      assert.deepEqual(numbersOf(parts), numbersOf(left));
      assert(parts.every(({ start, end }) => end - start <= 3));
    }
  });

  it('reads over small gaps only', () => {
    const ranges = [
      { start: 0, end: 10 },
      { start: 15, end: 20 },
      { start: 40, end: 50 },
    ];
    assert.deepEqual(mergeRanges(ranges, 5), [
      { start: 0, end: 20 },
      { start: 40, end: 50 },
    ]);
  });
});

function numbersOf(ranges: readonly ByteRange[]): number[] {
  const numbers = new Set(ranges.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index)));
  return [...numbers].toSorted((a, b) => a - b);
}
