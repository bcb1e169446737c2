import type { Role } from '../../../security/roles.js';
import type { CatalogState } from '../catalog-state.js';
import type { CatalogRow, CatalogView } from '../catalog-view.js';

/** Shown in the place of a password's verifier. */
const HIDDEN = '********';

function attributes(role: Role): CatalogRow {
  return {
    oid: role.oid,
    rolname: role.name,
    rolsuper: role.superuser,
    rolinherit: role.inherit,
    rolcreaterole: role.createRole,
    rolcreatedb: role.createDatabase,
    rolcanlogin: role.canLogin,
    rolreplication: role.replication,
    rolconnlimit: role.connectionLimit,
    rolbypassrls: role.bypassRls,
    rolvaliduntil: role.validUntil,
  };
}

function settingsOf(role: Role): readonly string[] | null {
  const list = Object.entries(role.settings).map(([name, value]) => `${name}=${value}`);
  return list.length === 0 ? null : list;
}

function userRow(role: Role): CatalogRow {
  return {
    usename: role.name,
    usesysid: role.oid,
    usecreatedb: role.createDatabase,
    usesuper: role.superuser,
    userepl: role.replication,
    usebypassrls: role.bypassRls,
    valuntil: role.validUntil,
    useconfig: settingsOf(role),
  };
}

const users = (state: CatalogState): readonly Role[] => state.roles.filter((role) => role.canLogin);

/** pg_roles. */
export const pgRoles: CatalogView = {
  name: 'pg_catalog.pg_roles',
  changes: 'with_relations',
  rows: (state) => state.roles.map((role) => ({ ...attributes(role), rolpassword: HIDDEN, rolconfig: settingsOf(role) })),
};

/** pg_authid, which only superusers may read. */
export const pgAuthid: CatalogView = {
  name: 'pg_catalog.pg_authid',
  changes: 'with_relations',
  rows: (state) => state.roles.map((role) => ({ ...attributes(role), rolpassword: role.verifier })),
};

/** pg_auth_members. */
export const pgAuthMembers: CatalogView = {
  name: 'pg_catalog.pg_auth_members',
  changes: 'with_relations',
  rows: (state) =>
    state.roles.flatMap((role) => role.memberOf.map(({ role: group, grantor, admin }) => ({ roleid: group, member: role.oid, grantor, admin_option: admin }))),
};

/** pg_user. */
export const pgUser: CatalogView = {
  name: 'pg_catalog.pg_user',
  changes: 'with_relations',
  rows: (state) => users(state).map((role) => ({ ...userRow(role), passwd: HIDDEN })),
};

/** pg_shadow, which only superusers may read. */
export const pgShadow: CatalogView = {
  name: 'pg_catalog.pg_shadow',
  changes: 'with_relations',
  rows: (state) => users(state).map((role) => ({ ...userRow(role), passwd: role.verifier })),
};

/** pg_group. */
export const pgGroup: CatalogView = {
  name: 'pg_catalog.pg_group',
  changes: 'with_relations',
  rows: (state) =>
    state.roles
      .filter((role) => !role.canLogin)
      .map((group) => ({
        groname: group.name,
        grosysid: group.oid,
        grolist: state.roles.filter((role) => role.memberOf.some((membership) => membership.role === group.oid)).map((role) => role.oid),
      })),
};

/** pg_db_role_setting. */
export const pgDbRoleSetting: CatalogView = {
  name: 'pg_catalog.pg_db_role_setting',
  changes: 'with_relations',
  rows: (state) => state.roles.flatMap((role) => (settingsOf(role) === null ? [] : [{ setdatabase: 0, setrole: role.oid, setconfig: settingsOf(role) }])),
};
