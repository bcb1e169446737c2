import type { RoleAttributes } from '../../planner/parse/read-roles.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { timestampMicros } from '../parameters/date-time.js';
import type { Role } from '../security/roles.js';
import { makeVerifier, parseVerifier, printVerifier } from '../security/scram-verifier.js';
import type { Session } from '../session/session.js';

/** A role with the attributes of a statement. 22007 for a time that is none, 0A000 for an MD5 hash. */
export async function withAttributes(role: Role, { password, validUntil, ...attributes }: RoleAttributes, session: Session): Promise<Role> {
  return {
    ...role,
    ...attributes,
    ...(password === undefined ? {} : { verifier: password === null ? null : await verifierOf(password) }),
    ...(validUntil === undefined ? {} : { validUntil: moment(validUntil, session) }),
  };
}

/** Takes a verifier as it is, as dumps give it; makes one of a password. */
async function verifierOf(password: string): Promise<string> {
  if (parseVerifier(password) !== null) {
    return password;
  }
  if (/^md5[0-9a-f]{32}$/.test(password)) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'MD5 passwords are not supported', {
      hint: 'Set the password itself: it is kept as a SCRAM-SHA-256 verifier.',
    });
  }
  return printVerifier(await makeVerifier(password));
}

function moment(text: string, session: Session): string | null {
  if (text.trim().toLowerCase() === 'infinity') {
    return null;
  }
  return new Date(Number(timestampMicros(text, session.settings.output()) / 1000n)).toISOString();
}
