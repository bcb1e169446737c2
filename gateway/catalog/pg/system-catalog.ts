import type { Prelude } from '../../../executor/engine.js';
import type { Relation } from '../../../planner/relation/relation.js';
import { quoteText } from '../../../planner/types/data-type.js';
import { allPostgresTypes } from '../../../planner/types/postgres-type.js';
import type { CatalogState } from './catalog-state.js';
import type { CatalogView } from './catalog-view.js';
import { CATALOG_SCHEMA, catalogShapes, catalogTableName, loadStatements } from './catalog-view.js';
import { CATALOG_MACROS } from './macros.js';
import { informationColumns, pgAttribute } from './views/columns.js';
import { informationTables, informationViews, pgClass, pgTables, pgViews } from './views/relations.js';
import { pgAuthid, pgRoles, pgShadow, pgUser } from './views/roles.js';
import { pgNamespace, schemata } from './views/schemas.js';
import { pgAm, pgCollation, pgDatabase, pgLanguage, pgSettings, pgStatActivity, pgTablespace } from './views/server.js';
import { pgType } from './views/types.js';

/** Catalog relations that have rows; all others are there and empty. */
const VIEWS: readonly CatalogView[] = [
  pgNamespace,
  schemata,
  pgClass,
  pgTables,
  pgViews,
  informationTables,
  informationViews,
  pgAttribute,
  informationColumns,
  pgType,
  pgDatabase,
  pgTablespace,
  pgAm,
  pgLanguage,
  pgCollation,
  pgSettings,
  pgStatActivity,
  pgRoles,
  pgAuthid,
  pgUser,
  pgShadow,
];

const viewByName: ReadonlyMap<string, CatalogView> = new Map(VIEWS.map((view) => [view.name, view]));

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

const macroPattern = new RegExp(`\\b(?:${CATALOG_MACROS.map((macro) => macro.name).join('|')})\\s*\\(`);

/** True when this DuckDB SQL needs something that `systemPreludes` loads; a cheap test for the many statements that do not. */
export function needsSystemCatalog(sql: string): boolean {
  return sql.includes(CATALOG_SCHEMA) || macroPattern.test(sql);
}

/** What an executor must hold to run this DuckDB SQL: the catalog relations it names and the macros it calls, with what those read. */
export function systemPreludes(sql: string, state: CatalogState): readonly Prelude[] {
  const needed = new Set<string>();
  for (const shape of catalogShapes().values()) {
    if (sql.includes(catalogTableName(shape))) {
      needed.add(shape.qualifiedName);
    }
  }
  const macros = macroPattern.test(sql);
  if (macros) {
    for (const macro of CATALOG_MACROS) {
      macro.reads.forEach((name) => needed.add(name));
    }
  }
  const preludes = [...needed].map((name) => relationPrelude(name, state));
  return macros ? [...preludes, MACRO_PRELUDE] : preludes;
}

const MACRO_PRELUDE: Prelude = {
  name: 'catalog macros',
  version: '1',
  statements: CATALOG_MACROS.map((macro) => `CREATE OR REPLACE MACRO ${macro.name}${macro.definition}`),
};

function relationPrelude(qualifiedName: string, state: CatalogState): Prelude {
  if (qualifiedName === 'type_names') {
    return TYPE_NAMES_PRELUDE;
  }
  if (qualifiedName === 'relation_sizes') {
    return { name: qualifiedName, version: state.relationsVersion, statements: relationSizes(state) };
  }
  const shape = catalogShapes().get(qualifiedName);
  if (shape === undefined) {
    throw new Error(`no catalog relation ${qualifiedName}`);
  }
  const view = viewByName.get(qualifiedName);
  return { name: qualifiedName, version: versionOf(view, state), statements: loadStatements(shape, view === undefined ? [] : view.rows(state)) };
}

/** Distinguishes versions of what is different every time it is looked at. */
let lookCount = 0;

function versionOf(view: CatalogView | undefined, state: CatalogState): string {
  switch (view?.changes ?? 'never') {
    case 'never':
      return 'fixed';
    case 'with_relations':
      return state.relationsVersion;
    case 'with_settings':
      return state.settingsVersion;
    case 'always':
      lookCount += 1;
      return String(lookCount);
  }
}

function relationSizes(state: CatalogState): readonly string[] {
  const rows = state.relations.map((relation) => `(${relation.oid}, ${relation.byteCount})`);
  return [
    `CREATE SCHEMA IF NOT EXISTS ${CATALOG_SCHEMA}`,
    `CREATE OR REPLACE TABLE ${CATALOG_SCHEMA}.relation_sizes (oid BIGINT, byte_count BIGINT)`,
    ...(rows.length === 0 ? [] : [`INSERT INTO ${CATALOG_SCHEMA}.relation_sizes VALUES ${rows.join(', ')}`]),
  ];
}

/** SQL spellings people write for types beside the ones format_type prints. */
const TYPE_ALIASES: readonly (readonly [alias: string, name: string])[] = [
  ['int', 'int4'],
  ['decimal', 'numeric'],
  ['float', 'float8'],
  ['timestamp', 'timestamp'],
  ['time', 'time'],
  ['char', 'bpchar'],
];

const TYPE_NAMES_PRELUDE: Prelude = {
  name: 'type_names',
  version: 'fixed',
  statements: [
    `CREATE SCHEMA IF NOT EXISTS ${CATALOG_SCHEMA}`,
    `CREATE OR REPLACE TABLE ${CATALOG_SCHEMA}.type_names (oid BIGINT, name VARCHAR, sql_name VARCHAR, base_oid BIGINT, base_name VARCHAR)`,
    `INSERT INTO ${CATALOG_SCHEMA}.type_names VALUES ${typeNameRows().join(', ')}`,
  ],
};

function typeNameRows(): readonly string[] {
  const types = allPostgresTypes();
  const byOid = new Map(types.map((type) => [type.oid, type]));
  const rows = types.map((type) => {
    const base = type.category === 'A' && type.arrayOid === 0 ? (byOid.get(type.elementOid) ?? type) : type;
    return `(${type.oid}, ${quoteText(type.name)}, ${quoteText(type.sqlName)}, ${base.oid}, ${quoteText(base.sqlName)})`;
  });
  const aliases = TYPE_ALIASES.flatMap(([alias, name]) => {
    const type = types.find((candidate) => candidate.name === name);
    return type === undefined || alias === name
      ? []
      : [`(${-type.oid}, ${quoteText(alias)}, ${quoteText(type.sqlName)}, ${type.oid}, ${quoteText(type.sqlName)})`];
  });
  // An alias stands under its type's negated OID: format_type must find one row by OID, and look-ups by name take the absolute value.
  return [...rows, ...aliases];
}
