import { compareOrdered, compareUnordered, findStranger, isSubset, show } from './rows.js';
import { equalValues, type ColumnKind, type Row } from './value.js';

/** What a statement says about its result's order and extent, as far as a comparison needs it. */
export interface ResultShape {
  /** Output columns (from 0) by which the result is ordered, first key first; empty without ORDER BY. */
  readonly orderedBy: readonly number[];
  /** True when a LIMIT or OFFSET cut the result. */
  readonly limited: boolean;
  /** The result without its LIMIT, where the caller has it: rows kept out of ties are then looked up in it. */
  readonly unlimited?: readonly Row[];
}

/** Compares a result with the oracle's under what SQL leaves open. Null when they agree, else what differs. */
export function compareResults(actual: readonly Row[], expected: readonly Row[], kinds: readonly ColumnKind[], shape: ResultShape): string | null {
  if (shape.orderedBy.length > 0) {
    const keysOf = (rows: readonly Row[]): Row[] => rows.map((row) => shape.orderedBy.map((column) => row[column] ?? null));
    const keyKinds = shape.orderedBy.map((column) => kinds[column] ?? 'text');
    const difference = compareOrdered(keysOf(actual), keysOf(expected), keyKinds);
    if (difference !== null) {
      return `by the ORDER BY keys, ${difference}`;
    }
  }
  if (!shape.limited) {
    return compareUnordered(actual, expected, kinds);
  }
  if (actual.length !== expected.length) {
    return `${actual.length} rows instead of ${expected.length}`;
  }
  if (shape.unlimited !== undefined && !isSubset(actual, shape.unlimited, kinds)) {
    const stranger = findStranger(actual, shape.unlimited, kinds);
    return `a row that the query without LIMIT does not have: ${show(stranger === undefined ? actual : [stranger])}`;
  }
  if (shape.orderedBy.length === 0) {
    return null;
  }
  // Only the first and the last tie group can have been cut; every group between them is whole.
  const inner = (rows: readonly Row[]): readonly Row[] =>
    rows.filter((row) => !sameKeys(row, expected[0], shape, kinds) && !sameKeys(row, expected.at(-1), shape, kinds));
  return compareUnordered(inner(actual), inner(expected), kinds);
}

function sameKeys(row: Row, other: Row | undefined, shape: ResultShape, kinds: readonly ColumnKind[]): boolean {
  return other !== undefined && shape.orderedBy.every((column) => equalValues(row[column] ?? null, other[column] ?? null, kinds[column] ?? 'text'));
}
