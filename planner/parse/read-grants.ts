import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { QualifiedName } from './read-names.js';
import type { RoleName } from './read-roles.js';
import { readRoleName, readRoleNames, refuseGrantor } from './read-roles.js';
import type { ParsedStatement } from './statement.js';
import type { Node, RoleSpec } from './syntax-tree.js';
import { listItems, stringValues } from './syntax-tree.js';

/** Whose privileges a GRANT or REVOKE is about. */
export type GrantTargets =
  | { readonly kind: 'relations'; readonly names: readonly QualifiedName[]; readonly sequences: boolean }
  | { readonly kind: 'schemas'; readonly names: readonly string[] }
  /** ALL TABLES (or SEQUENCES) IN SCHEMA. */
  | { readonly kind: 'all'; readonly schemas: readonly string[]; readonly sequences: boolean }
  /** Databases, functions, types, languages: everybody may use them, nobody can be kept from them. */
  | { readonly kind: 'open'; readonly what: string };

/** GRANT or REVOKE of privileges. */
export interface GrantRequest {
  readonly isGrant: boolean;
  /** In capitals; null for ALL. */
  readonly privileges: readonly string[] | null;
  readonly targets: GrantTargets;
  readonly grantees: readonly RoleName[];
  /** WITH GRANT OPTION; of REVOKE, GRANT OPTION FOR. */
  readonly grantOption: boolean;
}

const OPEN_OBJECTS: Readonly<Record<string, string>> = {
  OBJECT_DATABASE: 'database',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_LANGUAGE: 'language',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
};

/** Reads GRANT and REVOKE of privileges. 0A000 for privileges of single columns. */
export function readGrant({ node }: ParsedStatement): GrantRequest {
  if (node === null || !('GrantStmt' in node)) {
    throw new Error('not a GRANT statement');
  }
  const { is_grant: isGrant, privileges, grantees, grant_option: grantOption, grantor } = node.GrantStmt;
  refuseGrantor(grantor);
  return {
    isGrant: isGrant === true,
    privileges: privileges === undefined ? null : privileges.map(readPrivilege),
    targets: readTargets(node.GrantStmt.targtype, node.GrantStmt.objtype, node.GrantStmt.objects ?? []),
    grantees: readRoleNames(grantees),
    grantOption: grantOption === true,
  };
}

function readPrivilege(node: Node): string {
  if (!('AccessPriv' in node)) {
    throw new Error('a privilege was expected');
  }
  if (node.AccessPriv.cols !== undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'privileges of single columns are not supported', {
      hint: 'A view with the columns, and privileges on it, does the same.',
    });
  }
  return (node.AccessPriv.priv_name ?? 'all').toUpperCase();
}

function readTargets(target: string | undefined, object: string | undefined, objects: readonly Node[]): GrantTargets {
  const open = OPEN_OBJECTS[object ?? ''];
  if (open !== undefined) {
    return { kind: 'open', what: open };
  }
  const sequences = object === 'OBJECT_SEQUENCE';
  if (target === 'ACL_TARGET_ALL_IN_SCHEMA') {
    return { kind: 'all', schemas: stringValues([...objects]), sequences };
  }
  if (object === 'OBJECT_SCHEMA') {
    return { kind: 'schemas', names: stringValues([...objects]) };
  }
  if (object === 'OBJECT_TABLE' || sequences) {
    const names = objects.flatMap((item) => ('RangeVar' in item ? [{ schema: item.RangeVar.schemaname, name: item.RangeVar.relname ?? '' }] : []));
    return { kind: 'relations', sequences, names };
  }
  throw new SqlError(SQLSTATE.feature_not_supported, `GRANT on ${(object ?? '').replace('OBJECT_', '').toLowerCase().replaceAll('_', ' ')} is not supported`);
}

/** ALTER ... OWNER TO, of a relation or a schema. */
export interface OwnerRequest {
  readonly target:
    | { readonly kind: 'relation'; readonly name: QualifiedName; readonly missingOk: boolean }
    | { readonly kind: 'schema'; readonly name: string };
  /** In capitals, for the command's tag. */
  readonly noun: string;
  readonly owner: RoleName;
}

/** Reads ALTER TABLE, VIEW, SEQUENCE ... OWNER TO and ALTER SCHEMA ... OWNER TO; null for statements that do something else. */
export function readOwnerChange({ node }: ParsedStatement): OwnerRequest | null {
  if (node !== null && 'AlterTableStmt' in node) {
    const { relation, cmds, objtype, missing_ok: missingOk } = node.AlterTableStmt;
    const [first, ...others] = (cmds ?? []).flatMap((item) => ('AlterTableCmd' in item ? [item.AlterTableCmd] : []));
    if (first?.subtype !== 'AT_ChangeOwner' || others.length > 0) {
      return null;
    }
    const name = { schema: relation?.schemaname, name: relation?.relname ?? '' };
    return { target: { kind: 'relation', name, missingOk: missingOk === true }, noun: nounOf(objtype), owner: readRoleName(first.newowner) };
  }
  if (node !== null && 'AlterOwnerStmt' in node) {
    const { objectType, object, newowner } = node.AlterOwnerStmt;
    return readObjectOwner(objectType, object, newowner);
  }
  return null;
}

function readObjectOwner(type: string | undefined, object: Node | undefined, owner: RoleSpec | undefined): OwnerRequest {
  const name = object === undefined ? [] : 'List' in object ? stringValues(listItems(object)) : stringValues([object]);
  if (type !== 'OBJECT_SCHEMA') {
    throw new SqlError(SQLSTATE.feature_not_supported, `ALTER ${nounOf(type)} ... OWNER TO is not supported`);
  }
  return { target: { kind: 'schema', name: name.at(-1) ?? '' }, noun: 'SCHEMA', owner: readRoleName(owner) };
}

function nounOf(type: string | undefined): string {
  return (type ?? 'OBJECT_TABLE').replace('OBJECT_', '').replaceAll('_', ' ');
}
