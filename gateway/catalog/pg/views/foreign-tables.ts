import type { CatalogView } from '../catalog-view.js';
import { WELL_KNOWN_OID } from '../catalog-state.js';

/** Name of the one foreign server, and of its wrapper. */
const FILES = 'files';

/** pg_foreign_data_wrapper: files under the data directories. */
export const pgForeignDataWrapper: CatalogView = {
  name: 'pg_catalog.pg_foreign_data_wrapper',
  fixedRows: () => [{ oid: WELL_KNOWN_OID.filesWrapper, fdwname: FILES, fdwowner: WELL_KNOWN_OID.role, fdwhandler: 0, fdwvalidator: 0 }],
};

/** pg_foreign_server. */
export const pgForeignServer: CatalogView = {
  name: 'pg_catalog.pg_foreign_server',
  fixedRows: () => [{ oid: WELL_KNOWN_OID.filesServer, srvname: FILES, srvowner: WELL_KNOWN_OID.role, srvfdw: WELL_KNOWN_OID.filesWrapper }],
};

/** pg_foreign_table: what CREATE FOREIGN TABLE made. */
export const pgForeignTable: CatalogView = {
  name: 'pg_catalog.pg_foreign_table',
  changes: 'with_relations',
  rows: (state) =>
    state.relations.flatMap((relation) =>
      relation.kind === 'foreign table'
        ? [
            {
              ftrelid: relation.oid,
              ftserver: WELL_KNOWN_OID.filesServer,
              ftoptions: Object.entries(relation.foreignOptions ?? {}).map(([name, value]) => `${name}=${value}`),
            },
          ]
        : [],
    ),
};

/** information_schema.foreign_tables. */
export const foreignTables: CatalogView = {
  name: 'information_schema.foreign_tables',
  changes: 'with_relations',
  rows: (state) =>
    state.relations
      .filter((relation) => relation.kind === 'foreign table')
      .map((relation) => ({
        foreign_table_catalog: state.database,
        foreign_table_schema: relation.schema,
        foreign_table_name: relation.name,
        foreign_server_catalog: state.database,
        foreign_server_name: FILES,
      })),
};
