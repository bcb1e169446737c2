import { WELL_KNOWN_OID } from '../catalog-state.js';
import type { CatalogState } from '../catalog-state.js';
import type { CatalogRow, CatalogView } from '../catalog-view.js';

function role(state: CatalogState): CatalogRow {
  return {
    oid: WELL_KNOWN_OID.role,
    rolname: state.user,
    rolsuper: true,
    rolinherit: true,
    rolcreaterole: true,
    rolcreatedb: true,
    rolcanlogin: true,
    rolreplication: false,
    rolconnlimit: -1,
    rolbypassrls: true,
  };
}

/** pg_roles: without authentication there is the session's own user only. */
export const pgRoles: CatalogView = { name: 'pg_catalog.pg_roles', changes: 'with_relations', rows: (state) => [{ ...role(state), rolpassword: '********' }] };

/** pg_authid. */
export const pgAuthid: CatalogView = { name: 'pg_catalog.pg_authid', changes: 'with_relations', rows: (state) => [role(state)] };

/** pg_user. */
export const pgUser: CatalogView = {
  name: 'pg_catalog.pg_user',
  changes: 'with_relations',
  rows: (state) => [
    { usename: state.user, usesysid: WELL_KNOWN_OID.role, usecreatedb: true, usesuper: true, userepl: false, usebypassrls: true, passwd: '********' },
  ],
};

/** pg_shadow. */
export const pgShadow: CatalogView = {
  name: 'pg_catalog.pg_shadow',
  changes: 'with_relations',
  rows: (state) => [{ usename: state.user, usesysid: WELL_KNOWN_OID.role, usecreatedb: true, usesuper: true, userepl: false, usebypassrls: true }],
};
