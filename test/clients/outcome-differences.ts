import { isDeepStrictEqual } from 'node:util';

/** One place where two outcomes differ: the labels on the way there, outermost first, joined by ` > `. */
export interface OutcomeDifference {
  readonly path: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/**
 * Where two outcomes of a check differ. A pair `[label, value]` is a step named by its label, so that a path reads
 * `errors by class > SELECT 1/0`; other lists are steps by number.
 */
export function findDifferences(path: string, actual: unknown, expected: unknown): OutcomeDifference[] {
  if (isDeepStrictEqual(actual, expected)) {
    return [];
  }
  if (isPair(actual) && isPair(expected) && actual[0] === expected[0]) {
    return findDifferences(`${path} > ${actual[0]}`, actual[1], expected[1]);
  }
  // Lists of plain values (a row, an error) are one thing; lists of lists are walked.
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length === expected.length && [...actual, ...expected].some(isContainer)) {
    return actual.flatMap((item, index) => findDifferences(isPair(item) && isPair(expected[index]) ? path : `${path} > ${index}`, item, expected[index]));
  }
  return [{ path, actual, expected }];
}

function isPair(value: unknown): value is readonly [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
