import { rm } from 'node:fs/promises';
import type { Column, DataFile, Relation } from '../../planner/relation/relation.js';
import type { DataType } from '../../planner/types/data-type.js';
import { scalar } from '../../planner/types/data-type.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import type { QueryContext } from '../query/query-context.js';
import type { ParameterConstants } from '../query/whole-query.js';
import { writeQuery } from '../query/write-query.js';
import { bindParameters } from '../statements/bind-parameters.js';
import type { QueryStatement } from '../statements/query.js';
import type { ExecuteOptions } from './backend.js';
import type { Session } from './session.js';
import { TEMPORARY_SCHEMA } from './session-catalog.js';

/** Types that Parquet gives back as another type: they are kept as text and cast back. */
const TEXT_STORED: ReadonlySet<string> = new Set(['HUGEINT', 'UHUGEINT', 'BIGNUM', 'BIT', 'TIME WITH TIME ZONE', 'TIME_NS', 'INTERVAL']);

/** The type a column has in a temporary table's files. */
export function storedType(type: DataType): DataType {
  return survivesParquet(type) ? type : scalar('VARCHAR');
}

function survivesParquet(type: DataType): boolean {
  switch (type.kind) {
    case 'scalar':
      return !TEXT_STORED.has(type.name);
    case 'decimal':
      return true;
    case 'list':
      return survivesParquet(type.element);
    case 'struct':
      return type.fields.every((field) => survivesParquet(field.type));
    case 'map':
      return survivesParquet(type.key) && survivesParquet(type.value);
    case 'array':
    case 'union':
    case 'enum':
      return false;
  }
}

/** A temporary table over the files written so far. */
export function temporaryRelation(name: string, columns: readonly Column[], files: readonly DataFile[]): Relation {
  const stored = columns.filter((column) => !survivesParquet(column.type));
  return {
    schema: TEMPORARY_SCHEMA,
    name,
    columns,
    source: {
      kind: 'files',
      format: 'parquet',
      files,
      partitionColumns: [],
      readerOptions: {},
      unionByName: false,
      ...(stored.length === 0 ? {} : { storedTypes: Object.fromEntries(stored.map((column) => [column.name, storedType(column.type)])) }),
    },
  };
}

/** Rows written for a temporary table. */
export interface TemporaryRows {
  readonly files: readonly DataFile[];
  readonly rowCount: number;
}

/** Runs a query and writes its rows as new files of a temporary table; the query's columns are the table's. */
export async function writeTemporaryRows(session: Session, table: Relation, query: QueryStatement, options: ExecuteOptions): Promise<TemporaryRows> {
  const { context, query: translated } = await query.translate();
  const parameters = bindParameters(translated.parameterTypes, options, context.outputSettings());
  return writeSessionFiles(session, context, translated, table.columns, parameters, options.signal);
}

/** Runs a query and keeps its rows in files of the session, under these columns; a query that fails leaves none. */
export async function writeSessionFiles(
  session: Session,
  context: QueryContext,
  query: TranslatedQuery,
  columns: readonly Column[],
  parameters: ParameterConstants,
  signal: AbortSignal,
): Promise<TemporaryRows> {
  const directory = await session.temporaryFiles.makeDirectory();
  const written = columns.map((column) => ({ name: column.name, type: column.type, storedType: storedType(column.type) }));
  const sink = { format: 'parquet' as const, columnNames: columns.map((column) => column.name), partitionBy: [], options: {}, singleFile: false };
  try {
    const files = await writeQuery(context, query, parameters, written, sink, directory, signal);
    return {
      files: files.filter((file) => file.rowCount > 0).map((file) => ({ path: file.path, byteCount: file.byteCount, rowCount: file.rowCount })),
      rowCount: files.reduce((sum, file) => sum + file.rowCount, 0),
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}
