import assert from 'node:assert/strict';
import type { DataType } from '../types/data-type.js';
import { printDataType, quoteText } from '../types/data-type.js';
import { fileListSql } from './file-list-sql.js';
import type { Column, FileFormat, FileSource, Relation } from './relation.js';

/** How one call of a DuckDB reader differs from another over the same relation. */
export interface ReaderRequest {
  readonly paths: readonly string[];
  /** Columns the files hold, in file order, when not the relation's own. */
  readonly layout?: readonly string[];
  /** True: DuckDB takes the partition values from the paths. */
  readonly hive: boolean;
  /** How columns are found in Parquet files: as the first file says, as the relation says, or as all of them together say. */
  readonly parquetColumns: 'first-file' | 'relation' | 'union';
  readonly withRowNumber: boolean;
  readonly rowCountHint?: number;
}

const READERS: Readonly<Record<FileFormat, string>> = {
  parquet: 'read_parquet',
  csv: 'read_csv',
  json: 'read_json',
};

/** Name of the column in which DuckDB's Parquet reader numbers a file's rows from 0. */
export const ROW_NUMBER_COLUMN = 'file_row_number';

/** A call of read_parquet, read_csv or read_json over exactly these files; nothing in it is left to be sniffed. */
export function readerCall(relation: Relation, source: FileSource, request: ReaderRequest): string {
  const options: [name: string, value: string][] = Object.entries(source.readerOptions);
  switch (source.format) {
    case 'parquet':
      options.push(...parquetOptions(relation, source, request));
      break;
    case 'csv':
    case 'json':
      options.push(['auto_detect', 'false'], ['columns', columnsStruct(relation, source, request.layout)]);
      break;
  }
  options.push(...hiveOptions(relation, source, request.hive));
  const parts = [fileListSql(request.paths), ...options.map(([name, value]) => `${name} => ${value}`)];
  return `${READERS[source.format]}(${parts.join(', ')})`;
}

function parquetOptions(relation: Relation, source: FileSource, request: ReaderRequest): [string, string][] {
  const options: [string, string][] = [];
  switch (request.parquetColumns) {
    case 'first-file':
      break;
    case 'relation':
      options.push(['schema', schemaMap(relation, source)]);
      break;
    case 'union':
      options.push(['union_by_name', 'true']);
      break;
  }
  if (request.withRowNumber) {
    options.push([ROW_NUMBER_COLUMN, 'true']);
  }
  if (request.rowCountHint !== undefined) {
    options.push(['explicit_cardinality', String(request.rowCountHint)]);
  }
  return options;
}

/** DuckDB guesses partition columns from any path unless told not to. */
function hiveOptions(relation: Relation, source: FileSource, hive: boolean): [string, string][] {
  if (!hive) {
    return [['hive_partitioning', 'false']];
  }
  const types = source.partitionColumns.map((name) => `${quoteText(name)}: ${quoteText(printDataType(columnNamed(relation, name).type))}`);
  return [
    ['hive_partitioning', 'true'],
    ['hive_types', `{${types.join(', ')}}`],
  ];
}

/** Column of a relation by its exact name. */
export function columnNamed(relation: Relation, name: string): Column {
  const column = relation.columns.find((candidate) => candidate.name === name);
  assert(column !== undefined, `relation ${relation.name} has no column ${name}`);
  return column;
}

/** The type a column has inside the files. */
export function storedType(source: FileSource, column: Column): DataType {
  return source.storedTypes?.[column.name] ?? column.type;
}

/** The relation's columns that stand in the files: not those of the path. */
export function fileColumns(relation: Relation, source: FileSource): readonly Column[] {
  const fromPath = new Set([...source.partitionColumns, ...filenameColumn(source)]);
  return relation.columns.filter((column) => !fromPath.has(column.name));
}

/** The column that the reader option `filename` adds, if any: `true` names it filename, a text names it so. */
function filenameColumn(source: FileSource): readonly string[] {
  const option = source.readerOptions['filename'];
  if (option === undefined || option.toLowerCase() === 'false') {
    return [];
  }
  return [option.startsWith("'") ? option.slice(1, -1).replaceAll("''", "'") : 'filename'];
}

function columnsStruct(relation: Relation, source: FileSource, layout: readonly string[] | undefined): string {
  const columns = layout === undefined ? fileColumns(relation, source) : layout.map((name) => columnNamed(relation, name));
  return `{${columns.map((column) => `${quoteText(column.name)}: ${quoteText(printDataType(storedType(source, column)))}`).join(', ')}}`;
}

function schemaMap(relation: Relation, source: FileSource): string {
  const entries = fileColumns(relation, source).map((column) => {
    const name = quoteText(column.name);
    return `${name}: {name: ${name}, type: ${quoteText(printDataType(storedType(source, column)))}, default_value: NULL}`;
  });
  return `MAP {${entries.join(', ')}}`;
}
