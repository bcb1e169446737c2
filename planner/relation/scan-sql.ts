import assert from 'node:assert/strict';
import { printDataType, quoteName, quoteText, sameDataType } from '../types/data-type.js';
import { fieldScanSql } from './field-scan-sql.js';
import { duckdbPath } from './file-list-sql.js';
import { hiveReadable } from './hive-readable.js';
import { columnNamed, fileColumns, readerCall, ROW_NUMBER_COLUMN, storedType } from './reader-call.js';
import type { Column, DataFile, FileSource, Relation } from './relation.js';

/** A file, or `rowCount` rows of it from row `firstRow` (0-based, Parquet only). */
export interface FileShare {
  readonly file: DataFile;
  readonly firstRow?: number;
  readonly rowCount?: number;
}

/** What is read of a relation. */
export interface ScanOptions {
  /** All files when absent; none gives no rows. */
  readonly files?: readonly FileShare[];
  /** All columns when absent; an empty list gives one column of no meaning, so that rows can still be counted. */
  readonly columns?: readonly string[];
  /** Row count DuckDB is told to plan with (Parquet only). */
  readonly rowCountHint?: number;
}

/**
 * The DuckDB table expression, without alias, that reads exactly these files of a file relation and gives exactly these
 * columns in this order and with the relation's types.
 */
export function scanSql(relation: Relation, options: ScanOptions = {}): string {
  const { source } = relation;
  assert(source.kind === 'files', `relation ${relation.name} has no files`);
  const shares = (options.files ?? source.files.map((file) => ({ file }))).map(wholeWhenAllRows);
  const columns = options.columns?.map((name) => columnNamed(relation, name)) ?? relation.columns;
  if (shares.length === 0) {
    return `(${emptySelect(columns)})`;
  }
  if (source.fields !== undefined) {
    return fieldScanSql(source.fields, shares, columns, options.rowCountHint);
  }
  const reads = groupShares(source, shares);
  const [only] = reads;
  if (reads.length === 1 && only !== undefined && options.columns === undefined && givesRelation(source, only)) {
    return readerSql(relation, source, only, options.rowCountHint);
  }
  return `(${reads.map((read) => readSelect(relation, source, read, columns, options.rowCountHint)).join(' UNION ALL ')})`;
}

/** The table expression a reference is planned over: a zero-row stub file that claims to have `rowCount` rows. */
export function stubScanSql(stubPath: string, rowCount: number): string {
  return `read_parquet(${quoteText(duckdbPath(stubPath))}, explicit_cardinality => ${Math.max(1, Math.round(rowCount))})`;
}

/** Files that one reader call can serve. */
interface Read {
  readonly files: DataFile[];
  readonly layout: readonly string[] | undefined;
  /** True: partition values come from the paths; else they are constants, the same in every file of the read. */
  readonly hive: boolean;
  readonly rows: { readonly first: number; readonly count: number } | undefined;
}

function wholeWhenAllRows(share: FileShare): FileShare {
  const { file, firstRow = 0, rowCount } = share;
  const all = firstRow === 0 && (rowCount === undefined || (file.rowCount !== undefined && rowCount >= file.rowCount));
  return all ? { file } : share;
}

function groupShares(source: FileSource, shares: readonly FileShare[]): readonly Read[] {
  const reads = new Map<string, Read>();
  const hive = source.partitionColumns.length > 0 && shares.every(({ file }) => hiveReadable(file, source.partitionColumns));
  for (const [index, { file, firstRow, rowCount }] of shares.entries()) {
    const ranged = firstRow !== undefined || rowCount !== undefined;
    assert(!ranged || source.format === 'parquet', 'only Parquet files are read by row ranges');
    const plain = file.columns === undefined && (hive || file.partitionValues === undefined);
    const key = ranged ? `rows ${index}` : plain ? '' : JSON.stringify([file.columns, hive ? null : file.partitionValues]);
    const read = reads.get(key) ?? {
      files: [],
      layout: file.columns,
      hive,
      rows: ranged ? { first: firstRow ?? 0, count: rowCount ?? Number.MAX_SAFE_INTEGER } : undefined,
    };
    reads.set(key, read);
    read.files.push(file);
  }
  return [...reads.values()];
}

/** True when a reader call alone gives the relation's columns, in order and of their types. */
function givesRelation(source: FileSource, read: Read): boolean {
  return (
    source.partitionColumns.length === 0 &&
    source.storedTypes === undefined &&
    source.readerOptions['filename'] === undefined &&
    read.layout === undefined &&
    read.rows === undefined
  );
}

/** DuckDB cannot follow a given schema and number rows or read partitions at once: then files are matched by a union with an empty relation. */
function needsUnion(source: FileSource, read: Read): boolean {
  return source.format === 'parquet' && source.unionByName && (read.hive || read.rows !== undefined);
}

function readerSql(relation: Relation, source: FileSource, read: Read, rowCountHint: number | undefined): string {
  return readerCall(relation, source, {
    paths: read.files.map((file) => file.path),
    hive: read.hive,
    parquetColumns: needsUnion(source, read) ? 'union' : source.unionByName ? 'relation' : 'first-file',
    withRowNumber: read.rows !== undefined && !hidesRowNumber(relation),
    ...(read.layout === undefined ? {} : { layout: read.layout }),
    ...(rowCountHint === undefined ? {} : { rowCountHint: Math.max(1, Math.round(rowCountHint)) }),
  });
}

function readSelect(relation: Relation, source: FileSource, read: Read, columns: readonly Column[], hint: number | undefined): string {
  const rows = rowRange(relation, readerSql(relation, source, read, hint), read.rows);
  const list = columns.length === 0 ? 'true' : columns.map((column) => columnExpression(source, read, column)).join(', ');
  if (!needsUnion(source, read)) {
    return `SELECT ${list} FROM ${rows}`;
  }
  const typed = fileColumns(relation, source).map((column) => `CAST(NULL AS ${printDataType(storedType(source, column))}) AS ${quoteName(column.name)}`);
  return `SELECT ${list} FROM (SELECT * FROM ${rows} UNION ALL BY NAME SELECT ${typed.join(', ')} WHERE false)`;
}

/** A column of the file may bear the name of DuckDB's row number; rows are then counted off in order. */
function hidesRowNumber(relation: Relation): boolean {
  return relation.columns.some((column) => column.name.toLowerCase() === ROW_NUMBER_COLUMN);
}

function rowRange(relation: Relation, reader: string, rows: Read['rows']): string {
  if (rows === undefined) {
    return reader;
  }
  if (hidesRowNumber(relation)) {
    return `(SELECT * FROM ${reader} LIMIT ${rows.count} OFFSET ${rows.first})`;
  }
  const last = Math.min(rows.first + rows.count - 1, Number.MAX_SAFE_INTEGER);
  return `${reader} WHERE ${ROW_NUMBER_COLUMN} BETWEEN ${rows.first} AND ${last}`;
}

function columnExpression(source: FileSource, read: Read, column: Column): string {
  const name = quoteName(column.name);
  const partition = source.partitionColumns.indexOf(column.name);
  if (partition !== -1) {
    return read.hive ? name : `${partitionConstant(read.files[0]?.partitionValues?.[partition], column)} AS ${name}`;
  }
  if (read.layout !== undefined && !read.layout.includes(column.name)) {
    return `CAST(NULL AS ${printDataType(column.type)}) AS ${name}`;
  }
  return sameDataType(storedType(source, column), column.type) ? name : `CAST(${name} AS ${printDataType(column.type)}) AS ${name}`;
}

function partitionConstant(value: string | null | undefined, column: Column): string {
  const text = value === null || value === undefined ? 'NULL' : quoteText(value);
  return `CAST(${text} AS ${printDataType(column.type)})`;
}

function emptySelect(columns: readonly Column[]): string {
  const list = columns.map((column) => `CAST(NULL AS ${printDataType(column.type)}) AS ${quoteName(column.name)}`);
  return `SELECT ${list.length === 0 ? 'true' : list.join(', ')} WHERE false`;
}
