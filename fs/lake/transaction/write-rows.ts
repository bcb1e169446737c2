import { relative } from 'node:path';
import type { LakeDeleteFile, LakeFile, LakeTable } from '../model.js';
import { sqlList, sqlValue } from './catalog-sql.js';
import type { LakeChange } from './change-list.js';
import { inlinedColumnType, inlinedValue } from './inlined-types.js';
import type { RowsDifference } from './staged-difference.js';
import { withoutNul, type CatalogKind, type TableFacts } from './table-facts.js';
import { valueOfRow, withAddedRows, withMovedRows } from './table-statistics.js';
import { finalId, insertSchemaVersion, type MemberTarget } from './write-definitions.js';

/** What else is needed to write rows. */
export interface RowsTarget extends MemberTarget {
  readonly kind: CatalogKind;
  /** Raises the schema version of the transaction's snapshot, once. */
  raiseSchemaVersion(): void;
}

/** Writes one table's rows and tells the changes in DuckLake's words. */
export function writeRows(target: RowsTarget, facts: TableFacts, difference: RowsDifference): readonly LakeChange[] {
  const { table, files, droppedFiles, deletes, rows, deletedRowIds, isRewrite } = difference;
  const id = finalId(target, table.id);
  const { writes, head } = target;
  for (const file of files) {
    writeFile(target, id, difference.table, file, nextRowIdAfter(facts, files, file));
  }
  if (droppedFiles.length > 0) {
    const ids = sqlList(droppedFiles.map((file) => file.id));
    writes.end('ducklake_data_file', head.snapshotId, `data_file_id IN ${ids}`);
    writes.end('ducklake_delete_file', head.snapshotId, `data_file_id IN ${ids}`);
  }
  if (deletes.length > 0) {
    writes.end('ducklake_delete_file', head.snapshotId, `data_file_id IN ${sqlList(deletes.map(({ file }) => file.id))}`);
    for (const each of deletes) {
      writeDeleteFile(target, id, table, each.file.id, each.deletes);
    }
  }
  if (deletedRowIds.length > 0) {
    for (const { name } of facts.inlinedTables) {
      writes.end(name, head.snapshotId, `row_id IN ${sqlList(deletedRowIds)}`);
    }
  }
  if (rows.length > 0) {
    const name = currentInlinedTable(target, facts, table);
    const firstRowId = facts.statistics.nextRowId + files.reduce((sum, file) => sum + file.rowCount, 0);
    for (const [index, row] of rows.entries()) {
      const values = table.columns.map((column) => inlinedValue(target.kind, column.type, valueOfRow(column, row)));
      writes.insertSql(name, [String(firstRowId + index), String(head.snapshotId), 'NULL', ...values]);
    }
  }
  if (isRewrite) {
    facts.statistics = withMovedRows(facts.statistics, files, droppedFiles);
  } else if (files.length + rows.length > 0) {
    facts.statistics = withAddedRows(facts.statistics, table, files, rows);
  }
  const words = [
    isRewrite ? ('rewrite_delete' as const) : files.length > 0 ? ('inserted_into_table' as const) : null,
    !isRewrite && droppedFiles.length + deletes.length > 0 ? ('deleted_from_table' as const) : null,
    rows.length > 0 ? ('inlined_insert' as const) : null,
    deletedRowIds.length > 0 ? ('inlined_delete' as const) : null,
  ];
  return words.flatMap((word) => (word === null ? [] : [{ kind: 'object' as const, word, id }]));
}

/** After a change of columns new rows need a new inlined table; other writers expect to find it made by whoever made the change. */
export function renewInlinedTable(target: RowsTarget, facts: TableFacts, table: LakeTable): void {
  facts.definedAt = target.head.schemaVersion;
  if (facts.inlinedTables.length > 0) {
    currentInlinedTable(target, facts, table);
  }
}

function currentInlinedTable(target: RowsTarget, facts: TableFacts, table: LakeTable): string {
  const newest = facts.inlinedTables.toSorted((a, b) => b.schemaVersion - a.schemaVersion)[0];
  if (newest !== undefined && newest.schemaVersion >= facts.definedAt) {
    return newest.name;
  }
  // Readers remember a table's inlined tables by schema version.
  target.raiseSchemaVersion();
  const { writes, head, kind } = target;
  const id = finalId(target, table.id);
  const name = `ducklake_inlined_data_${id}_${head.schemaVersion}`;
  const columns = table.columns.map((column) => `"${column.name.replaceAll('"', '""')}" ${inlinedColumnType(kind, column.type)}`);
  writes.createTable(name, ['row_id BIGINT', 'begin_snapshot BIGINT', 'end_snapshot BIGINT', ...columns]);
  writes.insert('ducklake_inlined_data_tables', id, name, head.schemaVersion);
  if (facts.definedAt !== head.schemaVersion) {
    insertSchemaVersion(target, id);
    facts.definedAt = head.schemaVersion;
  }
  facts.inlinedTables = [...facts.inlinedTables, { name, schemaVersion: head.schemaVersion }];
  return name;
}

function nextRowIdAfter(facts: TableFacts, files: readonly LakeFile[], file: LakeFile): number {
  const before = files.slice(0, files.indexOf(file));
  return before.reduce((sum, { rowCount }) => sum + rowCount, facts.statistics.nextRowId);
}

function writeFile(target: MemberTarget, tableId: number, table: LakeTable, file: LakeFile, rowIdStart: number): void {
  const { writes, head } = target;
  const id = head.takeFileId();
  const partitionId = file.partitionId === null ? null : finalId(target, file.partitionId);
  const size = [file.rowCount, file.byteCount, file.footerByteCount] as const;
  const place = filePath(table.path, file.path);
  writes.insert('ducklake_data_file', id, tableId, head.snapshotId, null, null, ...place, 'parquet', ...size, rowIdStart, partitionId, null, null, null);
  for (const [columnId, { byteCount, valueCount, nullCount, min, max, containsNan }] of file.statistics) {
    const bounds = [withoutNul(min), withoutNul(max)] as const;
    writes.insert('ducklake_file_column_stats', id, tableId, columnId, byteCount, valueCount, nullCount, ...bounds, containsNan, null);
  }
  for (const [index, value] of file.partitionValues.entries()) {
    writes.insert('ducklake_file_partition_value', id, tableId, index, value);
  }
  if (file.deletes !== null) {
    writeDeleteFile(target, tableId, table, id, file.deletes);
  }
}

function writeDeleteFile(target: MemberTarget, tableId: number, table: LakeTable, dataFileId: number, file: LakeDeleteFile): void {
  const { writes, head } = target;
  const place = filePath(table.path, file.path);
  const size = [file.rowCount, file.byteCount, file.footerByteCount].map(sqlValue);
  const values = [head.takeFileId(), tableId, head.snapshotId, null, dataFileId, ...place, 'parquet'].map(sqlValue);
  writes.insertSql('ducklake_delete_file', [...values, ...size, 'NULL', 'NULL']);
}

/** A file's `path` and `path_is_relative`. */
function filePath(folder: string, file: string): readonly [string, boolean] {
  const path = relative(folder, file);
  return path.startsWith('..') || path.startsWith('/') ? [file, false] : [path, true];
}
