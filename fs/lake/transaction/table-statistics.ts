import type { LakeColumn, LakeColumnStatistics, LakeFile, LakeTable } from '../model.js';
import { flattenColumns } from './staged-columns.js';
import type { StagedRow } from './staged-state.js';
import { compareValueTexts } from './value-order.js';

/** What `ducklake_table_stats` and `ducklake_table_column_stats` say of a table. */
export interface TableStatistics {
  /** False while the table has no row in `ducklake_table_stats`. */
  readonly isStored: boolean;
  readonly recordCount: number;
  readonly nextRowId: number;
  readonly byteCount: number;
  /** By column id. A column without an entry is one nothing is known of. */
  readonly columns: ReadonlyMap<number, ColumnSummary>;
}

/** What holds for all values of a column; no minimum and no maximum: all were NULL. */
export interface ColumnSummary {
  readonly containsNull: boolean | null;
  readonly containsNan: boolean | null;
  readonly min: string | null;
  readonly max: string | null;
}

/** Statistics of a table no row was ever written to. */
export const NO_ROWS: TableStatistics = { isStored: false, recordCount: 0, nextRowId: 0, byteCount: 0, columns: new Map() };

/** The statistics after they were written. */
export function asStored(statistics: TableStatistics): TableStatistics {
  return statistics === NO_ROWS ? statistics : { ...statistics, isStored: true };
}

/** The statistics after rows were added; a column about which anything added is unknown loses its summary. */
export function withAddedRows(before: TableStatistics, table: LakeTable, files: readonly LakeFile[], rows: readonly StagedRow[]): TableStatistics {
  const fileRowCount = files.reduce((sum, file) => sum + file.rowCount, 0);
  const columns = new Map<number, ColumnSummary>();
  for (const { column } of flattenColumns(table.columns)) {
    const known = before.columns.get(column.id) ?? (before.nextRowId === 0 ? emptySummary(column.type) : null);
    const parts = [...files.map((file) => summaryOfFile(file.statistics.get(column.id))), ...(rows.length === 0 ? [] : [summaryOfRows(column, rows)])];
    const merged = parts.reduce((sum, part) => (sum === null || part === null ? null : merge(column.type, sum, part)), known);
    if (merged !== null) {
      columns.set(column.id, merged);
    }
  }
  return {
    isStored: before.isStored,
    recordCount: before.recordCount + fileRowCount + rows.length,
    nextRowId: before.nextRowId + fileRowCount + rows.length,
    byteCount: before.byteCount + files.reduce((sum, file) => sum + file.byteCount, 0),
    columns,
  };
}

/** The statistics after rows went from some files into others: the bounds hold as they were. */
export function withMovedRows(before: TableStatistics, files: readonly LakeFile[], droppedFiles: readonly LakeFile[]): TableStatistics {
  return {
    ...before,
    nextRowId: before.nextRowId + files.reduce((sum, file) => sum + file.rowCount, 0),
    byteCount: Math.max(0, before.byteCount + bytesOf(files) - bytesOf(droppedFiles)),
  };
}

function bytesOf(files: readonly LakeFile[]): number {
  return files.reduce((sum, file) => sum + file.byteCount, 0);
}

function emptySummary(type: string): ColumnSummary {
  return { containsNull: false, containsNan: isFloat(type) ? false : null, min: null, max: null };
}

function summaryOfFile(statistics: LakeColumnStatistics | undefined): ColumnSummary | null {
  if (statistics === undefined || statistics.nullCount === null) {
    return null;
  }
  const { min, max, nullCount, valueCount, containsNan } = statistics;
  // Values but no bounds: not the same as all NULL, which has no bounds either.
  const isAllNull = valueCount !== null && nullCount >= valueCount;
  if ((min === null || max === null) && !isAllNull) {
    return null;
  }
  return { containsNull: nullCount > 0, containsNan, min, max };
}

function summaryOfRows(column: LakeColumn, rows: readonly StagedRow[]): ColumnSummary | null {
  let summary = emptySummary(column.type);
  for (const row of rows) {
    const value = valueOfRow(column, row);
    const one: ColumnSummary = { containsNull: value === null, containsNan: isFloat(column.type) ? false : null, min: value, max: value };
    // Comparing a value with itself finds texts that are not in the one form their order is known for, NaN among them.
    if (value !== null && compareValueTexts(column.type, value, value) === null) {
      return null;
    }
    const merged = merge(column.type, summary, one);
    if (merged === null) {
      return null;
    }
    summary = merged;
  }
  return summary;
}

/** A staged row's value of a column; rows staged before the column was added have its initial default. */
export function valueOfRow(column: LakeColumn, row: StagedRow): string | null {
  const value = row.get(column.id);
  return value === undefined ? column.initialDefault : value;
}

function merge(type: string, a: ColumnSummary, b: ColumnSummary): ColumnSummary | null {
  const min = pick(type, a.min, b.min, -1);
  const max = pick(type, a.max, b.max, 1);
  if (min === undefined || max === undefined) {
    return null;
  }
  return {
    containsNull: a.containsNull === null || b.containsNull === null ? null : a.containsNull || b.containsNull,
    containsNan: either(a.containsNan, b.containsNan),
    min,
    max,
  };
}

/** The one of two bounds further to a side; undefined when that cannot be told. */
function pick(type: string, a: string | null, b: string | null, side: -1 | 1): string | null | undefined {
  if (a === null || b === null) {
    return a ?? b;
  }
  const compared = compareValueTexts(type, a, b);
  if (compared === null) {
    return undefined;
  }
  return compared * side >= 0 ? a : b;
}

function either(a: boolean | null, b: boolean | null): boolean | null {
  if (a === true || b === true) {
    return true;
  }
  return a === null || b === null ? null : false;
}

function isFloat(type: string): boolean {
  return type === 'float32' || type === 'float64';
}
