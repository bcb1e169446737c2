import type { Prelude } from '../../../executor/engine.js';
import type { Column } from '../../../planner/relation/relation.js';
import { quoteText, scalar } from '../../../planner/types/data-type.js';
import { postgresTypeByName } from '../../../planner/types/postgres-type.js';
import type { Role } from '../../security/roles.js';
import type { CatalogState } from './catalog-state.js';
import { rememberedPrelude } from './remembered-preludes.js';
import type { CatalogRow } from './catalog-view.js';
import { columnDefinitions, insertStatement } from './load-rows.js';
import { CATALOG_SCHEMA, catalogRelationShapes } from './shapes.js';
import { allKeys, constraintDefinition, indexDefinition, indexedKeys } from './views/declarations.js';
import { operatorSignature, SYSTEM_OPERATORS } from './views/operators.js';
import { procedureArguments, procedureResult, procedureSignature, SYSTEM_PROCEDURES } from './views/procedures.js';
import { taskPrelude } from './task-lookup.js';
import { viewText } from './views/relations.js';
import { allSchemas, schemaOid } from './views/schemas.js';
import { allSequences, ownerOf } from './views/sequences.js';
import { SYSTEM_TYPES } from './views/system-types.js';

/**
 * Catalog functions read these DuckDB variables instead of tables: a map that stands in a query as a constant costs it
 * no join, and may stand where DuckDB refuses subqueries (the ON of an outer join).
 */
export type LookupName = 'types' | 'procedures' | 'operators' | 'relations' | 'settings' | 'tasks';

/** Spellings of types beside those that format_type prints and pg_type.typname. */
const TYPE_ALIASES: readonly (readonly [alias: string, typeName: string])[] = [
  ['int', 'int4'],
  ['decimal', 'numeric'],
  ['float', 'float8'],
  ['varchar', 'varchar'],
  ['timestamp', 'timestamp'],
  ['time', 'time'],
  ['char', 'bpchar'],
  ['bit varying', 'varbit'],
];

type Pair<K extends string | number> = readonly [key: K, value: string | number];

function setMap<K extends string | number>(name: string, pairs: readonly Pair<K>[], keyType: 'BIGINT' | 'VARCHAR', valueType: 'BIGINT' | 'VARCHAR'): string {
  const unique = new Map(pairs);
  return `SET VARIABLE sluice_${name} = MAP(${jsonList([...unique.keys()], keyType)}, ${jsonList([...unique.values()], valueType)})`;
}

function jsonList(values: readonly (string | number)[], type: 'BIGINT' | 'VARCHAR'): string {
  return values.length === 0 ? `CAST([] AS ${type}[])` : `from_json(${quoteText(JSON.stringify(values))}, '["${type}"]')`;
}

/** The statements that set one group of variables are sent once a process, or when the relations change. */
export function lookupPrelude(lookup: LookupName, state: CatalogState): Prelude {
  switch (lookup) {
    case 'types':
      return rememberedPrelude('lookup types', 'fixed', typeLookups);
    case 'procedures':
      return rememberedPrelude('lookup procedures', 'fixed', procedureLookups);
    case 'operators':
      return rememberedPrelude('lookup operators', 'fixed', operatorLookups);
    case 'relations':
      return rememberedPrelude('lookup relations', JSON.stringify([state.relationsVersion, state.searchPath]), () => relationLookups(state));
    case 'settings':
      return rememberedPrelude('lookup settings', state.settingsVersion, () => settingLookups(state));
    case 'tasks':
      return taskPrelude(state, (pairs) => setMap('task_sql', pairs, 'VARCHAR', 'VARCHAR'));
  }
}

function typeLookups(): readonly string[] {
  const aliases = TYPE_ALIASES.flatMap(([alias, name]): readonly Pair<string>[] => {
    const type = postgresTypeByName(name);
    return type === undefined
      ? []
      : [
          [alias, type.oid],
          [`${alias}[]`, type.arrayOid],
        ];
  });
  return [
    setMap(
      'type_name',
      SYSTEM_TYPES.map((type): Pair<number> => [type.oid, type.sqlName]),
      'BIGINT',
      'VARCHAR',
    ),
    // Later pairs win: what format_type prints, then the aliases, over internal names ("char" is not char).
    setMap(
      'type_oid',
      [
        ...SYSTEM_TYPES.map((type): Pair<string> => [type.name, type.oid]),
        ...SYSTEM_TYPES.filter((type) => type.arrayOid !== 0).map((type): Pair<string> => [`${type.name}[]`, type.arrayOid]),
        ...SYSTEM_TYPES.map((type): Pair<string> => [type.sqlName, type.oid]),
        ...aliases,
        ['"char"', 18],
      ],
      'VARCHAR',
      'BIGINT',
    ),
  ];
}

/** Functions and operators are too many for maps: tables, read by subqueries. */
function procedureLookups(): readonly string[] {
  const counts = new Map<string, number>();
  for (const procedure of SYSTEM_PROCEDURES) {
    counts.set(procedure.name, (counts.get(procedure.name) ?? 0) + 1);
  }
  return createTable(
    'procedure_names',
    SYSTEM_PROCEDURES.map((procedure) => ({
      oid: procedure.oid,
      bare_name: procedure.name,
      // An overloaded name alone would not say which one it is: Postgres writes the schema then.
      name: (counts.get(procedure.name) ?? 0) > 1 ? `pg_catalog.${procedure.name}` : procedure.name,
      signature: procedureSignature(procedure),
      arguments: procedureArguments(procedure),
      result: procedureResult(procedure),
    })),
  );
}

function operatorLookups(): readonly string[] {
  return createTable(
    'operator_names',
    SYSTEM_OPERATORS.map((operator) => ({ oid: operator.oid, name: operator.name, signature: operatorSignature(operator) })),
  );
}

function createTable(name: string, rows: readonly CatalogRow[]): readonly string[] {
  const columns = Object.keys(rows[0] ?? {}).map((column): Column => ({ name: column, type: scalar(column === 'oid' ? 'BIGINT' : 'VARCHAR') }));
  const table = `${CATALOG_SCHEMA}.${name}`;
  const insert = insertStatement(table, columns, rows);
  return [
    `CREATE SCHEMA IF NOT EXISTS ${CATALOG_SCHEMA}`,
    `CREATE OR REPLACE TABLE ${table} (${columnDefinitions(columns)})`,
    ...(insert === null ? [] : [insert]),
  ];
}

function relationLookups(state: CatalogState): readonly string[] {
  const all = [
    ...catalogRelationShapes().map(({ oid, schema, name }) => ({ oid, schema: schema as string, name })),
    ...state.relations.map(({ oid, schema, name }) => ({ oid, schema, name })),
    ...indexedKeys(state).map(({ relation, key }) => ({ oid: key.indexOid, schema: relation.schema, name: key.name })),
  ];
  // The first schema of the path that has a name hides it in later ones.
  const visible = new Map<string, number>();
  const place = (schema: string): number => state.searchPath.indexOf(schema);
  for (const relation of all.toSorted((a, b) => place(a.schema) - place(b.schema))) {
    if (place(relation.schema) >= 0 && !visible.has(relation.name)) {
      visible.set(relation.name, relation.oid);
    }
  }
  const visibleOids = new Set(visible.values());
  const schemas = allSchemas(state);
  const oidOf = (schema: string): number => schemaOid(state.schemas, schema);
  return [
    setMap(
      'relation_name',
      all.map(({ oid, schema, name }): Pair<number> => [
        oid,
        visibleOids.has(oid) ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
      ]),
      'BIGINT',
      'VARCHAR',
    ),
    setMap(
      'relation_oid',
      all.flatMap(({ oid, schema, name }): readonly Pair<string>[] => [
        [`${quoteIdentifier(schema)}.${quoteIdentifier(name)}`, oid],
        [`${quoteIdentifier(state.database)}.${quoteIdentifier(schema)}.${quoteIdentifier(name)}`, oid],
        ...(visibleOids.has(oid) ? [[quoteIdentifier(name), oid] as const] : []),
      ]),
      'VARCHAR',
      'BIGINT',
    ),
    `SET VARIABLE sluice_relation_visible = ${jsonList([...visibleOids], 'BIGINT')}`,
    setMap(
      'relation_bytes',
      state.relations.map(({ oid, byteCount }): Pair<number> => [oid, byteCount]),
      'BIGINT',
      'BIGINT',
    ),
    setMap(
      'view_definition',
      state.relations.flatMap((relation): readonly Pair<number>[] => (relation.kind === 'view' ? [[relation.oid, viewText(relation) ?? '']] : [])),
      'BIGINT',
      'VARCHAR',
    ),
    setMap(
      'serial_sequence',
      allSequences(state).flatMap(({ relation, sequence }): readonly Pair<string>[] => {
        const owner = ownerOf(state, sequence);
        const column = owner?.table.columns[owner.column - 1]?.name;
        return owner === undefined || column === undefined
          ? []
          : [[`${owner.table.oid}.${column}`, `${quoteIdentifier(relation.schema)}.${quoteIdentifier(relation.name)}`]];
      }),
      'VARCHAR',
      'VARCHAR',
    ),
    setMap(
      'constraint_definition',
      allKeys(state).map(({ relation, key }): Pair<number> => [key.constraintOid, constraintDefinition(state, relation, key)]),
      'BIGINT',
      'VARCHAR',
    ),
    setMap(
      'index_definition',
      indexedKeys(state).map(({ relation, key }): Pair<number> => [key.indexOid, indexDefinition(relation, key)]),
      'BIGINT',
      'VARCHAR',
    ),
    setMap(
      'index_column',
      indexedKeys(state).flatMap(({ key }) => key.columns.map((column, index): Pair<string> => [`${key.indexOid}.${index + 1}`, quoteIdentifier(column)])),
      'VARCHAR',
      'VARCHAR',
    ),
    setMap('comment', commentPairs(state), 'VARCHAR', 'VARCHAR'),
    setMap(
      'schema_name',
      schemas.map((schema): Pair<number> => [oidOf(schema), quoteIdentifier(schema)]),
      'BIGINT',
      'VARCHAR',
    ),
    setMap(
      'schema_oid',
      schemas.map((schema): Pair<string> => [quoteIdentifier(schema), oidOf(schema)]),
      'VARCHAR',
      'BIGINT',
    ),
    setMap(
      'role_name',
      state.roles.map((role): Pair<number> => [role.oid, quoteIdentifier(role.name)]),
      'BIGINT',
      'VARCHAR',
    ),
    setMap(
      'role_oid',
      state.roles.map((role): Pair<string> => [quoteIdentifier(role.name), role.oid]),
      'VARCHAR',
      'BIGINT',
    ),
    `SET VARIABLE sluice_current_role = CAST(${state.roles.find((role) => role.name === state.user)?.oid ?? 0} AS BIGINT)`,
    setMap('privileges', privilegePairs(state), 'VARCHAR', 'VARCHAR'),
    setMap(
      'memberships',
      state.roles.map((role): Pair<number> => [role.oid, `,${[...memberships(state, role)].join(',')},`]),
      'BIGINT',
      'VARCHAR',
    ),
  ];
}

/** Pairs of a role and an object beyond which only the current role's privileges are told. */
const PRIVILEGE_PAIRS_MAX = 50_000;

/** Privileges by `role oid.object oid`, each between commas. */
function privilegePairs(state: CatalogState): readonly Pair<string>[] {
  const objects = [
    ...state.relations.map(({ oid, access }) => ({ oid, guarded: access.guarded })),
    ...allSchemas(state).map((name) => ({ oid: schemaOid(state.schemas, name), guarded: state.schemaAccess.get(name)?.guarded })),
  ];
  const own = state.roles.filter((role) => role.name === state.user);
  const roles = objects.length * state.roles.length > PRIVILEGE_PAIRS_MAX ? own : state.roles;
  return roles.flatMap((role) => objects.map(({ oid, guarded }): Pair<string> => [`${role.oid}.${oid}`, `,${state.privilegesOf(guarded, role).join(',')},`]));
}

/** OIDs of the roles a role may take on; a superuser all. */
function memberships(state: CatalogState, role: Role): ReadonlySet<number> {
  if (role.superuser) {
    return new Set(state.roles.map(({ oid }) => oid));
  }
  const reached = new Set([role.oid]);
  for (let size = 0; size !== reached.size;) {
    size = reached.size;
    for (const member of state.roles.filter(({ oid }) => reached.has(oid))) {
      member.memberOf.forEach((membership) => reached.add(membership.role));
    }
  }
  return reached;
}

/** Comments by `oid` of the object, or `oid.number` of a column. */
function commentPairs(state: CatalogState): readonly Pair<string>[] {
  return [
    ...state.relations.flatMap((relation): readonly Pair<string>[] => [
      ...(relation.comment === undefined ? [] : [[`${relation.oid}`, relation.comment] as const]),
      ...(relation.columnComments ?? []).flatMap((text, index) => (text === null ? [] : [[`${relation.oid}.${index + 1}`, text] as const])),
    ]),
    ...[...(state.schemaComments ?? [])].map(([schema, text]): Pair<string> => [`${schemaOid(state.schemas, schema)}`, text]),
  ];
}

function settingLookups(state: CatalogState): readonly string[] {
  return [
    setMap(
      'setting',
      state.settings.map(({ name, value }): Pair<string> => [name.toLowerCase(), value]),
      'VARCHAR',
      'VARCHAR',
    ),
  ];
}

const PLAIN_IDENTIFIER = /^[a-z_][a-z0-9_$]*$/;

function quoteIdentifier(name: string): string {
  return PLAIN_IDENTIFIER.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
