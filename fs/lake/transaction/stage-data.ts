import { LakeError } from '../lake-error.js';
import type { NewLakeDeletes, NewLakeFile, RowsRewrite } from '../lake.js';
import type { LakeDeleteFile, LakeFile, LakeTable } from '../model.js';
import { NO_STAGED_DATA, withEntry, type StagedData, type StagedRow, type StagedState } from './staged-state.js';

/** Row ids of staged files are not known before the commit. */
const UNKNOWN_ROW_ID = -1;

/** Adds data files that were written for the table as it is now. */
export function stageAppendFiles(state: StagedState, table: LakeTable, files: readonly NewLakeFile[]): StagedState {
  let nextId = state.nextId;
  const staged = files.map((file): LakeFile => {
    const keyCount = table.partition?.keys.length ?? 0;
    if (file.partitionValues.length !== keyCount) {
      throw new LakeError(
        'data_file',
        `file "${file.path}" has ${file.partitionValues.length} partition values where table "${table.name}" has ${keyCount} keys`,
      );
    }
    const id = nextId;
    nextId -= 1;
    return { ...file, id, rowIdStart: UNKNOWN_ROW_ID, partitionId: table.partition?.id ?? null, deletes: null, nameMapping: null };
  });
  return withData({ ...state, nextId }, table, (data) => ({ ...data, files: [...data.files, ...staged.filter(({ rowCount }) => rowCount > 0)] }));
}

/** Adds rows to be kept in the catalog. */
export function stageAppendRows(state: StagedState, table: LakeTable, rows: readonly (readonly (string | null)[])[]): StagedState {
  let nextId = state.nextId;
  const staged: [number, StagedRow][] = rows.map((row) => {
    if (row.length !== table.columns.length) {
      throw new LakeError('unsupported', `a row of ${row.length} values was given to table "${table.name}" of ${table.columns.length} columns`);
    }
    const id = nextId;
    nextId -= 1;
    return [id, new Map(table.columns.map((column, index) => [column.id, row[index] ?? null]))];
  });
  return withData({ ...state, nextId }, table, (data) => ({ ...data, rows: new Map([...data.rows, ...staged]) }));
}

/** Replaces delete files of committed and of staged data files. */
export function stageDeleteRows(state: StagedState, table: LakeTable, deletes: readonly NewLakeDeletes[]): StagedState {
  let nextId = state.nextId;
  const byFile = new Map<number, LakeDeleteFile>();
  for (const { file, path, rowCount, byteCount, footerByteCount } of deletes) {
    refuseInlinedDeletes(table, file);
    if (rowCount > file.rowCount || rowCount <= 0) {
      throw new LakeError('data_file', `delete file "${path}" names ${rowCount} rows of a data file of ${file.rowCount}`);
    }
    byFile.set(file.id, { id: nextId, path, rowCount, byteCount, footerByteCount });
    nextId -= 1;
  }
  return withData({ ...state, nextId }, table, (data) => {
    const stagedIds = new Set(data.files.map(({ id }) => id));
    for (const id of byFile.keys()) {
      if (data.droppedFileIds.has(id) || (id < 0 && !stagedIds.has(id)) || (id >= 0 && data.isTruncated)) {
        throw new LakeError('not_found', `table "${table.name}" has no data file ${id} any more`);
      }
    }
    return {
      ...data,
      files: data.files.map((file) => ({ ...file, deletes: byFile.get(file.id) ?? file.deletes })),
      deletes: new Map([...data.deletes, ...[...byFile].filter(([id]) => id >= 0)]),
    };
  });
}

/** Removes rows kept in the catalog: committed ones by their row id, staged ones by their provisional id. */
export function stageDeleteInlinedRows(state: StagedState, table: LakeTable, rowIds: readonly number[]): StagedState {
  return withData(state, table, (data) => {
    const rows = new Map(data.rows);
    for (const id of rowIds.filter((rowId) => rowId < 0)) {
      if (!rows.delete(id)) {
        throw new LakeError('not_found', `table "${table.name}" has no row ${id} any more`);
      }
    }
    return { ...data, rows, deletedRowIds: new Set([...data.deletedRowIds, ...rowIds.filter((rowId) => rowId >= 0)]) };
  });
}

/** Removes whole data files, committed or staged. */
export function stageDropFiles(state: StagedState, table: LakeTable, files: readonly LakeFile[]): StagedState {
  const ids = new Set(files.map(({ id }) => id));
  return withData(state, table, (data) => ({
    ...data,
    files: data.files.filter(({ id }) => !ids.has(id)),
    droppedFileIds: new Set([...data.droppedFileIds, ...[...ids].filter((id) => id >= 0)]),
    deletes: new Map([...data.deletes].filter(([id]) => !ids.has(id))),
  }));
}

/** Moves rows from files, and from the catalog, into new files. */
export function stageRewrite(state: StagedState, table: LakeTable, { files, inlinedRowIds, replacements }: RowsRewrite): StagedState {
  if (state.data.get(table.id)?.isRewrite === false) {
    throw new LakeError('unsupported', `rows of table "${table.name}" were changed in this transaction already`);
  }
  const before = files.reduce((sum, file) => sum + file.rowCount - (file.deletes?.rowCount ?? 0), inlinedRowIds.length);
  const after = replacements.reduce((sum, file) => sum + file.rowCount, 0);
  if (before !== after) {
    throw new LakeError('data_file', `table "${table.name}": ${before} rows were to be rewritten and ${after} were`);
  }
  const without = stageDeleteInlinedRows(stageDropFiles(state, table, files), table, inlinedRowIds);
  return withData(stageAppendFiles(without, table, replacements), table, (data) => ({ ...data, isRewrite: true }));
}

/** Removes all rows. */
export function stageTruncate(state: StagedState, table: LakeTable): StagedState {
  // A table of this transaction's own has no rows in the base.
  return withData(state, table, () => ({ ...NO_STAGED_DATA, isTruncated: table.id >= 0 }));
}

/** A new delete file would name again rows that the catalog itself deletes: the ducklake extension then shows other deleted rows. */
function refuseInlinedDeletes(table: LakeTable, file: LakeFile): void {
  if (file.hasInlinedDeletes === true) {
    throw new LakeError('unsupported', `data file "${file.path}" of table "${table.name}" has deleted rows that are kept in the catalog`, {
      detail: 'Sluice deletes no more rows of it until, in DuckDB, CALL ducklake_flush_inlined_data(...) has written them into delete files.',
    });
  }
}

function withData(state: StagedState, table: LakeTable, change: (data: StagedData) => StagedData): StagedState {
  return { ...state, data: withEntry(state.data, table.id, change(state.data.get(table.id) ?? NO_STAGED_DATA)) };
}
