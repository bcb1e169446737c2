import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { findRule } from '../security/access-rules.js';
import type { Gatekeeper } from '../security/gatekeeper.js';
import type { Role, Roles } from '../security/roles.js';
import { matchesVerifier } from '../security/scram-verifier.js';
import type { Login } from './login-sessions.js';

/** Who a request is from, and that it was proved. */
export interface Guest {
  readonly user: string;
  readonly role: Role;
  readonly roles: Roles;
  readonly method: 'trust' | 'password';
}

/** A client that says who it is. */
export interface Candidate {
  readonly user: string;
  /** Null where it gave none. */
  readonly password: string | null;
  readonly database: string;
  readonly address: string;
  readonly encrypted: boolean;
  /** True when a proxy passed the request on: then the address is the proxy's, and proves nothing. */
  readonly forwarded: boolean;
}

/** Lets a client in by the same rules as over the wire. Throws SqlError 28000 or 28P01; the latter where a password may help. */
export async function signIn(gatekeeper: Gatekeeper, candidate: Candidate): Promise<Guest> {
  const roles = await gatekeeper.loadRoles();
  const { user } = candidate;
  const role = roles.sessionRole(user);
  const rule = findRule(gatekeeper.rules, candidate, (name) => {
    const group = roles.find(name);
    return role !== undefined && group !== undefined && roles.memberships(role, { inherited: false }).has(group.oid);
  });
  if (rule === undefined || rule.method === 'reject') {
    throw refused(`no access rule lets "${user}" in from ${candidate.address} over HTTP`);
  }
  if (rule.method === 'cert' || rule.clientCertificate !== null) {
    throw refused('the access rule asks for a client certificate, which is not taken over HTTP');
  }
  const method = rule.method === 'trust' && !candidate.forwarded ? 'trust' : 'password';
  if (method === 'password') {
    await provePassword(gatekeeper, candidate, role);
  }
  return admit(roles, user, method);
}

/** The guest of a login, as the roles are now. Throws SqlError 28P01 for one that is over. */
export async function resume(gatekeeper: Gatekeeper, login: Login, address: string): Promise<Guest> {
  const roles = await gatekeeper.loadRoles();
  const role = roles.sessionRole(login.user);
  if (role === undefined || role.verifier !== login.verifier || address !== login.address) {
    throw new SqlError(SQLSTATE.invalid_password, 'the login is over');
  }
  return admit(roles, login.user, login.method);
}

async function provePassword(gatekeeper: Gatekeeper, { user, password, address }: Candidate, role: Role | undefined): Promise<void> {
  if (password === null) {
    throw new SqlError(SQLSTATE.invalid_password, 'a password is needed');
  }
  if (!(await matchesVerifier(password, gatekeeper.verifierFor(user, role)))) {
    await sleep(gatekeeper.failures.add(address), undefined, { ref: false });
    throw new SqlError(SQLSTATE.invalid_password, `password authentication failed for user "${user}"`);
  }
  gatekeeper.failures.clear(address);
}

function admit(roles: Roles, user: string, method: Guest['method']): Guest {
  const role = roles.sessionRole(user);
  if (role === undefined) {
    throw refused(`role "${user}" does not exist`);
  }
  if (!role.canLogin) {
    throw refused(`role "${user}" is not permitted to log in`);
  }
  return { user, role, roles, method };
}

function refused(message: string): SqlError {
  return new SqlError(SQLSTATE.invalid_authorization_specification, message);
}
