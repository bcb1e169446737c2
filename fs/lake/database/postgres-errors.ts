import { CatalogRace } from '../catalog-database.js';
import { LakeError } from '../lake-error.js';

/** unique_violation, serialization_failure, deadlock_detected. */
const RACES: ReadonlySet<string> = new Set(['23505', '40001', '40P01']);

/** cannot_connect_now: the server starts, or recovers from a crash. */
const CANNOT_CONNECT_NOW = '57P03';

/** What a client of PostgreSQL threw, as the layers above know it. */
export function translated(cause: unknown): Error {
  if (cause instanceof LakeError) {
    return cause;
  }
  const code = codeOf(cause);
  if (RACES.has(code)) {
    return new CatalogRace(cause);
  }
  // Without an SQLSTATE it is the socket's failure; classes 08, 53, 57 and 58 are the server's own.
  if (!/^[0-9A-Z]{5}$/.test(code) || /^(?:08|53|57|58)/.test(code)) {
    return doesNotAnswer(cause);
  }
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** The failure of a database that cannot be used now. */
export function doesNotAnswer(cause: unknown): LakeError {
  return cause instanceof LakeError
    ? cause
    : new LakeError('unavailable', 'the catalog database does not answer', { detail: cause instanceof Error ? cause.message : String(cause), cause });
}

/** True when the server says that it is not ready yet, or nothing listens where it should: whoever looks after it starts it again. */
export function isStarting(cause: unknown): boolean {
  return codeOf(cause) === CANNOT_CONNECT_NOW || codeOf(cause) === 'ECONNREFUSED';
}

/** For failures that are told where what failed is used. */
export function ignore(): void {
  // Nothing.
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
