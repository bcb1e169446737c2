import type { CatalogKey, CatalogRelation, CatalogState } from '../catalog-state.js';
import type { CatalogRow, CatalogView } from '../catalog-view.js';
import { schemaOid } from './schemas.js';

/** OIDs of the catalogs that objects with comments are in. */
const CLASS_CATALOG = 1259;
const NAMESPACE_CATALOG = 2615;

const plainIdentifier = /^[a-z_][a-z0-9_$]*$/;

function quote(name: string): string {
  return plainIdentifier.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Every declared key with the relation that has it. */
export function allKeys(state: CatalogState): readonly { readonly relation: CatalogRelation; readonly key: CatalogKey }[] {
  return state.relations.flatMap((relation) => (relation.keys ?? []).map((key) => ({ relation, key })));
}

/** Keys that have an index in Postgres: primary and unique ones. */
export function indexedKeys(state: CatalogState): ReturnType<typeof allKeys> {
  return allKeys(state).filter(({ key }) => key.kind !== 'foreign');
}

function attributeNumbers(relation: CatalogRelation | undefined, columns: readonly string[]): readonly number[] {
  return columns.map((name) => (relation?.columns.findIndex((column) => column.name === name) ?? -1) + 1);
}

function referenced(state: CatalogState, relation: CatalogRelation, key: CatalogKey): CatalogRelation | undefined {
  const { references } = key;
  return references === null
    ? undefined
    : state.relations.find((candidate) => candidate.name === references.name && candidate.schema === (references.schema ?? relation.schema));
}

/** The key of the referenced table that a foreign key's columns are. */
function referencedKey(target: CatalogRelation | undefined, key: CatalogKey): CatalogKey | undefined {
  const columns = referencedColumns(target, key).join('\0');
  return target?.keys?.find((candidate) => candidate.kind !== 'foreign' && candidate.columns.join('\0') === columns);
}

/** What is said to happen to rows when those they refer to change; nothing does. */
const ACTIONS: Readonly<Record<string, string>> = { r: 'RESTRICT', c: 'CASCADE', n: 'SET NULL', d: 'SET DEFAULT' };

function actionText(event: 'UPDATE' | 'DELETE', action: string | undefined): string {
  const words = ACTIONS[action ?? 'a'];
  return words === undefined ? '' : ` ON ${event} ${words}`;
}

function referencedColumns(target: CatalogRelation | undefined, key: CatalogKey): readonly string[] {
  const named = key.references?.columns ?? [];
  return named.length > 0 ? named : (target?.keys?.find((candidate) => candidate.kind === 'primary')?.columns ?? []);
}

/** pg_get_constraintdef's text. */
export function constraintDefinition(state: CatalogState, relation: CatalogRelation, key: CatalogKey): string {
  const columns = key.columns.map(quote).join(', ');
  switch (key.kind) {
    case 'primary':
      return `PRIMARY KEY (${columns})`;
    case 'unique':
      return `UNIQUE (${columns})`;
    case 'foreign': {
      const target = referenced(state, relation, key);
      const name = `${key.references?.schema === null || key.references === null ? '' : `${quote(key.references.schema)}.`}${quote(key.references?.name ?? '')}`;
      return `FOREIGN KEY (${columns}) REFERENCES ${name}(${referencedColumns(target, key).map(quote).join(', ')})${actionText('UPDATE', key.references?.onUpdate)}${actionText('DELETE', key.references?.onDelete)}`;
    }
  }
}

/** pg_get_indexdef's text. */
export function indexDefinition(relation: CatalogRelation, key: CatalogKey): string {
  return `CREATE UNIQUE INDEX ${quote(key.name)} ON ${quote(relation.schema)}.${quote(relation.name)} USING btree (${key.columns.map(quote).join(', ')})`;
}

/** pg_attrdef. */
export const pgAttrdef: CatalogView = {
  name: 'pg_catalog.pg_attrdef',
  changes: 'with_relations',
  rows: (state) =>
    state.relations.flatMap((relation) =>
      relation.columns.flatMap((_, index): readonly CatalogRow[] => {
        const text = relation.defaults?.[index];
        return text === undefined || text === null ? [] : [{ oid: relation.oid + index + 1, adrelid: relation.oid, adnum: index + 1, adbin: text }];
      }),
    ),
};

/** pg_constraint: declared keys. Nothing enforces them. */
export const pgConstraint: CatalogView = {
  name: 'pg_catalog.pg_constraint',
  changes: 'with_relations',
  rows: (state) =>
    allKeys(state).map(({ relation, key }) => {
      const target = referenced(state, relation, key);
      return {
        oid: key.constraintOid,
        conname: key.name,
        connamespace: schemaOid(state.schemas, relation.schema),
        contype: key.kind === 'primary' ? 'p' : key.kind === 'unique' ? 'u' : 'f',
        condeferrable: false,
        condeferred: false,
        convalidated: true,
        conrelid: relation.oid,
        contypid: 0,
        conindid: key.kind === 'foreign' ? (referencedKey(target, key)?.indexOid ?? 0) : key.indexOid,
        conparentid: 0,
        confrelid: target?.oid ?? 0,
        confupdtype: key.kind === 'foreign' ? (key.references?.onUpdate ?? 'a') : ' ',
        confdeltype: key.kind === 'foreign' ? (key.references?.onDelete ?? 'a') : ' ',
        confmatchtype: key.kind === 'foreign' ? 's' : ' ',
        conislocal: true,
        coninhcount: 0,
        connoinherit: true,
        conkey: attributeNumbers(relation, key.columns),
        confkey: key.kind === 'foreign' ? attributeNumbers(target, referencedColumns(target, key)) : null,
      };
    }),
};

/** pg_index: an index for each primary and unique key, as clients look keys up there. */
export const pgIndex: CatalogView = {
  name: 'pg_catalog.pg_index',
  changes: 'with_relations',
  rows: (state) =>
    indexedKeys(state).map(({ relation, key }) => ({
      indexrelid: key.indexOid,
      indrelid: relation.oid,
      indnatts: key.columns.length,
      indnkeyatts: key.columns.length,
      indisunique: true,
      indnullsnotdistinct: false,
      indisprimary: key.kind === 'primary',
      indisexclusion: false,
      indimmediate: true,
      indisclustered: false,
      indisvalid: true,
      indcheckxmin: false,
      indisready: true,
      indislive: true,
      indisreplident: false,
      indkey: attributeNumbers(relation, key.columns),
      indcollation: key.columns.map(() => 0),
      indclass: key.columns.map(() => 0),
      indoption: key.columns.map(() => 0),
    })),
};

/** pg_description: comments of tables, views, columns and schemas. */
export const pgDescription: CatalogView = {
  name: 'pg_catalog.pg_description',
  changes: 'with_relations',
  rows: (state) => [
    ...state.relations.flatMap((relation): readonly CatalogRow[] => [
      ...(relation.comment === undefined ? [] : [{ objoid: relation.oid, classoid: CLASS_CATALOG, objsubid: 0, description: relation.comment }]),
      ...relation.columns.flatMap((_, index): readonly CatalogRow[] => {
        const text = relation.columnComments?.[index];
        return text === undefined || text === null ? [] : [{ objoid: relation.oid, classoid: CLASS_CATALOG, objsubid: index + 1, description: text }];
      }),
    ]),
    ...[...(state.schemaComments ?? [])].map(([schema, text]) => ({
      objoid: schemaOid(state.schemas, schema),
      classoid: NAMESPACE_CATALOG,
      objsubid: 0,
      description: text,
    })),
  ],
};

const KEY_WORDS = { primary: 'PRIMARY KEY', unique: 'UNIQUE', foreign: 'FOREIGN KEY' } as const;

/** information_schema.table_constraints. */
export const tableConstraints: CatalogView = {
  name: 'information_schema.table_constraints',
  changes: 'with_relations',
  rows: (state) =>
    allKeys(state).map(({ relation, key }) => ({
      constraint_catalog: state.database,
      constraint_schema: relation.schema,
      constraint_name: key.name,
      table_schema: relation.schema,
      table_name: relation.name,
      constraint_type: KEY_WORDS[key.kind],
      is_deferrable: 'NO',
      initially_deferred: 'NO',
      enforced: 'NO',
      nulls_distinct: key.kind === 'unique' ? 'YES' : null,
    })),
};

/** information_schema.key_column_usage. */
export const keyColumnUsage: CatalogView = {
  name: 'information_schema.key_column_usage',
  changes: 'with_relations',
  rows: (state) =>
    allKeys(state).flatMap(({ relation, key }) =>
      key.columns.map((column, index) => ({
        constraint_catalog: state.database,
        constraint_schema: relation.schema,
        constraint_name: key.name,
        table_schema: relation.schema,
        table_name: relation.name,
        column_name: column,
        ordinal_position: index + 1,
        position_in_unique_constraint: key.kind === 'foreign' ? index + 1 : null,
      })),
    ),
};

/** information_schema.constraint_column_usage: the columns that keys are of; for foreign keys those they refer to. */
export const constraintColumnUsage: CatalogView = {
  name: 'information_schema.constraint_column_usage',
  changes: 'with_relations',
  rows: (state) =>
    allKeys(state).flatMap(({ relation, key }) => {
      const target = key.kind === 'foreign' ? referenced(state, relation, key) : relation;
      const columns = key.kind === 'foreign' ? referencedColumns(target, key) : key.columns;
      return columns.map((column) => ({
        table_catalog: state.database,
        table_schema: target?.schema ?? relation.schema,
        table_name: target?.name ?? key.references?.name ?? relation.name,
        column_name: column,
        constraint_catalog: state.database,
        constraint_schema: relation.schema,
        constraint_name: key.name,
      }));
    }),
};
