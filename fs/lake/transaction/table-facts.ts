import type { CatalogDatabase, CatalogQueries, CatalogRow } from '../catalog-database.js';
import { integer, textOrNull } from '../snapshot/row-values.js';
import { sqlList, sqlValue, type CatalogWrites } from './catalog-sql.js';
import { NO_ROWS, type ColumnSummary, type TableStatistics } from './table-statistics.js';

/** What a commit must know of a table besides its definition; changed as the transactions of a group are planned. */
export interface TableFacts {
  statistics: TableStatistics;
  /** Tables of the catalog that keep rows of it. */
  inlinedTables: readonly InlinedTable[];
  /** The schema version of its last change of columns, 0 when the catalog does not say. */
  definedAt: number;
}

/** A table of the catalog that keeps rows of a lake's table, with the columns that one had at a schema version. */
export interface InlinedTable {
  readonly name: string;
  readonly schemaVersion: number;
}

/** Facts of a table this transaction makes. */
export function newTableFacts(schemaVersion: number): TableFacts {
  return { statistics: NO_ROWS, inlinedTables: [], definedAt: schemaVersion };
}

/** Reads the facts of tables. */
export async function readTableFacts(queries: CatalogQueries, prefix: string, tableIds: readonly number[]): Promise<Map<number, TableFacts>> {
  const facts = new Map(tableIds.map((id) => [id, newTableFacts(0)]));
  if (tableIds.length === 0) {
    return facts;
  }
  const ids = sqlList(tableIds);
  const rows = await queries.query(
    `SELECT s.table_id, s.record_count, s.next_row_id, s.file_size_bytes, c.column_id, c.contains_null, c.contains_nan, c.min_value, c.max_value
     FROM ${prefix}ducklake_table_stats s LEFT JOIN ${prefix}ducklake_table_column_stats c ON c.table_id = s.table_id
     WHERE s.table_id IN ${ids}`,
  );
  const versions = await queries.query(
    `SELECT table_id, schema_version, CAST(NULL AS VARCHAR) AS table_name FROM ${prefix}ducklake_schema_versions WHERE table_id IN ${ids}
     UNION ALL SELECT table_id, schema_version, table_name FROM ${prefix}ducklake_inlined_data_tables WHERE table_id IN ${ids}`,
  );
  for (const [id, fact] of facts) {
    fact.statistics = statisticsOf(rows.filter((row) => integer(row, 'table_id') === id));
    const own = versions.filter((row) => integer(row, 'table_id') === id);
    fact.inlinedTables = own.flatMap((row) => {
      const name = textOrNull(row, 'table_name');
      return name === null ? [] : [{ name, schemaVersion: integer(row, 'schema_version') }];
    });
    fact.definedAt = Math.max(0, ...own.filter((row) => row['table_name'] === null).map((row) => integer(row, 'schema_version')));
  }
  return facts;
}

function statisticsOf(rows: readonly CatalogRow[]): TableStatistics {
  const first = rows[0];
  if (first === undefined) {
    return NO_ROWS;
  }
  const columns = new Map<number, ColumnSummary>();
  for (const row of rows.filter((each) => each['column_id'] !== null)) {
    columns.set(integer(row, 'column_id'), {
      containsNull: booleanOf(row, 'contains_null'),
      containsNan: booleanOf(row, 'contains_nan'),
      min: textOrNull(row, 'min_value'),
      max: textOrNull(row, 'max_value'),
    });
  }
  return {
    isStored: true,
    recordCount: integer(first, 'record_count'),
    nextRowId: integer(first, 'next_row_id'),
    byteCount: integer(first, 'file_size_bytes'),
    columns,
  };
}

function booleanOf(row: CatalogRow, column: string): boolean | null {
  const value = row[column] ?? null;
  return value === null ? null : value === true || value === 'true' || value === 't';
}

/** Writes tables' statistics where they changed, all of a kind in one statement. */
export function writeStatistics(
  writes: CatalogWrites,
  tables: readonly { readonly tableId: number; readonly before: TableStatistics; readonly after: TableStatistics }[],
): void {
  const counts: ChangedRow[] = [];
  const summaries: ChangedRow[] = [];
  for (const { tableId, before, after } of tables.filter((each) => each.before !== each.after)) {
    if (before.isStored) {
      counts.push({ key: `table_id = ${tableId}`, values: [after.recordCount, after.nextRowId, after.byteCount].map(String) });
    } else {
      writes.insert('ducklake_table_stats', tableId, after.recordCount, after.nextRowId, after.byteCount);
    }
    const unknown = [...before.columns.keys()].filter((id) => !after.columns.has(id));
    if (unknown.length > 0) {
      // No row is how the catalog says that nothing is known: a row without bounds would say that all values are NULL.
      writes.remove('ducklake_table_column_stats', `table_id = ${tableId} AND column_id IN ${sqlList(unknown)}`);
    }
    for (const [columnId, summary] of after.columns) {
      const old = before.columns.get(columnId);
      const { containsNull, containsNan } = summary;
      // PostgreSQL's texts cannot hold a NUL character: then the bound is not told, as in DuckLake.
      const [min, max] = [withoutNul(summary.min), withoutNul(summary.max)];
      if (old === undefined) {
        writes.insert('ducklake_table_column_stats', tableId, columnId, containsNull, containsNan, min, max, null);
      } else if (old.min !== min || old.max !== max || old.containsNull !== containsNull || old.containsNan !== containsNan) {
        const flags = [containsNull, containsNan].map((flag) => `CAST(${sqlValue(flag)} AS BOOLEAN)`);
        const bounds = [min, max].map((bound) => `CAST(${sqlValue(bound)} AS VARCHAR)`);
        summaries.push({ key: `table_id = ${tableId} AND column_id = ${columnId}`, values: [...flags, ...bounds] });
      }
    }
  }
  updateRows(writes, 'ducklake_table_stats', ['record_count', 'next_row_id', 'file_size_bytes'], counts);
  updateRows(writes, 'ducklake_table_column_stats', ['contains_null', 'contains_nan', 'min_value', 'max_value'], summaries);
}

/** New values of a row: the condition that picks it, and SQL of the values. */
interface ChangedRow {
  readonly key: string;
  readonly values: readonly string[];
}

/** One statement for all rows. Both databases plan CASE in a fraction of the time of a join with VALUES. */
function updateRows(writes: CatalogWrites, table: string, columns: readonly string[], rows: readonly ChangedRow[]): void {
  if (rows.length > 0) {
    const assignments = columns.map((column, index) => `${column} = CASE ${rows.map(({ key, values }) => `WHEN ${key} THEN ${values[index]}`).join(' ')} END`);
    writes.update(table, assignments.join(', '), rows.map(({ key }) => `(${key})`).join(' OR '));
  }
}

/** A bound the catalog can hold; null for one with a NUL character. */
export function withoutNul(text: string | null): string | null {
  return text === null || text.includes('\0') ? null : text;
}

/** The catalog databases' kinds, for what they keep differently. */
export type CatalogKind = CatalogDatabase['kind'];
