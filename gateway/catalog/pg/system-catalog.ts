import type { Prelude } from '../../../executor/engine.js';
import type { Relation } from '../../../planner/relation/relation.js';
import { quoteName, quoteText } from '../../../planner/types/data-type.js';
import type { CatalogState } from './catalog-state.js';
import type { CatalogRow, CatalogView } from './catalog-view.js';
import { columnDefinitions, insertStatement } from './load-rows.js';
import { lookupPrelude } from './lookups.js';
import type { CatalogMacro } from './macros.js';
import { CATALOG_MACROS } from './macros.js';
import { rememberedPrelude } from './remembered-preludes.js';
import type { CatalogShape } from './shapes.js';
import { CATALOG_SCHEMA, catalogShapes, catalogTableName } from './shapes.js';
import { CATALOG_VIEWS } from './views/all-views.js';

const viewByName: ReadonlyMap<string, CatalogView> = new Map(CATALOG_VIEWS.map((view) => [view.name, view]));

const relations = new Map<string, Relation>();

/** The relation of pg_catalog or information_schema with this name, or undefined. */
export function findSystemRelation(schema: string, name: string): Relation | undefined {
  const qualifiedName = `${schema}.${name}`;
  const known = relations.get(qualifiedName);
  const shape = catalogShapes().get(qualifiedName);
  if (known !== undefined || shape === undefined) {
    return known;
  }
  const relation: Relation = { schema, name, columns: shape.columns, source: { kind: 'system', duckdbName: catalogTableName(shape) } };
  relations.set(qualifiedName, relation);
  return relation;
}

const shapeByTableName: ReadonlyMap<string, CatalogShape> = new Map([...catalogShapes().values()].map((shape) => [catalogTableName(shape), shape]));
const macroByName = new Map(CATALOG_MACROS.map((macro) => [macro.name, macro]));
const macroPattern = new RegExp(`\\b(?:${CATALOG_MACROS.map((macro) => macro.name).join('|')})\\s*\\(`);
const macroNames = new RegExp(`\\b(${CATALOG_MACROS.map((macro) => macro.name).join('|')})\\s*\\(`, 'g');
const tableNames = new RegExp(`\\b${CATALOG_SCHEMA}\\."[^"]+"`, 'g');

/** True when this DuckDB SQL needs something that `systemPreludes` loads; a cheap test for the many statements that do not. */
export function needsSystemCatalog(sql: string): boolean {
  return sql.includes(CATALOG_SCHEMA) || macroPattern.test(sql);
}

/** What an executor must hold to run this DuckDB SQL: the catalog relations it names and the macros it calls, with what those read. */
export function systemPreludes(sql: string, state: CatalogState): readonly Prelude[] {
  const shapes = new Set([...sql.matchAll(tableNames)].map((match) => shapeByTableName.get(match[0])));
  const macros = new Set([...sql.matchAll(macroNames)].map((match) => macroByName.get(match[1] ?? '')));
  const lookups = new Set([...macros].flatMap((macro) => macro?.reads ?? []));
  return [
    ...[...shapes].flatMap((shape) => (shape === undefined ? [] : relationPreludes(shape, state))),
    ...[...lookups].map((lookup) => lookupPrelude(lookup, state)),
    ...[...macros].flatMap((macro) => (macro === undefined ? [] : [macroPrelude(macro)])),
  ];
}

function macroPrelude(macro: CatalogMacro): Prelude {
  return rememberedPrelude(`macro ${macro.name}`, 'fixed', () => [`CREATE OR REPLACE MACRO ${macro.name}${macro.definition}`]);
}

const CREATE_SCHEMA = `CREATE SCHEMA IF NOT EXISTS ${CATALOG_SCHEMA}`;

/** Columns that name the database or its owner, the same in every row. */
const STATE_COLUMNS: Readonly<Record<string, (state: CatalogState) => string>> = {
  table_catalog: (state) => state.database,
  udt_catalog: (state) => state.database,
  catalog_name: (state) => state.database,
  tableowner: (state) => state.user,
  viewowner: (state) => state.user,
  schema_owner: (state) => state.user,
};

/**
 * A relation whose rows never change is one table. One with rows of both kinds is a table of the fixed rows, loaded once,
 * and the relation itself: a copy of them and the session's rows, made anew when these change.
 */
function relationPreludes(shape: CatalogShape, state: CatalogState): readonly Prelude[] {
  const view = viewByName.get(shape.qualifiedName);
  const table = catalogTableName(shape);
  const fixedRows = view?.fixedRows;
  const ownRows = view?.rows;
  if (ownRows === undefined) {
    return [rememberedPrelude(shape.qualifiedName, 'fixed', () => createTable(table, shape, fixedRows === undefined ? [] : fixedRows()))];
  }
  const version = versionOf(view, state);
  const own = (): readonly CatalogRow[] => ownRows(state).map((row) => withState(shape, row, state));
  if (fixedRows === undefined) {
    return [rememberedPrelude(shape.qualifiedName, version, () => createTable(table, shape, own()))];
  }
  const fixedTable = `${CATALOG_SCHEMA}.${quoteName(`fixed ${shape.qualifiedName}`)}`;
  return [
    rememberedPrelude(`fixed ${shape.qualifiedName}`, 'fixed', () => createTable(fixedTable, shape, fixedRows())),
    rememberedPrelude(shape.qualifiedName, version, () => {
      const insert = insertStatement(table, shape.columns, own());
      return [`CREATE OR REPLACE TABLE ${table} AS SELECT *${replaced(shape, state)} FROM ${fixedTable}`, ...(insert === null ? [] : [insert])];
    }),
  ];
}

function createTable(table: string, shape: CatalogShape, rows: readonly CatalogRow[]): readonly string[] {
  const insert = insertStatement(table, shape.columns, rows);
  return [CREATE_SCHEMA, `CREATE OR REPLACE TABLE ${table} (${columnDefinitions(shape.columns)})`, ...(insert === null ? [] : [insert])];
}

function withState(shape: CatalogShape, row: CatalogRow, state: CatalogState): CatalogRow {
  const values = shape.columns.flatMap(({ name }) => {
    const valueOf = STATE_COLUMNS[name];
    return valueOf === undefined ? [] : [[name, valueOf(state)] as const];
  });
  return values.length === 0 ? row : { ...row, ...Object.fromEntries(values) };
}

function replaced(shape: CatalogShape, state: CatalogState): string {
  const items = shape.columns.flatMap(({ name }) => {
    const valueOf = STATE_COLUMNS[name];
    return valueOf === undefined ? [] : [`CAST(${quoteText(valueOf(state))} AS VARCHAR) AS ${quoteName(name)}`];
  });
  return items.length === 0 ? '' : ` REPLACE (${items.join(', ')})`;
}

/** Distinguishes versions of what is different every time it is looked at. */
let lookCount = 0;

function versionOf(view: CatalogView | undefined, state: CatalogState): string {
  switch (view?.changes ?? 'with_relations') {
    case 'with_relations':
      return state.relationsVersion;
    case 'with_settings':
      return state.settingsVersion;
    case 'always':
      lookCount += 1;
      return String(lookCount);
  }
}
