import type { LakeFile, LakeInlinedRows, LakeTable, LakeTableData } from '../../fs/lake/model.js';
import type { ColumnStatistics, DataFile, FileSource, Relation } from '../../planner/relation/relation.js';
import { scalar } from '../../planner/types/data-type.js';
import { columnOfLake, dataTypeOfLake, fileType } from './lake-types.js';

/** Columns that `withRowLocations` adds: the path of a row's file, and its position there from 0. */
export const ROW_FILE_COLUMN = '_sluice_file';
export const ROW_POSITION_COLUMN = '_sluice_position';

/** Rows in DuckDB's row groups: where large files are divided between tasks. */
const ROWS_PER_PIECE = 122_880;

/** A stored table with the rows it has at one snapshot, as a relation over its exact files. */
export function lakeRelation(table: LakeTable, data: LakeTableData): Relation {
  const source: FileSource = {
    kind: 'files',
    format: 'parquet',
    files: [...data.files.map((file) => dataFile(table, file)), ...(data.inlined === null ? [] : [inlinedFile(data.inlined)])],
    partitionColumns: [],
    readerOptions: {},
    unionByName: false,
    fields: { columns: Object.fromEntries(table.columns.map((column) => [column.name, { id: column.id, initialDefault: column.initialDefault }])) },
  };
  return { schema: table.schema, name: table.name, columns: table.columns.map(columnOfLake), source };
}

/** The same relation with two more columns that say where each row lies. */
export function withRowLocations(relation: Relation): Relation {
  const { source } = relation;
  if (source.kind !== 'files' || source.fields === undefined) {
    throw new Error(`${relation.name} is no stored table`);
  }
  return {
    ...relation,
    columns: [...relation.columns, { name: ROW_FILE_COLUMN, type: scalar('VARCHAR') }, { name: ROW_POSITION_COLUMN, type: scalar('BIGINT') }],
    source: { ...source, fields: { ...source.fields, location: { file: ROW_FILE_COLUMN, position: ROW_POSITION_COLUMN } } },
  };
}

function dataFile(table: LakeTable, file: LakeFile): DataFile {
  return {
    path: file.path,
    byteCount: file.byteCount,
    rowCount: file.rowCount,
    ...(file.rowCount > ROWS_PER_PIECE ? { rowGroups: pieces(file.rowCount) } : {}),
    statistics: statisticsOf(table, file),
    ...(file.deletes === null ? {} : { deletes: { path: file.deletes.path, rowCount: file.deletes.rowCount } }),
    ...(file.nameMapping === null ? {} : { fieldsByName: Object.fromEntries(file.nameMapping) }),
  };
}

/** The catalog does not say how many rows a row group has; a piece of any size is read right, one of DuckDB's own also fast. */
function pieces(rowCount: number): readonly number[] {
  return Array.from({ length: Math.ceil(rowCount / ROWS_PER_PIECE) }, (_, index) => Math.min(ROWS_PER_PIECE, rowCount - index * ROWS_PER_PIECE));
}

function inlinedFile(inlined: LakeInlinedRows): DataFile {
  return { path: inlined.path, byteCount: inlined.byteCount, rowCount: inlined.rowCount };
}

/** Statistics by column name. Of columns that files keep as text nothing is said: texts order otherwise. */
function statisticsOf(table: LakeTable, file: LakeFile): Readonly<Record<string, ColumnStatistics>> {
  const known: Record<string, ColumnStatistics> = {};
  for (const column of table.columns) {
    const facts = file.statistics.get(column.id);
    const type = dataTypeOfLake(column);
    if (facts === undefined || fileType(type) !== type) {
      continue;
    }
    known[column.name] = {
      // NaN is above every number and is in no maximum.
      ...(facts.min === null || facts.containsNan === true ? {} : { min: facts.min }),
      ...(facts.max === null || facts.containsNan === true ? {} : { max: facts.max }),
      ...(facts.nullCount === null ? {} : { nullCount: facts.nullCount }),
    };
  }
  return known;
}
