import type { CatalogRow } from '../catalog-database.js';
import { LakeError } from '../lake-error.js';

/** A column that holds an integer. Throws LakeError `catalog`. */
export function integer(row: CatalogRow, column: string): number {
  const value = integerOrNull(row, column);
  if (value === null) {
    throw new LakeError('catalog', `the catalog has no ${column} where there must be one`);
  }
  return value;
}

/** A column that holds an integer or NULL. Throws LakeError `catalog`. */
export function integerOrNull(row: CatalogRow, column: string): number | null {
  const value = row[column] ?? null;
  if (value === null) {
    return null;
  }
  if (!Number.isSafeInteger(Number(value))) {
    throw new LakeError('catalog', `the catalog holds ${String(value)} in ${column} where an integer was expected`);
  }
  return Number(value);
}

/** A column that holds a text. Throws LakeError `catalog`. */
export function text(row: CatalogRow, column: string): string {
  const value = textOrNull(row, column);
  if (value === null) {
    throw new LakeError('catalog', `the catalog has no ${column} where there must be one`);
  }
  return value;
}

/** A column that holds a text or NULL. */
export function textOrNull(row: CatalogRow, column: string): string | null {
  const value = row[column] ?? null;
  return value === null ? null : String(value);
}

/** A column that holds a boolean; NULL is false. */
export function flag(row: CatalogRow, column: string): boolean {
  return row[column] === true;
}

/** Rows by the integer in a column, each group in the rows' order. */
export function grouped(rows: readonly CatalogRow[], column: string): ReadonlyMap<number, readonly CatalogRow[]> {
  const groups = new Map<number, CatalogRow[]>();
  for (const row of rows) {
    const key = integer(row, column);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [row]);
    } else {
      group.push(row);
    }
  }
  return groups;
}

/** The `path` of a row, below `parent` where it is relative, without a slash at its end. */
export function absolutePath(parent: string, row: CatalogRow): string {
  const path = text(row, 'path');
  return (flag(row, 'path_is_relative') ? `${parent}/${path}` : path).replace(/\/+$/, '');
}
