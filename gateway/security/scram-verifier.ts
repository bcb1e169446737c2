import { saslprep } from '@mongodb-js/saslprep';
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

/** PostgreSQL 15's scram_iterations. */
export const SCRAM_ITERATION_COUNT = 4096;
const SALT_LENGTH = 16;
const KEY_LENGTH = 32;

/** What the server keeps of a password (RFC 5802): enough to check a proof, not enough to make one. */
export interface ScramVerifier {
  readonly iterationCount: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/** The verifier of a password, with a salt of its own. */
export async function makeVerifier(password: string, salt: Buffer = randomBytes(SALT_LENGTH)): Promise<ScramVerifier> {
  const salted = await derive(normalizePassword(password), salt, SCRAM_ITERATION_COUNT, KEY_LENGTH, 'sha256');
  return {
    iterationCount: SCRAM_ITERATION_COUNT,
    salt,
    storedKey: sha256(hmac(salted, 'Client Key')),
    serverKey: hmac(salted, 'Server Key'),
  };
}

/** True when the password is the one the verifier was made of. */
export async function matchesVerifier(password: string, verifier: ScramVerifier): Promise<boolean> {
  const salted = await derive(normalizePassword(password), verifier.salt, verifier.iterationCount, KEY_LENGTH, 'sha256');
  return timingSafeEqual(sha256(hmac(salted, 'Client Key')), verifier.storedKey);
}

/**
 * A verifier nobody has the password of, the same for the same name: a client that asks for a role that is not there, or
 * that has no password, sees the conversation that everybody sees, and fails at its end.
 */
export function decoyVerifier(secret: Buffer, user: string): ScramVerifier {
  const digest = createHmac('sha256', secret).update(user).digest();
  return {
    iterationCount: SCRAM_ITERATION_COUNT,
    salt: digest.subarray(0, SALT_LENGTH),
    storedKey: randomBytes(KEY_LENGTH),
    serverKey: randomBytes(KEY_LENGTH),
  };
}

/** As PostgreSQL keeps it in pg_authid.rolpassword. */
export function printVerifier({ iterationCount, salt, storedKey, serverKey }: ScramVerifier): string {
  return `SCRAM-SHA-256$${iterationCount}:${salt.toString('base64')}$${storedKey.toString('base64')}:${serverKey.toString('base64')}`;
}

/** Reads what `printVerifier` or a PostgreSQL wrote; null for anything else. */
export function parseVerifier(text: string): ScramVerifier | null {
  const match = /^SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$/.exec(text);
  const [, iterations = '', salt = '', storedKey = '', serverKey = ''] = match ?? [];
  const iterationCount = Number(iterations);
  if (match === null || iterationCount === 0) {
    return null;
  }
  return { iterationCount, salt: decode(salt), storedKey: decode(storedKey), serverKey: decode(serverKey) };
}

function decode(part: string): Buffer {
  return Buffer.from(part, 'base64');
}

/** As clients do: SASLprep where the password allows it, else its bytes as they are. */
function normalizePassword(password: string): string {
  try {
    return saslprep(password);
  } catch {
    return password;
  }
}

/** HMAC-SHA-256. */
export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** SHA-256. */
export function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
