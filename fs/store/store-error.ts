/** Why a store refused or failed. `outside-roots` is a path that leaves its root, by its text or by a symbolic link. */
export type StoreErrorCode = 'not-found' | 'exists' | 'no-space' | 'permission' | 'io' | 'corrupt' | 'outside-roots' | 'too-large' | 'unsupported';

/** A failed store operation. `path` is what the operation was given, or the absolute path it stood for. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly path: string;

  constructor(code: StoreErrorCode, path: string, message: string, cause?: unknown) {
    super(`${message}: ${JSON.stringify(path)}`, cause === undefined ? undefined : { cause });
    this.name = 'StoreError';
    this.code = code;
    this.path = path;
  }
}

const CODE_BY_ERRNO: Readonly<Record<string, readonly [StoreErrorCode, string]>> = {
  ENOENT: ['not-found', 'no such file or directory'],
  // A file stands where the path needs a directory: what was asked for does not exist.
  ENOTDIR: ['not-found', 'no such file or directory'],
  EEXIST: ['exists', 'already exists'],
  ENOTEMPTY: ['exists', 'already exists'],
  ENOSPC: ['no-space', 'no space left on device'],
  EDQUOT: ['no-space', 'disk quota exceeded'],
  EACCES: ['permission', 'permission denied'],
  EPERM: ['permission', 'operation not permitted'],
  EROFS: ['permission', 'read-only file system'],
  EFBIG: ['too-large', 'file too large'],
  ENAMETOOLONG: ['too-large', 'name too long'],
};

/** A system error as a StoreError; errors that are StoreErrors already are returned as they are. */
export function toStoreError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) {
    return error;
  }
  const errno = errnoOf(error);
  const known = errno === undefined ? undefined : CODE_BY_ERRNO[errno];
  const [code, message] = known ?? (['io', `input/output error${errno === undefined ? '' : ` (${errno})`}`] as const);
  return new StoreError(code, path, message, error);
}

/** The errno name of a system error (`ENOENT`), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** True for errors that say a name is not there. */
export function isAbsence(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}
