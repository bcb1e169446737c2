import type { LakeColumn, LakeDeleteFile, LakeFile, LakeInlinedRows, LakeSnapshot, LakeTable, LakeTableData } from '../model.js';
import { isNothingStaged, NO_STAGED_DATA, type StagedData, type StagedState } from './staged-state.js';

/** Makes a Parquet file of rows kept in the catalog: those of `base` that are not in `deletedRowIds`, then the staged ones. */
export type InlinedOverlay = (request: {
  readonly baseColumns: readonly LakeColumn[];
  readonly base: LakeInlinedRows | null;
  readonly table: LakeTable;
  readonly staged: StagedData;
}) => Promise<LakeInlinedRows | null>;

/** Rows of tables already put together, kept while neither a table's columns nor its staged rows change. */
export type OverlayCache = Map<number, { readonly staged: StagedData; readonly table: LakeTable; readonly data: Promise<LakeTableData> }>;

/** A snapshot with what a transaction has staged on top. */
export function overlaySnapshot(base: LakeSnapshot, state: StagedState, cache: OverlayCache, inlinedOverlay: InlinedOverlay): LakeSnapshot {
  return {
    id: base.id,
    ...(state.definitionVersion === 0 ? baseDefinitions(base) : ownDefinitions(base, state)),
    data: (table: LakeTable): Promise<LakeTableData> => {
      const current = state.tables.get(table.id) ?? table;
      const staged = state.data.get(table.id) ?? NO_STAGED_DATA;
      const known = cache.get(table.id);
      if (known !== undefined && known.staged === staged && known.table.columns === current.columns) {
        return known.data;
      }
      const data = overlayData(base, current, staged, inlinedOverlay);
      cache.set(table.id, { staged, table: current, data });
      // A failure is told to who asked, and is not kept.
      data.catch(() => cache.delete(table.id));
      return data;
    },
  };
}

type SnapshotDefinitions = Omit<LakeSnapshot, 'id' | 'data'>;

/** Nothing is made of the names while they are the base's: a lake may have thousands. */
function baseDefinitions(base: LakeSnapshot): SnapshotDefinitions {
  const { schemaVersion, schemas, tables, views } = base;
  return {
    schemaVersion,
    schemas,
    tables,
    views,
    findSchema: (name) => base.findSchema(name),
    findTable: (schema, name) => base.findTable(schema, name),
    findView: (schema, name) => base.findView(schema, name),
  };
}

function ownDefinitions(base: LakeSnapshot, state: StagedState): SnapshotDefinitions {
  const schemas = [...state.schemas.values()];
  const tables = [...state.tables.values()];
  const views = [...state.views.values()];
  const schemaByName = new Map(schemas.map((schema) => [schema.name, schema]));
  const tableByName = byQualifiedName(tables);
  const viewByName = byQualifiedName(views);
  return {
    schemaVersion: `${base.schemaVersion}+${state.definitionVersion}`,
    schemas,
    tables,
    views,
    findSchema: (name) => schemaByName.get(name),
    findTable: (schema, name) => tableByName.get(qualified(schema, name)),
    findView: (schema, name) => viewByName.get(qualified(schema, name)),
  };
}

async function overlayData(base: LakeSnapshot, table: LakeTable, staged: StagedData, inlinedOverlay: InlinedOverlay): Promise<LakeTableData> {
  const baseTable = base.tables.find(({ id }) => id === table.id);
  const baseData: LakeTableData = baseTable === undefined ? { files: [], inlined: null, rowCount: 0 } : await base.data(baseTable);
  if (isNothingStaged(staged)) {
    // Rows kept in the catalog are read by the columns they were cached with: after an ALTER they are made anew.
    if (baseData.inlined === null || baseTable?.columns === table.columns) {
      return baseData;
    }
  }
  const kept = staged.isTruncated ? [] : baseData.files.filter(({ id }) => !staged.droppedFileIds.has(id));
  const files = [...kept.map((file) => withDeletes(file, staged.deletes.get(file.id))), ...staged.files];
  const inlined = await inlinedOverlay({
    baseColumns: baseTable?.columns ?? [],
    base: staged.isTruncated ? null : baseData.inlined,
    table,
    staged,
  });
  const rowCount = files.reduce((sum, file) => sum + liveRowCount(file), inlined?.rowCount ?? 0);
  return { files, inlined, rowCount };
}

/** Rows of a file that are not deleted. */
export function liveRowCount(file: LakeFile): number {
  return file.rowCount - (file.deletes?.rowCount ?? 0);
}

function withDeletes(file: LakeFile, deletes: LakeDeleteFile | undefined): LakeFile {
  return deletes === undefined ? file : { ...file, deletes };
}

function byQualifiedName<T extends { readonly schema: string; readonly name: string }>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [qualified(object.schema, object.name), object]));
}

function qualified(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}
