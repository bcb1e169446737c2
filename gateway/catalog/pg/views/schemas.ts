import type { CatalogView } from '../catalog-view.js';
import { WELL_KNOWN_OID } from '../catalog-state.js';

/** OID of a schema by name; user schemas other than public count up from the temporary one's. */
export function schemaOid(schemas: readonly string[], schema: string): number {
  switch (schema) {
    case 'public':
      return WELL_KNOWN_OID.publicSchema;
    case 'pg_catalog':
      return WELL_KNOWN_OID.catalogSchema;
    case 'information_schema':
      return WELL_KNOWN_OID.informationSchema;
    case 'pg_temp':
      return WELL_KNOWN_OID.temporarySchema;
    default:
      return 15_000 + schemas.indexOf(schema);
  }
}

/** pg_namespace. */
export const pgNamespace: CatalogView = {
  name: 'pg_catalog.pg_namespace',
  changes: 'with_relations',
  rows: (state) =>
    [...new Set(['pg_catalog', 'information_schema', 'public', ...state.schemas, ...state.relations.map((relation) => relation.schema)])].map((name) => ({
      oid: schemaOid(state.schemas, name),
      nspname: name,
      nspowner: WELL_KNOWN_OID.role,
      nspacl: null,
    })),
};

/** information_schema.schemata. */
export const schemata: CatalogView = {
  name: 'information_schema.schemata',
  changes: 'with_relations',
  rows: (state) =>
    [...new Set(['pg_catalog', 'information_schema', 'public', ...state.schemas])].map((name) => ({
      catalog_name: state.database,
      schema_name: name,
      schema_owner: state.user,
    })),
};
