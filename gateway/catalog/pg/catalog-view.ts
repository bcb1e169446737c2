import type { Column } from '../../../planner/relation/relation.js';
import type { DataType } from '../../../planner/types/data-type.js';
import { list, printDataType, quoteName, quoteText, scalar } from '../../../planner/types/data-type.js';
import { dataTypeOf, postgresTypeByName } from '../../../planner/types/postgres-type.js';
import type { CatalogState } from './catalog-state.js';
import { RELATION_SHAPES } from './relation-shapes.js';

/** A value of a catalog row; arrays become lists. */
export type CatalogValue = string | number | bigint | boolean | null | readonly CatalogValue[];

/** A catalog row by column name; columns left out are NULL. */
export type CatalogRow = Readonly<Record<string, CatalogValue>>;

/** How one catalog relation gets its rows, and what makes them change while the server runs. */
export interface CatalogView {
  readonly name: string;
  readonly changes: 'never' | 'with_relations' | 'with_settings' | 'always';
  readonly rows: (state: CatalogState) => readonly CatalogRow[];
}

/** A catalog relation's shape. */
export interface CatalogShape {
  /** `pg_catalog.pg_class` */
  readonly qualifiedName: string;
  readonly schema: string;
  readonly name: string;
  readonly oid: number;
  readonly kind: 'r' | 'v';
  readonly columns: readonly Column[];
}

/** Schema inside an executor's DuckDB that holds the catalog relations. */
export const CATALOG_SCHEMA = 'sluice_catalog';

const shapes = new Map<string, CatalogShape>();

for (const [qualifiedName, oid, kind, columns] of RELATION_SHAPES) {
  const [schema = '', name = ''] = qualifiedName.split('.');
  shapes.set(qualifiedName, { qualifiedName, schema, name, oid, kind, columns: columns.split(', ').map(readColumn) });
}

function readColumn(text: string): Column {
  const [name = '', typeName = ''] = text.split(' ');
  const type = postgresTypeByName(typeName);
  if (type === undefined) {
    return { name, type: scalar('VARCHAR') };
  }
  return { name, type: storedType(type.oid, typeName), postgres: { oid: type.oid, modifier: -1 } };
}

/** reg* types and vectors are kept in forms that print as Postgres prints them. */
function storedType(oid: number, typeName: string): DataType {
  switch (typeName) {
    case 'regproc':
    case 'anyarray':
    case 'inet':
      return scalar('VARCHAR');
    case 'int2vector':
      return list(scalar('SMALLINT'));
    case 'oidvector':
      return list(scalar('BIGINT'));
    default:
      return dataTypeOf({ oid, modifier: -1 }) ?? scalar('VARCHAR');
  }
}

/** Every catalog relation's shape, by qualified name. */
export function catalogShapes(): ReadonlyMap<string, CatalogShape> {
  return shapes;
}

/** The relation's name inside an executor's DuckDB, quoted. */
export function catalogTableName(shape: CatalogShape): string {
  return `${CATALOG_SCHEMA}.${quoteName(shape.schema === 'pg_catalog' ? shape.name : shape.qualifiedName)}`;
}

/** Statements that put a catalog relation with these rows into an executor's DuckDB: as one JSON text, which DuckDB reads many times faster than VALUES. */
export function loadStatements(shape: CatalogShape, rows: readonly CatalogRow[]): readonly string[] {
  const table = catalogTableName(shape);
  const definitions = shape.columns.map((column) => `${quoteName(column.name)} ${printDataType(column.type)}`).join(', ');
  const statements = [`CREATE SCHEMA IF NOT EXISTS ${CATALOG_SCHEMA}`, `CREATE OR REPLACE TABLE ${table} (${definitions})`];
  if (rows.length > 0) {
    const structure = JSON.stringify([Object.fromEntries(shape.columns.map((column) => [column.name, printDataType(column.type)]))]);
    const values = JSON.stringify(rows.map((row) => Object.fromEntries(shape.columns.map((column) => [column.name, jsonValue(row[column.name] ?? null)]))));
    statements.push(`INSERT INTO ${table} SELECT unnest(from_json(${quoteText(values)}, ${quoteText(structure)}), max_depth := 2)`);
  }
  return statements;
}

function jsonValue(value: CatalogValue): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
