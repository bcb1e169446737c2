import { printDataType, quoteName, quoteText } from '../types/data-type.js';
import { fileListSql } from './file-list-sql.js';
import type { Column, DataFile, FieldLayout } from './relation.js';
import type { FileShare } from './scan-sql.js';

/**
 * The table expression that reads shares of a stored table's files: columns by field id, deleted rows left out. Inside it
 * columns are called f<id>, so that no name of the table's meets DuckDB's own (`filename`, `file_row_number`).
 *
 * Files without deletes are read together; one with deletes by itself, so that its positions need no path beside them.
 */
export function fieldScanSql(fields: FieldLayout, shares: readonly FileShare[], columns: readonly Column[], rowCountHint: number | undefined): string {
  const plain = shares.filter((share) => isWhole(share) && share.file.deletes === undefined && share.file.fieldsByName === undefined);
  const others = shares.filter((share) => !plain.includes(share));
  const reads = [
    ...(plain.length === 0
      ? []
      : [
          readSql(
            fields,
            plain.map(({ file }) => file),
            columns,
            rowCountHint,
          ),
        ]),
    ...others.map((share) => shareSql(fields, share, columns)),
  ];
  return `(${reads.join(' UNION ALL ')})`;
}

function isWhole({ firstRow, rowCount }: FileShare): boolean {
  return firstRow === undefined && rowCount === undefined;
}

function readSql(fields: FieldLayout, files: readonly DataFile[], columns: readonly Column[], rowCountHint: number | undefined): string {
  return `SELECT ${selectList(fields, columns)} FROM ${readerSql(fields, files, columns, rowCountHint)} AS data`;
}

function shareSql(fields: FieldLayout, share: FileShare, columns: readonly Column[]): string {
  const { file, firstRow = 0, rowCount } = share;
  const reader = file.fieldsByName === undefined ? readerSql(fields, [file], columns, undefined) : namedReaderSql(fields, file, file.fieldsByName, columns);
  const deletes =
    file.deletes === undefined ? '' : ` ANTI JOIN read_parquet(${fileListSql([file.deletes.path])}) AS deletes ON data.file_row_number = deletes.pos`;
  const last = rowCount === undefined ? Number.MAX_SAFE_INTEGER : Math.min(firstRow + rowCount - 1, Number.MAX_SAFE_INTEGER);
  const range = isWhole(share) ? '' : ` WHERE data.file_row_number BETWEEN ${firstRow} AND ${last}`;
  return `SELECT ${selectList(fields, columns)} FROM ${reader} AS data${deletes}${range}`;
}

function selectList(fields: FieldLayout, columns: readonly Column[]): string {
  if (columns.length === 0) {
    return 'true';
  }
  return columns.map((column) => `${sourceName(fields, column)} AS ${quoteName(column.name)}`).join(', ');
}

function sourceName({ columns, location }: FieldLayout, column: Column): string {
  if (column.name === location?.file) {
    return 'data.filename';
  }
  return column.name === location?.position ? 'data.file_row_number' : `data.f${columns[column.name]?.id ?? 0}`;
}

function readerSql(fields: FieldLayout, files: readonly DataFile[], columns: readonly Column[], rowCountHint: number | undefined): string {
  const read = columns.filter((column) => fields.columns[column.name] !== undefined);
  // Rows can be counted, and their places told, by any column; the schema must name one.
  const [any] = Object.values(fields.columns);
  const entries =
    read.length === 0 && any !== undefined
      ? [`${any.id}: {name: 'f${any.id}', type: 'VARCHAR', default_value: NULL}`]
      : read.map((column) => {
          const field = fields.columns[column.name];
          const value = field === undefined || field.initialDefault === null ? 'NULL' : quoteText(field.initialDefault);
          return `${field?.id ?? 0}: {name: 'f${field?.id ?? 0}', type: ${quoteText(printDataType(column.type))}, default_value: ${value}}`;
        });
  const hint = rowCountHint === undefined ? '' : `, explicit_cardinality => ${Math.max(1, Math.round(rowCountHint))}`;
  return `read_parquet(${fileListSql(files.map((file) => file.path))}, schema => MAP {${entries.join(', ')}}, hive_partitioning => false${hint})`;
}

/** A file that was added as it is: its columns go by the names it has, under the names of the other files' reader. */
function namedReaderSql(fields: FieldLayout, file: DataFile, fieldsByName: Readonly<Record<string, number>>, columns: readonly Column[]): string {
  const names = new Map(Object.entries(fieldsByName).map(([name, id]) => [id, name]));
  const list = columns.flatMap((column) => {
    const field = fields.columns[column.name];
    if (field === undefined) {
      return [];
    }
    const name = names.get(field.id);
    const value = name === undefined ? (field.initialDefault === null ? 'NULL' : quoteText(field.initialDefault)) : quoteName(name);
    return [`CAST(${value} AS ${printDataType(column.type)}) AS f${field.id}`];
  });
  return `(SELECT ${[...list, 'filename', 'file_row_number'].join(', ')} FROM read_parquet(${fileListSql([file.path])}, hive_partitioning => false))`;
}
