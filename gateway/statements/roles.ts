import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { RoleAttributes, RoleName, RoleRequest } from '../../planner/parse/read-roles.js';
import { readRoleStatement } from '../../planner/parse/read-roles.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { dependenciesOf } from '../security/privileges.js';
import type { Role, Roles } from '../security/roles.js';
import { BOOTSTRAP_OID, BOOTSTRAP_ROLE, firstSchema, PLAIN_ROLE, ROLES_TAG, rolesOf } from '../security/roles.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { findSetting } from '../settings/session-settings.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import { allGuarded } from './grant-targets.js';
import { withAttributes } from './role-attributes.js';

/** CREATE, ALTER and DROP ROLE, and membership: parts of the transaction they stand in. */
export function prepareRoleStatement(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readRoleStatement(statement);
  return Promise.resolve(command(statement, () => change(session, request)));
}

async function change(session: Session, request: RoleRequest): Promise<CommandOutcome> {
  const transaction = await session.lake.writable(tagOf(request));
  const context: Context = { session, transaction, roles: rolesOf(transaction.current), own: session.access.role(transaction.current) };
  switch (request.kind) {
    case 'create':
      return create(context, request);
    case 'alter':
      return alter(context, request);
    case 'members':
      return regroup(
        context,
        { kind: 'grant', isGrant: request.add, roles: [namedRole(context, request.role).name], grantees: request.members, admin: false },
        'ALTER ROLE',
      );
    case 'set':
      return setSetting(context, request);
    case 'drop':
      return drop(context, request);
    case 'grant':
      return regroup(context, request, tagOf(request));
  }
}

interface Context {
  readonly session: Session;
  readonly transaction: LakeTransaction;
  readonly roles: Roles;
  /** Who asks. */
  readonly own: Role;
}

function tagOf(request: RoleRequest): string {
  switch (request.kind) {
    case 'create':
      return 'CREATE ROLE';
    case 'alter':
    case 'members':
    case 'set':
      return 'ALTER ROLE';
    case 'drop':
      return 'DROP ROLE';
    case 'grant':
      return request.isGrant ? 'GRANT ROLE' : 'REVOKE ROLE';
  }
}

async function create(context: Context, request: Extract<RoleRequest, { readonly kind: 'create' }>): Promise<CommandOutcome> {
  const { name, attributes } = request;
  requireMaker(context, 'create role');
  requireSuperuserFor(context, attributes, 'create');
  if (name.startsWith('pg_') || ['public', 'none', 'current_user', 'session_user'].includes(name)) {
    throw new SqlError(
      SQLSTATE.reserved_name,
      `role name "${name}" is reserved`,
      name.startsWith('pg_') ? { detail: 'Role names starting with "pg_" are reserved.' } : {},
    );
  }
  if (context.roles.find(name) !== undefined) {
    throw new SqlError(SQLSTATE.duplicate_object, `role "${name}" already exists`);
  }
  const role = await withAttributes({ ...PLAIN_ROLE, oid: 0, name }, attributes, context.session);
  const inRoles = request.inRoles.map((group) => namedRole(context, group));
  const { notices, roles: before } = withOwnRole(context, name);
  const oid = before.nextOid();
  let roles = before.with({ ...role, oid, memberOf: inRoles.map((group) => ({ role: group.oid, grantor: context.own.oid, admin: false })) });
  for (const [members, admin] of [
    [request.members, false],
    [request.admins, true],
  ] as const) {
    for (const member of members) {
      const found = namedRole({ ...context, roles }, member);
      roles = roles.with({ ...found, memberOf: [...found.memberOf, { role: oid, grantor: context.own.oid, admin }] });
    }
  }
  store(context, roles);
  return { tag: 'CREATE ROLE', notices };
}

/** From the first role on only roles come in: who makes it must not lock itself out. */
function withOwnRole({ roles, own }: Context, name: string): { readonly roles: Roles; readonly notices: readonly SqlNotice[] } {
  if (!roles.isOpen || own.name === BOOTSTRAP_ROLE || own.name === name) {
    return { roles, notices: [] };
  }
  const message = `role "${own.name}" was created as a superuser, too`;
  return {
    roles: roles.with({ ...own, oid: roles.nextOid() }),
    notices: [{ severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message, detail: 'From now on only roles may connect.' }],
  };
}

async function alter(context: Context, { role: spec, attributes }: Extract<RoleRequest, { readonly kind: 'alter' }>): Promise<CommandOutcome> {
  const role = namedRole(context, spec);
  requireNotPredefined(role, 'alter');
  const ownPassword = role.oid === context.own.oid && Object.keys(attributes).every((name) => name === 'password');
  if (!ownPassword) {
    requireMaker(context, 'alter role');
  }
  if (role.superuser && !context.own.superuser) {
    throw new SqlError(SQLSTATE.insufficient_privilege, 'must be superuser to alter superuser roles or change superuser attribute');
  }
  requireSuperuserFor(context, attributes, 'alter');
  if (role.oid === BOOTSTRAP_OID && attributes.superuser === false) {
    throw new SqlError(SQLSTATE.feature_not_supported, `the role "${role.name}" must stay superuser`);
  }
  store(context, context.roles.with(await withAttributes(role, attributes, context.session)));
  return { tag: 'ALTER ROLE' };
}

function setSetting(context: Context, { role: spec, setting }: Extract<RoleRequest, { readonly kind: 'set' }>): CommandOutcome {
  if (spec === null) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'ALTER ROLE ALL SET is not supported');
  }
  const role = namedRole(context, spec);
  requireNotPredefined(role, 'alter');
  if (role.oid !== context.own.oid) {
    requireMaker(context, 'alter role');
  }
  if (role.superuser && !context.own.superuser) {
    throw new SqlError(SQLSTATE.insufficient_privilege, 'must be superuser to alter superuser roles or change superuser attribute');
  }
  store(context, context.roles.with({ ...role, settings: changedSettings(context.session, role.settings, setting) }));
  return { tag: 'ALTER ROLE' };
}

function changedSettings(
  session: Session,
  before: Role['settings'],
  setting: Extract<RoleRequest, { readonly kind: 'set' }>['setting'],
): Readonly<Record<string, string>> {
  switch (setting.kind) {
    case 'reset_all':
      return {};
    case 'set_transaction':
      throw new SqlError(SQLSTATE.feature_not_supported, 'ALTER ROLE ... SET TRANSACTION is not supported');
    case 'reset':
    case 'set': {
      const name = findSetting(setting.name)?.name ?? setting.name.toLowerCase();
      const others = Object.fromEntries(Object.entries(before).filter(([key]) => key !== name));
      if (setting.kind === 'reset' || setting.value === null) {
        return others;
      }
      return { ...others, [name]: session.settings.checked(name, setting.value) };
    }
  }
}

function drop(context: Context, { roles: specs, missingOk }: Extract<RoleRequest, { readonly kind: 'drop' }>): CommandOutcome {
  requireMaker(context, 'drop role');
  const notices: SqlNotice[] = [];
  let { roles } = context;
  const objects = allGuarded(context.transaction.current);
  for (const spec of specs) {
    if (spec.kind === 'name' && roles.find(spec.name) === undefined && missingOk) {
      notices.push({ severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message: `role "${spec.name}" does not exist, skipping` });
      continue;
    }
    const role = namedRole({ ...context, roles }, spec);
    requireNotPredefined(role, 'drop');
    if (role.oid === context.own.oid || role.name === context.session.access.sessionUser) {
      throw new SqlError(SQLSTATE.object_in_use, role.oid === context.own.oid ? 'current user cannot be dropped' : 'session user cannot be dropped');
    }
    if (role.superuser && !context.own.superuser) {
      throw new SqlError(SQLSTATE.insufficient_privilege, 'must be superuser to drop superusers');
    }
    if (role.oid === BOOTSTRAP_OID) {
      throw new SqlError(SQLSTATE.dependent_objects_still_exist, `cannot drop role ${role.name} because it is required by the database system`);
    }
    const dependencies = dependenciesOf(context.transaction.current, role, objects);
    if (dependencies.length > 0) {
      throw new SqlError(SQLSTATE.dependent_objects_still_exist, `role "${role.name}" cannot be dropped because some objects depend on it`, {
        detail: dependencies.join('\n'),
      });
    }
    roles = roles.without(role);
  }
  store(context, roles);
  return { tag: 'DROP ROLE', notices };
}

function regroup(context: Context, request: Extract<RoleRequest, { readonly kind: 'grant' }>, tag: string): CommandOutcome {
  const notices: SqlNotice[] = [];
  let { roles } = context;
  for (const name of request.roles) {
    const group = roles.require(name);
    if (!roles.isAdmin(context.own, group) && !(context.own.createRole && !group.superuser && !isPredefined(group))) {
      throw new SqlError(SQLSTATE.insufficient_privilege, `must have admin option on role "${group.name}"`);
    }
    if (group.superuser && !context.own.superuser) {
      throw new SqlError(SQLSTATE.insufficient_privilege, 'must be superuser to alter superusers');
    }
    for (const spec of request.grantees) {
      const member = namedRole({ ...context, roles }, spec);
      if (request.isGrant && roles.memberships(group, { inherited: false }).has(member.oid)) {
        throw new SqlError(SQLSTATE.invalid_grant_operation, `role "${group.name}" is a member of role "${member.name}"`);
      }
      const before = member.memberOf.find((membership) => membership.role === group.oid);
      const others = member.memberOf.filter((membership) => membership !== before);
      if (request.isGrant && before !== undefined && (before.admin || !request.admin)) {
        notices.push({
          severity: 'NOTICE',
          sqlstate: SQLSTATE.successful_completion,
          message: `role "${member.name}" is already a member of role "${group.name}"`,
        });
        continue;
      }
      if (!request.isGrant && before === undefined) {
        notices.push({ severity: 'WARNING', sqlstate: SQLSTATE.warning, message: `role "${member.name}" is not a member of role "${group.name}"` });
        continue;
      }
      const after = request.isGrant
        ? [{ role: group.oid, grantor: context.own.oid, admin: request.admin }]
        : request.admin && before !== undefined
          ? [{ ...before, admin: false }]
          : [];
      roles = roles.with({ ...member, memberOf: [...others, ...after] });
    }
  }
  store(context, roles);
  return { tag, notices };
}

function store({ transaction }: Context, roles: Roles): void {
  const schema = firstSchema(transaction.current);
  if (schema === undefined) {
    throw new Error('the catalog has no first schema');
  }
  transaction.setTag(schema, ROLES_TAG, roles.print());
}

function namedRole({ session, roles, own }: Context, spec: RoleName): Role {
  switch (spec.kind) {
    case 'public':
      throw new SqlError(SQLSTATE.undefined_object, 'role "public" does not exist');
    case 'current':
      return roles.require(own.name);
    case 'session':
      return roles.require(session.access.sessionUser);
    case 'name':
      return roles.require(spec.name);
  }
}

function requireMaker({ own }: Context, what: string): void {
  if (!own.superuser && !own.createRole) {
    throw new SqlError(SQLSTATE.insufficient_privilege, what === 'alter role' ? 'permission denied' : `permission denied to ${what}`);
  }
}

function requireSuperuserFor({ own }: Context, attributes: RoleAttributes, verb: 'create' | 'alter'): void {
  if (own.superuser) {
    return;
  }
  if (attributes.superuser !== undefined) {
    throw new SqlError(
      SQLSTATE.insufficient_privilege,
      verb === 'create' ? 'must be superuser to create superusers' : 'must be superuser to alter superuser roles or change superuser attribute',
    );
  }
  if (attributes.replication !== undefined) {
    throw new SqlError(
      SQLSTATE.insufficient_privilege,
      verb === 'create' ? 'must be superuser to create replication users' : 'must be superuser to alter replication roles or change replication attribute',
    );
  }
  if (attributes.bypassRls !== undefined) {
    throw new SqlError(
      SQLSTATE.insufficient_privilege,
      verb === 'create' ? 'must be superuser to create bypassrls users' : 'must be superuser to change bypassrls attribute',
    );
  }
}

/** Only a superuser gives these away: they open every table and file. */
function isPredefined(role: Role): boolean {
  return role.name.startsWith('pg_');
}

function requireNotPredefined(role: Role, verb: string): void {
  if (isPredefined(role)) {
    throw new SqlError(SQLSTATE.reserved_name, `role name "${role.name}" is reserved`, { detail: `Cannot ${verb} reserved roles.` });
  }
}
