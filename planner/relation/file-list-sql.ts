import { quoteText } from '../types/data-type.js';

/**
 * A path as DuckDB's file readers take it: they expand patterns even in lists, so the characters of patterns are put in
 * brackets, where each stands for itself. Only paths that hold some pay for the directory listing this costs.
 */
export function duckdbPath(path: string): string {
  return path.replace(/[*?[]/g, (character) => `[${character}]`);
}

/** Paths as the list argument of read_parquet and its kin. */
export function fileListSql(paths: readonly string[]): string {
  return `[${paths.map((path) => quoteText(duckdbPath(path))).join(', ')}]`;
}
