import { relative } from 'node:path';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { printDataType } from '../../planner/types/data-type.js';
import type { CatalogRelation } from '../catalog/pg/catalog-state.js';
import { readCatalogState } from '../catalog/session-catalog-state.js';
import { RelationNeeded } from '../query/environment.js';
import { lakeSchemaName } from '../session/lake-schemas.js';
import type { Session } from '../session/session.js';
import type { StatementNames } from '../session/session-names.js';
import type { TableDetail, TableList, TableSummary } from './api-types.js';

/** Files and partitions that are listed one by one. */
const FILES_SHOWN = 500;
const PARTITIONS_SHOWN = 1000;

/** The tables, views and sequences, by schema and name. */
export async function listTables(session: Session): Promise<TableList> {
  const { relations } = await readCatalogState(session, await session.names.current(), '');
  return {
    tables: relations
      .filter((relation) => !relation.temporary)
      .map(summaryOf)
      .toSorted((a, b) => a.schema.localeCompare(b.schema) || a.name.localeCompare(b.name)),
  };
}

/** One of them, with its files where the role may read it. Throws SqlError 42P01. */
export async function describeTable(session: Session, schema: string, name: string): Promise<TableDetail> {
  const names = await session.names.current();
  const { relations } = await readCatalogState(session, names, '');
  const found = relations.find((relation) => relation.schema === schema && relation.name === name);
  if (found === undefined) {
    throw new SqlError(SQLSTATE.undefined_table, `relation "${schema}.${name}" does not exist`);
  }
  return {
    table: summaryOf(found),
    columns: found.columns.map((column, index) => ({
      name: column.name,
      type: printDataType(column.type),
      notNull: column.notNull === true,
      comment: found.columnComments?.[index] ?? null,
    })),
    files: found.kind === 'table' ? await readFiles(session, names, schema, name) : null,
    definition: found.definition ?? null,
  };
}

async function readFiles(session: Session, names: StatementNames, schema: string, name: string): Promise<TableDetail['files']> {
  const relation = await readable(names, schema, name);
  if (relation?.source.kind !== 'files') {
    return null;
  }
  const { source } = relation;
  const table = names.lake.findTable(lakeSchemaName(names.lake, schema), name);
  const partitionOf = table === undefined ? null : new Map((await names.lake.data(table)).files.map((file) => [file.path, file.partitionValues]));
  const partitionColumns =
    table === undefined
      ? source.partitionColumns
      : (table.partition?.keys ?? []).map(({ columnId, transform }) => {
          const column = table.columns.find(({ id }) => id === columnId)?.name ?? '?';
          return transform === 'identity' ? column : `${transform}(${column})`;
        });
  const files = source.files.map((file) => ({
    path: relative(session.services.dataRoot, file.path),
    byteCount: file.byteCount,
    rowCount: file.rowCount === undefined ? null : file.rowCount - (file.deletes?.rowCount ?? 0),
    partition: partitionText(partitionColumns, partitionOf === null ? file.partitionValues : partitionOf.get(file.path)),
  }));
  return {
    format: source.format,
    count: files.length,
    shown: files.slice(0, FILES_SHOWN),
    partitionColumns,
    partitions: partitionColumns.length === 0 ? [] : partitionsOf(files),
  };
}

/** The relation with its files; undefined where the role may not read it. */
async function readable(names: StatementNames, schema: string, name: string): Promise<Relation | undefined> {
  try {
    const relation = await loaded(names, schema, name);
    names.authorize([{ schema, name, found: relation }]);
    return relation;
  } catch (error) {
    if (error instanceof SqlError && error.sqlstate === SQLSTATE.insufficient_privilege) {
      return undefined;
    }
    throw error;
  }
}

async function loaded(names: StatementNames, schema: string, name: string): Promise<Relation | undefined> {
  try {
    return names.find(schema, name);
  } catch (error) {
    if (!(error instanceof RelationNeeded)) {
      throw error;
    }
    await names.load(schema, name);
    return names.find(schema, name);
  }
}

function partitionText(columns: readonly string[], values: readonly (string | null)[] | undefined): string | null {
  return values === undefined || columns.length === 0 ? null : columns.map((column, index) => `${column}=${values[index] ?? 'NULL'}`).join('/');
}

interface PartitionTotals {
  values: string;
  files: number;
  byteCount: number;
  rowCount: number | null;
}

function partitionsOf(
  files: readonly { readonly partition: string | null; readonly byteCount: number; readonly rowCount: number | null }[],
): readonly PartitionTotals[] {
  const totals = new Map<string, PartitionTotals>();
  for (const { partition, byteCount, rowCount } of files) {
    const values = partition ?? '';
    const total = totals.get(values) ?? { values, files: 0, byteCount: 0, rowCount: 0 };
    totals.set(values, {
      values,
      files: total.files + 1,
      byteCount: total.byteCount + byteCount,
      rowCount: total.rowCount === null || rowCount === null ? null : total.rowCount + rowCount,
    });
  }
  return [...totals.values()].toSorted((a, b) => a.values.localeCompare(b.values)).slice(0, PARTITIONS_SHOWN);
}

function summaryOf(relation: CatalogRelation): TableSummary {
  const hasRows = relation.kind === 'table';
  return {
    schema: relation.schema,
    name: relation.name,
    kind: relation.kind,
    stored: relation.stored === true,
    columnCount: relation.columns.length,
    rowCount: hasRows ? relation.rowCount : null,
    byteCount: hasRows ? relation.byteCount : null,
    comment: relation.comment ?? null,
  };
}
