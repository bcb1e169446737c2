import type { CatalogKey, CatalogRelation, CatalogState } from '../catalog-state.js';
import { WELL_KNOWN_OID } from '../catalog-state.js';
import type { CatalogRow, CatalogView } from '../catalog-view.js';
import { catalogRelationShapes } from '../shapes.js';
import { indexedKeys } from './declarations.js';
import { schemaOid } from './schemas.js';

/** Bytes of a Postgres page, in which pg_class counts sizes. */
const PAGE_BYTES = 8192;

/** Values every relation has alike: no indexes, rules, triggers, row security or inheritance. */
const COMMON: CatalogRow = {
  reltype: 0,
  reloftype: 0,
  relowner: WELL_KNOWN_OID.role,
  reltablespace: 0,
  relallvisible: 0,
  reltoastrelid: 0,
  relhasindex: false,
  relisshared: false,
  relchecks: 0,
  relhasrules: false,
  relhastriggers: false,
  relhassubclass: false,
  relrowsecurity: false,
  relforcerowsecurity: false,
  relispopulated: true,
  relispartition: false,
  relrewrite: 0,
  relfrozenxid: 0,
  relminmxid: 0,
};

function systemRows(): readonly CatalogRow[] {
  return catalogRelationShapes().map((shape) => ({
    ...COMMON,
    oid: shape.oid,
    relname: shape.name,
    relnamespace: shape.schema === 'pg_catalog' ? WELL_KNOWN_OID.catalogSchema : WELL_KNOWN_OID.informationSchema,
    relam: shape.kind === 'r' ? WELL_KNOWN_OID.heapAccessMethod : 0,
    relfilenode: 0,
    relpages: 0,
    reltuples: -1,
    relpersistence: 'p',
    relkind: shape.kind,
    relnatts: shape.columns.length,
    relreplident: 'n',
  }));
}

/** relkind. */
const RELATION_KIND = { table: 'r', view: 'v', 'foreign table': 'f', sequence: 'S' } as const;

/** table_type of information_schema.tables, but for temporary tables. */
const TABLE_TYPE = { table: 'BASE TABLE', view: 'VIEW', 'foreign table': 'FOREIGN', sequence: '' } as const;

function userRow(state: CatalogState, relation: CatalogRelation): CatalogRow {
  return {
    ...COMMON,
    oid: relation.oid,
    relname: relation.name,
    relowner: relation.access.owner,
    relacl: relation.access.acl,
    relnamespace: schemaOid(state.schemas, relation.schema),
    relam: relation.kind === 'table' ? WELL_KNOWN_OID.heapAccessMethod : 0,
    relfilenode: relation.kind === 'table' ? relation.oid : 0,
    relpages: Math.min(Math.ceil(relation.byteCount / PAGE_BYTES), 2 ** 31 - 1),
    reltuples: relation.rowCount,
    relpersistence: relation.temporary ? 't' : 'p',
    relkind: RELATION_KIND[relation.kind],
    relnatts: relation.columns.length,
    relhasindex: (relation.keys ?? []).some((key) => key.kind !== 'foreign'),
    // psql asks for foreign keys of tables with triggers only: in Postgres these enforce them.
    relhastriggers: (relation.keys ?? []).some((key) => key.kind === 'foreign'),
    relhasrules: relation.kind === 'view',
    relreplident: relation.kind === 'table' ? 'd' : 'n',
  };
}

function indexRow(state: CatalogState, relation: CatalogRelation, key: CatalogKey): CatalogRow {
  return {
    ...COMMON,
    oid: key.indexOid,
    relname: key.name,
    relowner: relation.access.owner,
    relnamespace: schemaOid(state.schemas, relation.schema),
    relam: WELL_KNOWN_OID.btreeAccessMethod,
    relfilenode: key.indexOid,
    relpages: 1,
    reltuples: relation.rowCount,
    relpersistence: 'p',
    relkind: 'i',
    relnatts: key.columns.length,
    relreplident: 'n',
  };
}

/** pg_class. */
export const pgClass: CatalogView = {
  name: 'pg_catalog.pg_class',
  changes: 'with_relations',
  fixedRows: systemRows,
  rows: (state) => [
    ...state.relations.map((relation) => userRow(state, relation)),
    ...indexedKeys(state).map(({ relation, key }) => indexRow(state, relation, key)),
  ],
};

/** True for tables that take INSERT: temporary and stored ones, not files. */
export function isInsertable(relation: CatalogRelation): boolean {
  return relation.kind === 'table' && (relation.temporary || relation.stored === true);
}

/** pg_tables. */
export const pgTables: CatalogView = {
  name: 'pg_catalog.pg_tables',
  changes: 'with_relations',
  fixedRows: () =>
    catalogRelationShapes()
      .filter((shape) => shape.kind === 'r')
      .map((shape) => tableRow(shape.schema, shape.name)),
  rows: (state) => state.relations.filter((relation) => relation.kind === 'table').map((relation) => tableRow(relation.schema, relation.name)),
};

function tableRow(schema: string, name: string): CatalogRow {
  return { schemaname: schema, tablename: name, hasindexes: false, hasrules: false, hastriggers: false, rowsecurity: false };
}

/** pg_views. */
export const pgViews: CatalogView = {
  name: 'pg_catalog.pg_views',
  changes: 'with_relations',
  fixedRows: () =>
    catalogRelationShapes()
      .filter((shape) => shape.kind === 'v')
      .map((shape) => ({ schemaname: shape.schema, viewname: shape.name })),
  rows: (state) =>
    state.relations
      .filter((relation) => relation.kind === 'view')
      .map((relation) => ({ schemaname: relation.schema, viewname: relation.name, definition: viewText(relation) })),
};

/** information_schema.tables. */
export const informationTables: CatalogView = {
  name: 'information_schema.tables',
  changes: 'with_relations',
  fixedRows: () =>
    catalogRelationShapes().map((shape) => ({
      table_schema: shape.schema,
      table_name: shape.name,
      table_type: shape.kind === 'r' ? 'BASE TABLE' : 'VIEW',
      is_insertable_into: shape.kind === 'r' ? 'YES' : 'NO',
      is_typed: 'NO',
    })),
  rows: (state) =>
    state.relations
      .filter((relation) => relation.kind !== 'sequence')
      .map((relation) => ({
        table_schema: relation.schema,
        table_name: relation.name,
        table_type: relation.kind === 'table' && relation.temporary ? 'LOCAL TEMPORARY' : TABLE_TYPE[relation.kind],
        is_insertable_into: isInsertable(relation) ? 'YES' : 'NO',
        is_typed: 'NO',
        commit_action: relation.temporary ? 'PRESERVE' : null,
      })),
};

/** information_schema.views. */
export const informationViews: CatalogView = {
  name: 'information_schema.views',
  changes: 'with_relations',
  rows: (state) =>
    state.relations
      .filter((relation) => relation.kind === 'view')
      .map((relation) => ({
        table_schema: relation.schema,
        table_name: relation.name,
        view_definition: viewText(relation),
        check_option: 'NONE',
        is_updatable: 'NO',
        is_insertable_into: 'NO',
      })),
};

/** A view's query as Postgres shows it: as it was written, since nothing deparses it. */
export function viewText(relation: CatalogRelation): string | null {
  return relation.definition === undefined ? null : ` ${relation.definition.replace(/;\s*$/, '')};`;
}
