import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { SettingRequest } from './read-settings.js';
import { readSet } from './read-settings.js';
import type { ParsedStatement } from './statement.js';
import type { DefElem, Node, RoleSpec } from './syntax-tree.js';
import { listItems, scalarText } from './syntax-tree.js';

/** A role as a statement names it. */
export type RoleName = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'current' | 'session' | 'public' };

/** Attributes a statement gives a role; absent ones stay as they are. */
export interface RoleAttributes {
  readonly superuser?: boolean;
  readonly inherit?: boolean;
  readonly createRole?: boolean;
  readonly createDatabase?: boolean;
  readonly canLogin?: boolean;
  readonly replication?: boolean;
  readonly bypassRls?: boolean;
  readonly connectionLimit?: number;
  /** Null for PASSWORD NULL. */
  readonly password?: string | null;
  readonly validUntil?: string;
}

/** What a statement does to roles. */
export type RoleRequest =
  | {
      readonly kind: 'create';
      readonly command: 'CREATE ROLE';
      readonly name: string;
      readonly attributes: RoleAttributes;
      /** Roles the new one becomes a member of. */
      readonly inRoles: readonly RoleName[];
      readonly members: readonly RoleName[];
      readonly admins: readonly RoleName[];
    }
  | { readonly kind: 'alter'; readonly role: RoleName; readonly attributes: RoleAttributes }
  /** ALTER GROUP ... ADD or DROP USER. */
  | { readonly kind: 'members'; readonly role: RoleName; readonly add: boolean; readonly members: readonly RoleName[] }
  | { readonly kind: 'set'; readonly role: RoleName | null; readonly setting: SettingRequest }
  | { readonly kind: 'drop'; readonly roles: readonly RoleName[]; readonly missingOk: boolean }
  | {
      readonly kind: 'grant';
      readonly isGrant: boolean;
      readonly roles: readonly string[];
      readonly grantees: readonly RoleName[];
      /** WITH ADMIN OPTION; of REVOKE, ADMIN OPTION FOR. */
      readonly admin: boolean;
    };

/** Reads CREATE, ALTER and DROP ROLE (USER, GROUP), ALTER ROLE ... SET, and GRANT and REVOKE of roles. */
export function readRoleStatement({ node, text }: ParsedStatement): RoleRequest {
  if (node !== null && 'CreateRoleStmt' in node) {
    const { role = '', options, stmt_type: type } = node.CreateRoleStmt;
    const definitions = definitionsOf(options);
    const attributes = readAttributes(definitions);
    return {
      kind: 'create',
      command: 'CREATE ROLE',
      name: role,
      attributes: { ...(type === 'ROLESTMT_USER' ? { canLogin: true } : {}), ...attributes },
      inRoles: rolesOption(definitions, 'addroleto'),
      members: rolesOption(definitions, 'rolemembers'),
      admins: rolesOption(definitions, 'adminmembers'),
    };
  }
  if (node !== null && 'AlterRoleStmt' in node) {
    const { role, options, action } = node.AlterRoleStmt;
    const definitions = definitionsOf(options);
    const members = rolesOption(definitions, 'rolemembers');
    const name = readRoleName(role);
    // The action is -1 for ALTER GROUP ... DROP USER and 1 else.
    return members.length > 0
      ? { kind: 'members', role: name, add: action !== -1, members }
      : { kind: 'alter', role: name, attributes: readAttributes(definitions) };
  }
  if (node !== null && 'AlterRoleSetStmt' in node) {
    const { role, setstmt, database } = node.AlterRoleSetStmt;
    if (database !== undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, 'ALTER ROLE ... IN DATABASE is not supported');
    }
    const setting = readSet({ kind: 'set', text, offset: 0, node: { VariableSetStmt: setstmt ?? {} }, source: NO_SOURCE });
    return { kind: 'set', role: role === undefined ? null : readRoleName(role), setting };
  }
  if (node !== null && 'DropRoleStmt' in node) {
    return { kind: 'drop', roles: readRoleNames(node.DropRoleStmt.roles), missingOk: node.DropRoleStmt.missing_ok === true };
  }
  if (node !== null && 'GrantRoleStmt' in node) {
    const { granted_roles: granted, grantee_roles: grantees, is_grant: isGrant, opt, grantor } = node.GrantRoleStmt;
    refuseGrantor(grantor);
    const options = definitionsOf(opt).map((definition) => definition.defname ?? '');
    if (options.some((option) => option !== 'admin')) {
      throw new SqlError(SQLSTATE.feature_not_supported, `GRANT of a role WITH ${options.join(', ').toUpperCase()} is not supported`);
    }
    return {
      kind: 'grant',
      isGrant: isGrant === true,
      roles: (granted ?? []).map((item) => ('AccessPriv' in item ? (item.AccessPriv.priv_name ?? '') : '')),
      grantees: readRoleNames(grantees),
      admin: options.includes('admin'),
    };
  }
  throw new Error('not a statement about roles');
}

/** GRANTED BY can only be the role itself in PostgreSQL, too. */
export function refuseGrantor(grantor: RoleSpec | undefined): void {
  if (grantor !== undefined && grantor.roletype === 'ROLESPEC_CSTRING') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'GRANTED BY another role is not supported');
  }
}

/** Reads one role's name. */
export function readRoleName(spec: RoleSpec | undefined): RoleName {
  switch (spec?.roletype ?? 'ROLESPEC_CSTRING') {
    case 'ROLESPEC_CURRENT_ROLE':
    case 'ROLESPEC_CURRENT_USER':
      return { kind: 'current' };
    case 'ROLESPEC_SESSION_USER':
      return { kind: 'session' };
    case 'ROLESPEC_PUBLIC':
      return { kind: 'public' };
    case 'ROLESPEC_CSTRING':
      return { kind: 'name', name: spec?.rolename ?? '' };
  }
}

/** Reads a list of them. */
export function readRoleNames(nodes: readonly Node[] | undefined): readonly RoleName[] {
  return (nodes ?? []).flatMap((node) => ('RoleSpec' in node ? [readRoleName(node.RoleSpec)] : []));
}

const NO_SOURCE = { offsets: { text: '', stringOffsets: null }, start: 0 };

function definitionsOf(nodes: readonly Node[] | undefined): readonly DefElem[] {
  return (nodes ?? []).flatMap((node) => ('DefElem' in node ? [node.DefElem] : []));
}

function rolesOption(definitions: readonly DefElem[], name: string): readonly RoleName[] {
  return definitions
    .filter((definition) => definition.defname === name)
    .flatMap((definition) => readRoleNames(definition.arg === undefined ? [] : listItems(definition.arg)));
}

const FLAGS: Readonly<Record<string, keyof RoleAttributes>> = {
  superuser: 'superuser',
  inherit: 'inherit',
  createrole: 'createRole',
  createdb: 'createDatabase',
  canlogin: 'canLogin',
  isreplication: 'replication',
  bypassrls: 'bypassRls',
};
const OTHERS: ReadonlySet<string> = new Set(['addroleto', 'rolemembers', 'adminmembers', 'sysid']);

function readAttributes(definitions: readonly DefElem[]): RoleAttributes {
  const attributes: Record<string, boolean | number | string | null> = {};
  const put = (name: keyof RoleAttributes, value: boolean | number | string | null): void => {
    if (name in attributes) {
      throw new SqlError(SQLSTATE.syntax_error, 'conflicting or redundant options');
    }
    attributes[name] = value;
  };
  for (const { defname = '', arg } of definitions) {
    const flag = FLAGS[defname];
    const text = scalarText(arg);
    if (flag !== undefined) {
      put(flag, isTrue(arg));
    } else if (defname === 'connectionlimit') {
      const limit = Number(text);
      if (limit < -1) {
        throw new SqlError(SQLSTATE.invalid_parameter_value, `invalid connection limit: ${limit}`);
      }
      put('connectionLimit', limit);
    } else if (defname === 'password') {
      put('password', text ?? null);
    } else if (defname === 'validUntil') {
      put('validUntil', text ?? '');
    } else if (!OTHERS.has(defname)) {
      throw new SqlError(SQLSTATE.syntax_error, `unrecognized role option "${defname}"`);
    }
  }
  return attributes;
}

function isTrue(arg: Node | undefined): boolean {
  return arg !== undefined && 'Boolean' in arg && arg.Boolean.boolval === true;
}
