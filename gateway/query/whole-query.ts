import type { CopyEncoding } from '../../executor/encode/copy-encoding.js';
import type { Prelude, ResultColumnEncoding, ResultStream } from '../../executor/engine.js';
import { scanSql, stubScanSql } from '../../planner/relation/scan-sql.js';
import { estimateRowCount } from '../../planner/relation/relation.js';
import type { RelationReference, TranslatedQuery } from '../../planner/translate/translated.js';
import { printDataType, quoteName } from '../../planner/types/data-type.js';
import { storedType } from '../../planner/types/stored-type.js';
import { fillTemplate } from '../../planner/translate/translated.js';
import { needsSystemCatalog, systemPreludes } from '../catalog/pg/system-catalog.js';
import { formatOf } from '../session/constant-rows.js';
import type { QueryContext } from './query-context.js';

/** Parameters as DuckDB constants, by position; their values in an execution, typed NULLs when only types are asked. */
export type ParameterConstants = readonly string[];

/** The query as one DuckDB statement over its exact files. */
export function wholeSql(query: TranslatedQuery, parameters: ParameterConstants): string {
  return fillTemplate(query, { reference: referenceSql, parameter: (number) => constantOf(parameters, number) });
}

/** The query as one DuckDB statement over zero-row stubs, for planning and describing. */
export async function stubSql(context: QueryContext, query: TranslatedQuery, parameters: ParameterConstants): Promise<string> {
  const stubs = new Map<number, string>();
  for (const reference of query.references) {
    stubs.set(reference.index, await stubReferenceSql(context, reference));
  }
  return fillTemplate(query, {
    reference: (reference) => stubs.get(reference.index) ?? referenceSql(reference),
    parameter: (number) => constantOf(parameters, number),
  });
}

/** Runs the query in one executor process. */
export async function runWhole(
  context: QueryContext,
  query: TranslatedQuery,
  parameters: ParameterConstants,
  formats: readonly ('text' | 'binary')[],
  signal: AbortSignal,
  copy?: CopyEncoding,
): Promise<ResultStream> {
  const sql = wholeSql(query, parameters);
  return context.pool.runWhole(
    {
      sql,
      ...outputOf(query, formats),
      settings: context.outputSettings(),
      ...(copy === undefined ? {} : { copy }),
      preludes: await preludesFor(context, sql),
    },
    signal,
  );
}

/** What an executor must hold before it can run this SQL. */
export async function preludesFor(context: QueryContext, sql: string): Promise<readonly Prelude[]> {
  return needsSystemCatalog(sql) ? systemPreludes(sql, await context.catalogState(sql)) : [];
}

/** How a query's columns are named and encoded for the client. */
export function outputOf(
  query: TranslatedQuery,
  formats: readonly ('text' | 'binary')[],
): { readonly encodings: readonly ResultColumnEncoding[]; readonly columnNames?: readonly string[] } {
  if (query.columns === null) {
    return { encodings: (formats.length === 0 ? (['text'] as const) : formats).map((format) => ({ type: null, format })) };
  }
  return {
    columnNames: query.columns.map((column) => column.name),
    encodings: query.columns.map((column, index) => ({ type: column.type, format: formatOf(formats, index) })),
  };
}

function referenceSql(reference: RelationReference): string {
  const source = reference.relation.source;
  return source.kind === 'system' ? source.duckdbName : scanSql(reference.relation);
}

async function stubReferenceSql(context: QueryContext, reference: RelationReference): Promise<string> {
  if (reference.relation.source.kind !== 'files' && reference.relation.source.kind !== 'partitioned') {
    return referenceSql(reference);
  }
  const isPartitioned = reference.relation.source.kind === 'partitioned';
  const stored = isPartitioned ? reference.relation.columns.map((column) => ({ ...column, type: storedType(column.type) })) : reference.relation.columns;
  const stub = stubScanSql(await context.binder.stubFor(stored, reference.index), estimateRowCount(reference.relation));
  if (isPartitioned && stored.every((column, index) => column.type === reference.relation.columns[index]?.type)) {
    return stub;
  }
  if (reference.relation.source.kind === 'files' && reference.relation.source.storedTypes === undefined) {
    return stub;
  }
  // The stub is Parquet too and loses the same types: they are cast back, as scanSql does over the real files.
  const columns = reference.relation.columns.map((column) => `CAST(${quoteName(column.name)} AS ${printDataType(column.type)}) AS ${quoteName(column.name)}`);
  return `(SELECT ${columns.join(', ')} FROM ${stub})`;
}

function constantOf(parameters: ParameterConstants, number: number): string {
  const constant = parameters[number - 1];
  if (constant === undefined) {
    throw new Error(`no value for parameter $${number}`);
  }
  return constant;
}
