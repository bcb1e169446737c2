import type { GrantRequest, OwnerRequest } from '../../planner/parse/read-grants.js';
import { readGrant } from '../../planner/parse/read-grants.js';
import type { RoleName } from '../../planner/parse/read-roles.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Grant, Guarded, Privilege } from '../security/privileges.js';
import { defaultGrants, describe, grantsOf, hasPrivilege, ownerOf, privilegesFor, PUBLIC_OID, storeGrants, storeOwner } from '../security/privileges.js';
import { guardedTable, guardedView } from '../security/guarded.js';
import type { Role, Roles } from '../security/roles.js';
import { rolesOf } from '../security/roles.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import { findGrantTargets, findSchema } from './grant-targets.js';
import { findStored } from './stored-names.js';

/** GRANT and REVOKE of privileges: parts of the transaction they stand in. */
export function prepareGrant(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readGrant(statement);
  return Promise.resolve(
    command(statement, async (): Promise<CommandOutcome> => {
      const tag = request.isGrant ? 'GRANT' : 'REVOKE';
      const transaction = await session.lake.writable(tag);
      const roles = rolesOf(transaction.current);
      const own = session.access.role(transaction.current);
      const grantees = request.grantees.map((spec) => granteeOid(session, roles, own, spec));
      const notices: SqlNotice[] = [];
      for (const object of await findGrantTargets(session, transaction.current, request.targets)) {
        const allowed = privilegesFor(object);
        const wanted = request.privileges ?? allowed;
        const wrong = wanted.find((name) => !isOf(allowed, name));
        if (wrong !== undefined) {
          const noun =
            object.kind === 'view' && object.noun === 'sequence'
              ? 'sequence'
              : object.kind === 'schema' || object.kind === 'database'
                ? object.kind
                : 'relation';
          throw new SqlError(SQLSTATE.invalid_grant_operation, `invalid privilege type ${wrong} for ${noun}`);
        }
        const mayGrant = wanted.filter((name) => isOf(allowed, name) && hasPrivilege(transaction.current, roles, own, object, name, true));
        if (mayGrant.length === 0) {
          throw new SqlError(SQLSTATE.insufficient_privilege, `permission denied for ${describe(object)}`);
        }
        if (mayGrant.length < wanted.length && request.privileges !== null) {
          const word = request.isGrant ? 'granted' : 'could be revoked';
          notices.push({
            severity: 'WARNING',
            sqlstate: SQLSTATE.warning,
            message: `not all privileges ${request.isGrant ? 'were' : ''} ${word} for "${describe(object)}"`.replace('  ', ' '),
          });
        }
        const before = grantsOf(transaction.current, object) ?? defaultGrants(object);
        // What a superuser grants, it grants in the owner's name, as in PostgreSQL.
        const grantor = own.superuser ? ownerOf(object) : own.oid;
        storeGrants(transaction, object, changeGrants(before, mayGrant, grantees, grantor, request));
      }
      return { tag, notices };
    }),
  );
}

function isOf(allowed: readonly Privilege[], name: string): name is Privilege {
  return allowed.some((privilege) => privilege === name);
}

function changeGrants(
  before: readonly Grant[],
  privileges: readonly string[],
  grantees: readonly number[],
  grantor: number,
  request: GrantRequest,
): readonly Grant[] {
  let grants = before;
  for (const grantee of grantees) {
    if (request.isGrant && request.grantOption && grantee === PUBLIC_OID) {
      throw new SqlError(SQLSTATE.invalid_grant_operation, 'grant options can only be granted to roles');
    }
    if (request.isGrant) {
      const own = grants.find((grant) => grant.grantee === grantee && grant.grantor === grantor);
      const others = grants.filter((grant) => grant !== own);
      const added = Object.fromEntries(privileges.map((name) => [name, request.grantOption || own?.privileges[name] === true]));
      grants = [...others, { grantee, grantor, privileges: { ...own?.privileges, ...added } }];
    } else {
      grants = grants.map((grant) =>
        grant.grantee === grantee ? { ...grant, privileges: withoutPrivileges(grant.privileges, privileges, request.grantOption) } : grant,
      );
    }
  }
  return grants;
}

function withoutPrivileges(held: Grant['privileges'], revoked: readonly string[], optionOnly: boolean): Grant['privileges'] {
  return Object.fromEntries(
    Object.entries(held).flatMap(([name, option]) => (!revoked.includes(name) ? [[name, option] as const] : optionOnly ? [[name, false] as const] : [])),
  );
}

function granteeOid(session: Session, roles: Roles, own: Role, spec: RoleName): number {
  switch (spec.kind) {
    case 'public':
      return PUBLIC_OID;
    case 'current':
      return roles.require(own.name).oid;
    case 'session':
      return roles.require(session.access.sessionUser).oid;
    case 'name':
      return roles.require(spec.name).oid;
  }
}

/** ALTER ... OWNER TO. */
export function prepareOwnerChange(session: Session, statement: ParsedStatement, request: OwnerRequest): Promise<SessionStatement> {
  return Promise.resolve(
    command(statement, async (): Promise<CommandOutcome> => {
      const tag = `ALTER ${request.noun}`;
      const transaction = await session.lake.writable(tag);
      const roles = rolesOf(transaction.current);
      const own = session.access.role(transaction.current);
      const { target } = request;
      const found = target.kind === 'schema' ? findSchema(transaction.current, target.name) : findOwned(session, transaction.current, target.name);
      if (found === undefined) {
        const name = target.kind === 'schema' ? target.name : target.name.name;
        if (target.kind === 'relation' && target.missingOk) {
          return { tag, notices: [{ severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message: `relation "${name}" does not exist, skipping` }] };
        }
        throw new SqlError(SQLSTATE.undefined_table, `relation "${name}" does not exist`);
      }
      session.access.requireOwner(transaction.current, found);
      const owner = roles.byOid(granteeOid(session, roles, own, request.owner));
      if (owner === undefined) {
        throw new SqlError(SQLSTATE.undefined_object, 'role "public" does not exist');
      }
      if (!roles.canBe(own, owner)) {
        throw new SqlError(SQLSTATE.insufficient_privilege, `must be member of role "${owner.name}"`);
      }
      storeOwner(transaction, idOf(found), owner);
      return { tag };
    }),
  );
}

function findOwned(session: Session, snapshot: Parameters<typeof findStored>[1], name: Parameters<typeof findStored>[2]): Guarded | undefined {
  const stored = findStored(session, snapshot, name);
  return stored === undefined ? undefined : stored.kind === 'table' ? guardedTable(stored.table) : guardedView(stored.view);
}

function idOf(object: Guarded): { readonly id: number } {
  switch (object.kind) {
    case 'table':
      return object.table;
    case 'view':
      return object.view;
    case 'schema':
      return object.schema;
    case 'file':
    case 'database':
      throw new SqlError(SQLSTATE.feature_not_supported, `${describe(object)} belongs to the server`);
  }
}
