import { LakeError } from '../lake-error.js';
import type { LakeDeleteFile, LakeFile, LakeSchema, LakeSnapshot, LakeTable, LakeView } from '../model.js';
import { writtenFilesOf, type WrittenFile } from './durable-files.js';
import { permanentState } from './temporary-objects.js';
import { isNothingStaged, schemasById, tablesById, viewsById, type StagedData, type StagedRow, type StagedState } from './staged-state.js';

/** What a commit has to write: the base compared with what was staged, so that several changes of one object are one. */
export interface StagedDifference {
  readonly schemas: ObjectDifference<LakeSchema>;
  readonly tables: ObjectDifference<LakeTable>;
  readonly views: ObjectDifference<LakeView>;
  readonly rows: readonly RowsDifference[];
  /** Tables of the base whose rows others must have left alone. */
  readonly unchanged: readonly LakeTable[];
  /** Everything the catalog will name, to be made durable first. */
  readonly writtenFiles: readonly WrittenFile[];
  /** True when a name or a column changes: readers keep what they know of those by schema version. */
  readonly isDefinition: boolean;
}

/** Objects of one kind that are new, gone, or not the same as in the base. */
export interface ObjectDifference<T> {
  readonly created: readonly T[];
  readonly dropped: readonly T[];
  readonly altered: readonly { readonly before: T; readonly after: T }[];
}

/** Changed rows of one table. */
export interface RowsDifference {
  readonly table: LakeTable;
  readonly files: readonly LakeFile[];
  /** Committed files whose rows all go. */
  readonly droppedFiles: readonly LakeFile[];
  /** New delete files of committed data files. */
  readonly deletes: readonly { readonly file: LakeFile; readonly deletes: LakeDeleteFile }[];
  readonly rows: readonly StagedRow[];
  /** Committed rows kept in the catalog that go. */
  readonly deletedRowIds: readonly number[];
  /** The same rows in other places. */
  readonly isRewrite: boolean;
}

/** The difference to the base, of what is not temporary; null when there is none. Reads the base's files where rows are deleted. */
export async function stagedDifference(base: LakeSnapshot, staged: StagedState): Promise<StagedDifference | null> {
  const state = permanentState(staged);
  const schemas = differenceOf(schemasById(base.schemas), state.schemas);
  const tables = differenceOf(tablesById(base.tables), state.tables);
  const views = differenceOf(viewsById(base.views), state.views);
  const rows: RowsDifference[] = [];
  for (const [tableId, data] of state.data) {
    const table = state.tables.get(tableId);
    if (table !== undefined && !isNothingStaged(data)) {
      const difference = await rowsDifference(base, table, data);
      if (difference !== null) {
        rows.push(difference);
      }
    }
  }
  const isDefinition = [schemas, tables, views].some(({ created, dropped, altered }) => created.length + dropped.length + altered.length > 0);
  if (!isDefinition && rows.length === 0) {
    return null;
  }
  const unchanged = base.tables.filter(({ id }) => state.unchanged.has(id));
  return {
    schemas,
    tables,
    views,
    rows,
    unchanged,
    writtenFiles: rows.flatMap(({ files, deletes }) => [...writtenFilesOf(files), ...deletes.map((each) => each.deletes)]),
    isDefinition,
  };
}

function differenceOf<T extends { readonly id: number }>(before: ReadonlyMap<number, T>, after: ReadonlyMap<number, T>): ObjectDifference<T> {
  if (after === before) {
    return { created: [], dropped: [], altered: [] };
  }
  return {
    created: [...after.values()].filter(({ id }) => id < 0),
    dropped: [...before.values()].filter(({ id }) => !after.has(id)),
    altered: [...before.values()].flatMap((object) => {
      const now = after.get(object.id);
      return now === undefined || now === object ? [] : [{ before: object, after: now }];
    }),
  };
}

async function rowsDifference(base: LakeSnapshot, table: LakeTable, staged: StagedData): Promise<RowsDifference | null> {
  const baseTable = tablesById(base.tables).get(table.id);
  const readsBase = staged.isTruncated || staged.droppedFileIds.size > 0 || staged.deletes.size > 0;
  const data = baseTable === undefined || !readsBase ? null : await base.data(baseTable);
  const baseFiles = new Map((data?.files ?? []).map((file) => [file.id, file]));
  const fileOf = (id: number): LakeFile => {
    const file = baseFiles.get(id);
    if (file === undefined) {
      throw new LakeError('not_found', `table "${table.name}" has no data file ${id}`);
    }
    return file;
  };
  const droppedFiles = staged.isTruncated ? [...baseFiles.values()] : [...staged.droppedFileIds].map(fileOf);
  const deletedRowIds = new Set([...staged.deletedRowIds, ...(staged.isTruncated ? (data?.inlined?.rowIds ?? []) : [])]);
  const difference: RowsDifference = {
    table,
    files: staged.files,
    droppedFiles,
    deletes: staged.isTruncated ? [] : [...staged.deletes].map(([id, deletes]) => ({ file: fileOf(id), deletes })),
    rows: [...staged.rows.values()],
    deletedRowIds: [...deletedRowIds],
    isRewrite: staged.isRewrite,
  };
  const count = difference.files.length + droppedFiles.length + difference.deletes.length + difference.rows.length + deletedRowIds.size;
  return count === 0 ? null : difference;
}
