import type { StoreErrorCode } from '../store/store-error.js';
import { errnoOf, StoreError } from '../store/store-error.js';

/** An answer that is not what was asked for: cut short, too long, or of another content. Asked for again. */
export class BadBodyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadBodyError';
  }
}

const NETWORK_ERRNOS: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

const RETRIED_NAMES: ReadonlySet<string> = new Set(['TimeoutError', 'RequestTimeout', 'SlowDown', 'InternalError', 'ServiceUnavailable', 'BadDigest']);

const BY_STATUS: ReadonlyMap<number | undefined, readonly [StoreErrorCode, string]> = new Map([
  [401, ['permission', 'S3 refused access']],
  [403, ['permission', 'S3 refused access']],
  [404, ['not-found', 'no such object']],
  [409, ['exists', 'S3 reports a conflicting write']],
  [412, ['corrupt', 'the object was replaced while it was read']],
  [507, ['no-space', 'S3 has no space left']],
]);

/** HTTP status of a failure the server told of, undefined for others. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof Error && '$metadata' in error) {
    const metadata = error.$metadata;
    if (typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number') {
      return metadata.httpStatusCode;
    }
  }
  return undefined;
}

/** True when the server asks for fewer requests. */
export function isThrottle(error: unknown): boolean {
  const status = statusOf(error);
  return status === 503 || status === 429 || (error instanceof Error && error.name === 'SlowDown');
}

/** True when the same request may go well a moment later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof BadBodyError) {
    return true;
  }
  const status = statusOf(error);
  if (status !== undefined && (status >= 500 || status === 429 || status === 408)) {
    return true;
  }
  const errno = errnoOf(error);
  return (errno !== undefined && NETWORK_ERRNOS.has(errno)) || (error instanceof Error && (RETRIED_NAMES.has(error.name) || error.message === 'aborted'));
}

/** A failed request as a StoreError; `path` is the object as users write it. */
export function toS3StoreError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) {
    return error;
  }
  const status = statusOf(error);
  const [code, message] = BY_STATUS.get(status) ?? (['io', 'S3 request failed'] as const);
  const name = error instanceof Error ? (errnoOf(error) ?? error.name) : 'unknown';
  const why = error instanceof BadBodyError ? error.message : status === undefined ? name : `${status} ${name}`;
  return new StoreError(code, path, `${message} (${why})`, error);
}
