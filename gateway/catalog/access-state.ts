import type { LakeSchema, LakeSnapshot } from '../../fs/lake/model.js';
import type { Grant, Guarded, Privilege } from '../security/privileges.js';
import { defaultGrants, grantsOf, hasPrivilege, ownerOf, privilegesFor, PUBLIC_OID } from '../security/privileges.js';
import type { Role } from '../security/roles.js';
import { BOOTSTRAP_OID, rolesOf } from '../security/roles.js';
import { sqlSchemaName } from '../session/lake-schemas.js';
import type { CatalogAccess } from './pg/catalog-state.js';

/** PostgreSQL's letters for privileges in an `aclitem`. */
const LETTERS: Readonly<Record<string, string>> = {
  INSERT: 'a',
  SELECT: 'r',
  UPDATE: 'w',
  DELETE: 'd',
  TRUNCATE: 'D',
  REFERENCES: 'x',
  TRIGGER: 't',
  USAGE: 'U',
  CREATE: 'C',
  CONNECT: 'c',
  TEMPORARY: 'T',
};

/** The roles as the catalogs list them; a user that is no stored role, while there are none, in the place of the first. */
export function knownRoles(lake: LakeSnapshot, user: string): readonly Role[] {
  const roles = rolesOf(lake);
  const own = roles.sessionRole(user);
  return roles.isOpen && own !== undefined ? [own, ...roles.all().filter(({ oid }) => oid !== BOOTSTRAP_OID)] : roles.all();
}

/** Owner and access list. */
export function describeAccess(lake: LakeSnapshot, guarded: Guarded): CatalogAccess {
  const owner = ownerOf(guarded);
  const grants = grantsOf(lake, guarded);
  return { guarded, owner, acl: grants === null ? null : aclOf(lake, guarded, owner, grants) };
}

/** A schema's name in SQL with its owner and access list. */
export function schemaAccess(lake: LakeSnapshot, schema: LakeSchema): readonly [string, CatalogAccess] {
  const name = sqlSchemaName(lake, schema.name);
  const guarded: Guarded = { kind: 'schema', schema, name };
  const { owner } = describeAccess(lake, guarded);
  const grants = grantsOf(lake, guarded) ?? (name === 'public' ? defaultGrants(guarded) : null);
  return [name, { guarded, owner, acl: grants === null ? null : aclOf(lake, guarded, owner, grants) }];
}

function aclOf(lake: LakeSnapshot, guarded: Guarded, owner: number, grants: readonly Grant[]): readonly string[] {
  const roles = rolesOf(lake);
  const nameOf = (oid: number): string => (oid === PUBLIC_OID ? '' : quoted(roles.byOid(oid)?.name ?? String(oid)));
  const own: Grant = { grantee: owner, grantor: owner, privileges: Object.fromEntries(privilegesFor(guarded).map((privilege) => [privilege, false])) };
  return [own, ...grants].map(({ grantee, grantor, privileges }) => {
    const letters = privilegesFor(guarded).flatMap((name) => (privileges[name] === undefined ? [] : [`${LETTERS[name] ?? ''}${privileges[name] ? '*' : ''}`]));
    return `${nameOf(grantee)}=${letters.join('')}/${nameOf(grantor)}`;
  });
}

function quoted(name: string): string {
  return /^\w+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** What a role may do; with the session's own objects, everything. */
export function heldPrivileges(lake: LakeSnapshot, guarded: Guarded | undefined, role: Role): readonly Privilege[] {
  if (guarded === undefined) {
    return ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'USAGE'];
  }
  const roles = rolesOf(lake);
  return privilegesFor(guarded).filter((privilege) => hasPrivilege(lake, roles, role, guarded, privilege));
}
