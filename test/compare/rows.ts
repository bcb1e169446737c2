import { canonicalNumber, equalValues, type ColumnKind, type Row } from './value.js';

/** Beyond this many rows that agree in everything exact, pairing by order has to do: trying every pair is quadratic. */
const GREEDY_ROWS_MAX = 2000;
/** A message wants one row that differs: among rows of floats only, each search may go through the whole other result. */
const SEARCHED_ROWS_MAX = 500;

/** Compares two results as multisets. Null when equal, else what differs. */
export function compareUnordered(actual: readonly Row[], expected: readonly Row[], kinds: readonly ColumnKind[]): string | null {
  if (actual.length !== expected.length) {
    return `${actual.length} rows instead of ${expected.length}${describeMissing(actual, expected, kinds)}`;
  }
  const wanted = groupByExact(expected, kinds);
  for (const [key, rows] of groupByExact(actual, kinds)) {
    const candidates = wanted.get(key) ?? [];
    if (candidates.length !== rows.length || !equalGroups(rows, candidates, kinds)) {
      return `rows differ: got ${show(rows)}, expected ${show(candidates)}`;
    }
  }
  return null;
}

/** Compares two results row by row. Null when equal, else what differs. */
export function compareOrdered(actual: readonly Row[], expected: readonly Row[], kinds: readonly ColumnKind[]): string | null {
  if (actual.length !== expected.length) {
    return `${actual.length} rows instead of ${expected.length}${describeMissing(actual, expected, kinds)}`;
  }
  for (const [index, row] of actual.entries()) {
    const other = expected[index] ?? [];
    if (!equalRows(row, other, kinds)) {
      return `row ${index + 1} differs: got ${show([row])}, expected ${show([other])}`;
    }
  }
  return null;
}

/** True when two rows agree in every column. */
export function equalRows(left: Row, right: Row, kinds: readonly ColumnKind[]): boolean {
  return left.length === right.length && left.every((value, column) => equalValues(value, right[column] ?? null, kinds[column] ?? 'text'));
}

/** True when every row of `part` occurs in `all`, as often. */
export function isSubset(part: readonly Row[], all: readonly Row[], kinds: readonly ColumnKind[]): boolean {
  const left = groupByExact(all, kinds);
  return part.every((row) => {
    const group = left.get(exactKey(row, kinds)) ?? [];
    const index = group.findIndex((candidate) => equalRows(row, candidate, kinds));
    if (index < 0) {
      return false;
    }
    group.splice(index, 1);
    return true;
  });
}

/** The first rows as text for a message. */
export function show(rows: readonly Row[]): string {
  const shown = rows.slice(0, 3).map((row) => `(${row.map((value) => value ?? 'NULL').join(', ')})`);
  return rows.length === 0 ? 'nothing' : shown.join(' ') + (rows.length > 3 ? ` and ${rows.length - 3} more` : '');
}

/** The first of the first rows of `part` that `all` does not have, to show it. */
export function findStranger(part: readonly Row[], all: readonly Row[], kinds: readonly ColumnKind[]): Row | undefined {
  const groups = groupByExact(all, kinds);
  const isKnown = (row: Row): boolean => (groups.get(exactKey(row, kinds)) ?? []).some((candidate) => equalRows(row, candidate, kinds));
  return part.slice(0, SEARCHED_ROWS_MAX).find((row) => !isKnown(row));
}

function describeMissing(actual: readonly Row[], expected: readonly Row[], kinds: readonly ColumnKind[]): string {
  const extra = findStranger(actual, expected, kinds);
  const missing = findStranger(expected, actual, kinds);
  return (extra === undefined ? '' : `; unexpected ${show([extra])}`) + (missing === undefined ? '' : `; missing ${show([missing])}`);
}

function equalGroups(left: readonly Row[], right: readonly Row[], kinds: readonly ColumnKind[]): boolean {
  const sorted = (rows: readonly Row[]): Row[] => rows.toSorted((a, b) => compareFloats(a, b, kinds));
  const a = sorted(left);
  const b = sorted(right);
  if (a.every((row, index) => equalRows(row, b[index] ?? [], kinds))) {
    return true;
  }
  // Values that are equal within the tolerance may sort differently: any perfect pairing will do.
  return left.length <= GREEDY_ROWS_MAX && isSubset(left, right, kinds);
}

function compareFloats(left: Row, right: Row, kinds: readonly ColumnKind[]): number {
  for (const [column, kind] of kinds.entries()) {
    if (kind === 'float') {
      const a = left[column] ?? null;
      const b = right[column] ?? null;
      const difference = a === null || b === null ? Number(a === null) - Number(b === null) : Number(a) - Number(b);
      if (difference !== 0 && !Number.isNaN(difference)) {
        return difference;
      }
    }
  }
  return 0;
}

function groupByExact(rows: readonly Row[], kinds: readonly ColumnKind[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = exactKey(row, kinds);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [row]);
    } else {
      group.push(row);
    }
  }
  return groups;
}

function exactKey(row: Row, kinds: readonly ColumnKind[]): string {
  return JSON.stringify(
    row.map((value, column) => {
      const kind = kinds[column] ?? 'text';
      if (value === null || kind === 'text') {
        return value;
      }
      return kind === 'number' ? canonicalNumber(value) : 0;
    }),
  );
}
