import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeSchema, LakeSnapshot, LakeTable, LakeView } from '../../fs/lake/model.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Role, Roles } from './roles.js';
import { BOOTSTRAP_OID, firstSchema, rolesOf } from './roles.js';

/** What can be granted on something. */
export type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE' | 'REFERENCES' | 'TRIGGER' | 'USAGE' | 'CREATE' | 'CONNECT' | 'TEMPORARY';

/** Something that has an owner and privileges. Files' tables belong to the server's own superuser. */
export type Guarded =
  | { readonly kind: 'table'; readonly table: LakeTable }
  | { readonly kind: 'view'; readonly view: LakeView; readonly noun: 'view' | 'foreign table' | 'sequence' }
  | { readonly kind: 'file'; readonly schema: string; readonly name: string }
  | { readonly kind: 'schema'; readonly schema: LakeSchema; readonly name: string }
  | { readonly kind: 'database' };

/** What one role has given another, by privilege; true where the other may pass it on. */
export interface Grant {
  /** OID, or 0 for PUBLIC. */
  readonly grantee: number;
  readonly grantor: number;
  readonly privileges: Readonly<Record<string, boolean>>;
}

/** OID of everybody. */
export const PUBLIC_OID = 0;

const OWNER_TAG = 'sluice.owner';
const GRANTS_TAG = 'sluice.grants';
const DATABASE_GRANTS_TAG = 'sluice.database_grants';
const FILE_GRANTS_TAG = 'sluice.file_grants';

const READ_ALL_DATA_OID = 6181;
const WRITE_ALL_DATA_OID = 6182;
const WRITING: ReadonlySet<Privilege> = new Set(['INSERT', 'UPDATE', 'DELETE']);

/** Privileges that an object can have, in PostgreSQL's order. */
export function privilegesFor(object: Guarded): readonly Privilege[] {
  switch (object.kind) {
    case 'schema':
      return ['USAGE', 'CREATE'];
    case 'database':
      return ['CREATE', 'TEMPORARY', 'CONNECT'];
    case 'view':
      return object.noun === 'sequence' ? ['SELECT', 'UPDATE', 'USAGE'] : TABLE_PRIVILEGES;
    case 'table':
    case 'file':
      return TABLE_PRIVILEGES;
  }
}

const TABLE_PRIVILEGES: readonly Privilege[] = ['INSERT', 'SELECT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

/** The owner's OID. */
export function ownerOf(object: Guarded): number {
  return Number(tagsOf(object)?.get(OWNER_TAG) ?? BOOTSTRAP_OID);
}

/** What has been granted, besides all that the owner has; null while it is what it is by default. */
export function grantsOf(snapshot: LakeSnapshot, object: Guarded): readonly Grant[] | null {
  const first = firstSchema(snapshot)?.tags;
  switch (object.kind) {
    case 'database':
      return readGrants(first?.get(DATABASE_GRANTS_TAG));
    case 'file':
      return readFileGrants(snapshot)[fileKey(object)] ?? null;
    case 'table':
    case 'view':
    case 'schema':
      return readGrants(tagsOf(object)?.get(GRANTS_TAG));
  }
}

/** What everybody has where nothing was granted or revoked: as in PostgreSQL 15. */
export function defaultGrants(object: Guarded): readonly Grant[] {
  switch (object.kind) {
    case 'database':
      return [{ grantee: PUBLIC_OID, grantor: BOOTSTRAP_OID, privileges: { TEMPORARY: false, CONNECT: false } }];
    case 'schema':
      return object.name === 'public' ? [{ grantee: PUBLIC_OID, grantor: BOOTSTRAP_OID, privileges: { USAGE: false } }] : [];
    case 'table':
    case 'view':
    case 'file':
      return [];
  }
}

/** Keeps grants, as a change of the transaction. */
export function storeGrants(transaction: LakeTransaction, object: Guarded, grants: readonly Grant[]): void {
  const kept = grants.filter((grant) => Object.keys(grant.privileges).length > 0);
  const text = JSON.stringify(kept);
  const first = firstSchema(transaction.current);
  if (first === undefined) {
    throw new Error('the catalog has no first schema');
  }
  switch (object.kind) {
    case 'database':
      return transaction.setTag(first, DATABASE_GRANTS_TAG, text);
    case 'file': {
      const all = { ...readFileGrants(transaction.current), [fileKey(object)]: kept };
      const granted = Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0));
      return transaction.setTag(first, FILE_GRANTS_TAG, Object.keys(granted).length === 0 ? null : JSON.stringify(granted));
    }
    case 'schema':
      return transaction.setTag(object.schema, GRANTS_TAG, text);
    case 'table':
      return transaction.setTag(object.table, GRANTS_TAG, kept.length === 0 ? null : text);
    case 'view':
      return transaction.setTag(object.view, GRANTS_TAG, kept.length === 0 ? null : text);
  }
}

/** Tags of what a role creates. */
export function ownerTags(role: Role): ReadonlyMap<string, string> {
  return role.oid === BOOTSTRAP_OID ? new Map() : new Map([[OWNER_TAG, String(role.oid)]]);
}

/** The tags of something that is made again for its owner, whoever makes it. */
export function keepingOwner(tags: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return tags.has(OWNER_TAG) ? tags : new Map([...tags, [OWNER_TAG, String(BOOTSTRAP_OID)]]);
}

/** Gives something to a role. */
export function storeOwner(transaction: LakeTransaction, object: { readonly id: number }, owner: Role): void {
  transaction.setTag(object, OWNER_TAG, owner.oid === BOOTSTRAP_OID ? null : String(owner.oid));
}

/** True when a role has a privilege: as superuser, as owner, as one it or everybody was granted it, or by a predefined role. */
export function hasPrivilege(snapshot: LakeSnapshot, roles: Roles, role: Role, object: Guarded, privilege: Privilege, withGrantOption = false): boolean {
  if (role.superuser) {
    return true;
  }
  const held = roles.memberships(role, { inherited: true });
  if (held.has(ownerOf(object))) {
    return true;
  }
  const isRelation = object.kind === 'table' || object.kind === 'view' || object.kind === 'file';
  const isSchemaUse = object.kind === 'schema' && privilege === 'USAGE';
  if (!withGrantOption && held.has(READ_ALL_DATA_OID) && ((isRelation && privilege === 'SELECT') || isSchemaUse)) {
    return true;
  }
  if (!withGrantOption && held.has(WRITE_ALL_DATA_OID) && ((isRelation && WRITING.has(privilege)) || isSchemaUse)) {
    return true;
  }
  return (grantsOf(snapshot, object) ?? defaultGrants(object)).some((grant) => {
    const granted = grant.privileges[privilege];
    return granted !== undefined && (granted || !withGrantOption) && (grant.grantee === PUBLIC_OID || held.has(grant.grantee));
  });
}

/** The role of a name at a snapshot; 28000 when it has been dropped since its session began. */
export function requireRole(snapshot: LakeSnapshot, user: string): Role {
  const role = rolesOf(snapshot).sessionRole(user);
  if (role === undefined) {
    throw new SqlError(SQLSTATE.invalid_authorization_specification, `role "${user}" does not exist`);
  }
  return role;
}

/** 42501 unless the user has the privilege. */
export function requirePrivilege(snapshot: LakeSnapshot, user: string, object: Guarded, privilege: Privilege): void {
  const roles = rolesOf(snapshot);
  if (!roles.isOpen && !hasPrivilege(snapshot, roles, requireRole(snapshot, user), object, privilege)) {
    throw new SqlError(SQLSTATE.insufficient_privilege, `permission denied for ${describe(object)}`);
  }
}

/** 42501 unless the user is the owner, a member of the owner, or a superuser. */
export function requireOwner(snapshot: LakeSnapshot, user: string, object: Guarded): void {
  const roles = rolesOf(snapshot);
  if (roles.isOpen) {
    return;
  }
  const role = requireRole(snapshot, user);
  if (!role.superuser && !roles.memberships(role, { inherited: true }).has(ownerOf(object))) {
    throw new SqlError(SQLSTATE.insufficient_privilege, `must be owner of ${describe(object)}`);
  }
}

/** 42501 unless the user is a superuser or a member of a predefined role. `what` completes "permission denied to". */
export function requireMembership(snapshot: LakeSnapshot, user: string, group: string, what: string): void {
  const roles = rolesOf(snapshot);
  if (roles.isOpen) {
    return;
  }
  const role = requireRole(snapshot, user);
  if (!roles.canBe(role, roles.require(group))) {
    throw new SqlError(SQLSTATE.insufficient_privilege, `permission denied to ${what}`, {
      detail: `Only roles with privileges of the "${group}" role may ${what}.`,
    });
  }
}

/** An object as errors name it. */
export function describe(object: Guarded): string {
  switch (object.kind) {
    case 'table':
      return `table ${object.table.name}`;
    case 'view':
      return `${object.noun} ${object.view.name}`;
    case 'file':
      return `table ${object.name}`;
    case 'schema':
      return `schema ${object.name}`;
    case 'database':
      return 'database';
  }
}

/** What a role owns or was granted, in words: it cannot be dropped while there is any. */
export function dependenciesOf(snapshot: LakeSnapshot, role: Role, objects: readonly Guarded[]): readonly string[] {
  return objects.flatMap((object) => {
    if (ownerOf(object) === role.oid) {
      return [`owner of ${describe(object)}`];
    }
    const grants = grantsOf(snapshot, object) ?? [];
    return grants.some((grant) => grant.grantee === role.oid || grant.grantor === role.oid) ? [`privileges for ${describe(object)}`] : [];
  });
}

function tagsOf(object: Guarded): ReadonlyMap<string, string> | undefined {
  switch (object.kind) {
    case 'table':
      return object.table.tags;
    case 'view':
      return object.view.tags;
    case 'schema':
      return object.schema.tags;
    case 'file':
    case 'database':
      return undefined;
  }
}

const known = new Map<string, readonly Grant[]>();
const KNOWN_COUNT_MAX = 1000;

function readGrants(text: string | undefined): readonly Grant[] | null {
  if (text === undefined) {
    return null;
  }
  const read: readonly Grant[] = known.get(text) ?? JSON.parse(text);
  if (known.size >= KNOWN_COUNT_MAX) {
    known.clear();
  }
  known.set(text, read);
  return read;
}

let fileGrants: { readonly text: string; readonly grants: Readonly<Record<string, readonly Grant[]>> } = { text: '{}', grants: {} };

function readFileGrants(snapshot: LakeSnapshot): Readonly<Record<string, readonly Grant[]>> {
  const text = firstSchema(snapshot)?.tags.get(FILE_GRANTS_TAG) ?? '{}';
  if (fileGrants.text !== text) {
    fileGrants = { text, grants: JSON.parse(text) };
  }
  return fileGrants.grants;
}

/** Files' tables that somebody was granted something on, by SQL names. */
export function grantedFiles(snapshot: LakeSnapshot): readonly Guarded[] {
  return Object.keys(readFileGrants(snapshot)).map((key) => {
    const names: readonly [string, string] = JSON.parse(key);
    return { kind: 'file', schema: names[0], name: names[1] };
  });
}

function fileKey({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return JSON.stringify([schema, name]);
}
