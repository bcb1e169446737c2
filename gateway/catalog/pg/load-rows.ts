import type { Column } from '../../../planner/relation/relation.js';
import { printDataType, quoteName, quoteText } from '../../../planner/types/data-type.js';
import type { CatalogRow, CatalogValue } from './catalog-view.js';

/** The columns of a table in a CREATE TABLE. */
export function columnDefinitions(columns: readonly Column[]): string {
  return columns.map((column) => `${quoteName(column.name)} ${printDataType(column.type)}`).join(', ');
}

/**
 * The statement that inserts these rows: one JSON text, which DuckDB reads many times faster than VALUES. Columns with
 * one value in every row are written once, outside of it. Null for no rows.
 */
export function insertStatement(table: string, columns: readonly Column[], rows: readonly CatalogRow[]): string | null {
  const first = rows[0];
  if (first === undefined) {
    return null;
  }
  const varying: Column[] = [];
  const items = columns.map((column) => {
    const value = first[column.name] ?? null;
    const type = printDataType(column.type);
    if (!Array.isArray(value) && rows.every((row) => (row[column.name] ?? null) === value)) {
      return `CAST(${literal(value)} AS ${type})`;
    }
    varying.push(column);
    return `r."c${varying.length - 1}"`;
  });
  if (varying.length === 0) {
    return `INSERT INTO ${table} SELECT ${items.join(', ')} FROM range(${rows.length})`;
  }
  const structure = JSON.stringify([Object.fromEntries(varying.map((column, index) => [`c${index}`, printDataType(column.type)]))]);
  const values = JSON.stringify(rows.map((row) => Object.fromEntries(varying.map((column, index) => [`c${index}`, row[column.name] ?? undefined]))));
  return `INSERT INTO ${table} SELECT ${items.join(', ')} FROM (SELECT unnest(from_json(${quoteText(values)}, ${quoteText(structure)})) AS r)`;
}

function literal(value: CatalogValue): string {
  return value === null ? 'NULL' : typeof value === 'string' ? quoteText(value) : String(value);
}
