import type { LakeSnapshot } from '../../fs/lake/model.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Guarded, Privilege } from '../security/privileges.js';
import { describe, hasPrivilege, ownerOf, requireMembership, requireOwner, requirePrivilege, requireRole } from '../security/privileges.js';
import type { Role } from '../security/roles.js';
import { rolesOf } from '../security/roles.js';
import type { SessionSettings, SettingScope } from '../settings/session-settings.js';

/** What a session's rights depend on. */
export interface AccessOwner {
  readonly identity: { readonly user: string };
  readonly settings: SessionSettings;
  readonly lake: { snapshot(): Promise<LakeSnapshot> };
}

/** `SET ROLE NONE`. */
const NO_ROLE = 'none';

/** Whose rights a session's statements have: the session user's, or those of the role it has taken on. */
export class SessionAccess {
  readonly #session: AccessOwner;

  constructor(session: AccessOwner) {
    this.#session = session;
  }

  /** SESSION_USER. */
  get sessionUser(): string {
    return this.#session.settings.require('session_authorization');
  }

  /** CURRENT_USER. */
  get currentUser(): string {
    const role = this.#session.settings.require('role');
    return role === NO_ROLE ? this.sessionUser : role;
  }

  /** The current role; 28000 when it is gone. */
  role(snapshot: LakeSnapshot): Role {
    return requireRole(snapshot, this.currentUser);
  }

  /** 42501 unless the current role has the privilege. */
  require(snapshot: LakeSnapshot, object: Guarded, privilege: Privilege): void {
    requirePrivilege(snapshot, this.currentUser, object, privilege);
  }

  /** 42501 unless it has one of these. */
  requireAny(snapshot: LakeSnapshot, object: Guarded, privileges: readonly Privilege[]): void {
    const roles = rolesOf(snapshot);
    if (!roles.isOpen && !privileges.some((privilege) => hasPrivilege(snapshot, roles, this.role(snapshot), object, privilege))) {
      throw new SqlError(SQLSTATE.insufficient_privilege, `permission denied for ${describe(object)}`);
    }
  }

  /** 42501 unless the current role owns it. */
  requireOwner(snapshot: LakeSnapshot, object: Guarded): void {
    requireOwner(snapshot, this.currentUser, object);
  }

  /** 42501 unless the current role may read (or write) files of the server by their names. */
  async requireFiles(use: 'read' | 'write', what: string): Promise<void> {
    requireMembership(await this.#session.lake.snapshot(), this.currentUser, use === 'read' ? 'pg_read_server_files' : 'pg_write_server_files', what);
  }

  /** True when the current role owns it, or might as well. */
  owns(snapshot: LakeSnapshot, object: Guarded): boolean {
    const roles = rolesOf(snapshot);
    const role = this.role(snapshot);
    return roles.isOpen || role.superuser || roles.memberships(role, { inherited: true }).has(ownerOf(object));
  }

  /** 42501 unless the current role is a superuser. */
  async requireSuperuser(what: string): Promise<void> {
    if (!this.role(await this.#session.lake.snapshot()).superuser) {
      throw new SqlError(SQLSTATE.insufficient_privilege, `permission denied to ${what}`, { detail: 'Only superusers may do that.' });
    }
  }

  /** SET ROLE and SET SESSION AUTHORIZATION; null goes back to what was at connect. 42704 for a role that is not there, 42501 for one the user must not be. */
  async become(kind: 'role' | 'session_authorization', name: string | null, scope: SettingScope): Promise<void> {
    const { settings, identity, lake } = this.#session;
    const roles = rolesOf(await lake.snapshot());
    const authenticated = roles.sessionRole(identity.user);
    if (kind === 'role') {
      const user = roles.sessionRole(this.sessionUser);
      const wanted = name === null || name === NO_ROLE ? null : name === user?.name ? user : requireKnown(roles.find(name), name);
      if (wanted !== null && (user === undefined || !roles.canBe(user, wanted))) {
        throw new SqlError(SQLSTATE.insufficient_privilege, `permission denied to set role "${wanted.name}"`);
      }
      settings.setByServer('role', wanted === null ? NO_ROLE : wanted.name, scope);
    } else {
      const wanted = name === null || name === identity.user ? identity.user : requireKnown(roles.find(name), name).name;
      if (wanted !== identity.user && authenticated?.superuser !== true) {
        throw new SqlError(SQLSTATE.insufficient_privilege, 'permission denied to set session authorization');
      }
      settings.setByServer('session_authorization', wanted, scope);
      settings.setByServer('role', NO_ROLE, scope);
    }
    const current = roles.sessionRole(this.currentUser);
    settings.setByServer('is_superuser', current?.superuser === true ? 'on' : 'off', scope);
  }
}

function requireKnown(role: Role | undefined, name: string): Role {
  if (role === undefined) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `role "${name}" does not exist`);
  }
  return role;
}
