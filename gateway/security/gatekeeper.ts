import { randomBytes } from 'node:crypto';
import type { AccessRule } from './access-rules.js';
import { FailedLogins } from './failed-logins.js';
import type { Role, Roles } from './roles.js';
import { decoyVerifier, parseVerifier, type ScramVerifier } from './scram-verifier.js';
import type { ServerTls } from './server-tls.js';

/** What decides who comes in. */
export interface Gatekeeper {
  readonly rules: readonly AccessRule[];
  /** Null where the server does not speak TLS. */
  readonly tls: ServerTls | null;
  readonly failures: FailedLogins;
  /** The roles as of now. */
  loadRoles(): Promise<Roles>;
  /** The verifier that a client's proof is checked with; one that nothing fits where the role has no good password. */
  verifierFor(user: string, role: Role | undefined): ScramVerifier;
}

/** Makes a gatekeeper. */
export function makeGatekeeper(rules: readonly AccessRule[], tls: ServerTls | null, loadRoles: () => Promise<Roles>): Gatekeeper {
  const secret = randomBytes(32);
  return {
    rules,
    tls,
    failures: new FailedLogins(),
    loadRoles,
    verifierFor: (user, role) => {
      const known = role?.verifier === undefined || role.verifier === null || isOver(role.validUntil) ? null : parseVerifier(role.verifier);
      return known ?? decoyVerifier(secret, user);
    },
  };
}

function isOver(validUntil: string | null): boolean {
  return validUntil !== null && Date.parse(validUntil) < Date.now();
}
