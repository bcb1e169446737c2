import type { CatalogView } from '../catalog-view.js';
import type { CatalogState } from '../catalog-state.js';
import { WELL_KNOWN_OID } from '../catalog-state.js';
import { TEMPORARY_SCHEMA } from '../../../session/lake-schemas.js';

/** OID of a schema by name; user schemas other than public count up from the temporary one's. */
export function schemaOid(schemas: readonly string[], schema: string): number {
  switch (schema) {
    case 'public':
      return WELL_KNOWN_OID.publicSchema;
    case 'pg_catalog':
      return WELL_KNOWN_OID.catalogSchema;
    case 'information_schema':
      return WELL_KNOWN_OID.informationSchema;
    case TEMPORARY_SCHEMA:
      return WELL_KNOWN_OID.temporarySchema;
    default:
      return 15_000 + schemas.indexOf(schema);
  }
}

/** Every schema of a session's world: the built-in ones, those of its tables, the temporary one when it is used. */
export function allSchemas(state: CatalogState): readonly string[] {
  return [...new Set(['pg_catalog', 'information_schema', 'public', ...state.schemas, ...state.relations.map((relation) => relation.schema)])];
}

/** pg_namespace. */
export const pgNamespace: CatalogView = {
  name: 'pg_catalog.pg_namespace',
  changes: 'with_relations',
  rows: (state) =>
    allSchemas(state).map((name) => ({
      oid: schemaOid(state.schemas, name),
      nspname: name,
      nspowner: state.schemaAccess.get(name)?.owner ?? WELL_KNOWN_OID.role,
      nspacl: state.schemaAccess.get(name)?.acl ?? null,
    })),
};

/** information_schema.schemata. */
export const schemata: CatalogView = {
  name: 'information_schema.schemata',
  changes: 'with_relations',
  rows: (state) =>
    [...new Set(['pg_catalog', 'information_schema', 'public', ...state.schemas])].map((name) => ({
      schema_name: name,
    })),
};
