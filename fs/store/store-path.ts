import { StoreError } from './store-error.js';

/** Longest path accepted, in bytes: Linux's PATH_MAX less its final NUL. */
export const PATH_BYTES_MAX = 4095;

/**
 * Checks a store-relative path and returns it. `''` is the root; components are separated by single slashes; none may be
 * empty, `.` or `..`, and no NUL may occur. What symbolic links make of it is checked when it is used.
 */
export function checkStorePath(path: string): string {
  if (path === '') {
    return path;
  }
  if (path.includes('\0')) {
    throw new StoreError('outside-roots', path, 'path contains a NUL');
  }
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw new StoreError('too-large', path, 'path is too long');
  }
  for (const component of path.split('/')) {
    if (component === '' || component === '.' || component === '..') {
      throw new StoreError('outside-roots', path, 'path is not a plain path below its root');
    }
  }
  return path;
}

/** Two store-relative paths as one. */
export function joinStorePath(parent: string, child: string): string {
  return parent === '' ? child : child === '' ? parent : `${parent}/${child}`;
}

/** The path of the containing directory; `''` for names in the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

/** The last component. */
export function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** True when an absolute path is `root` or lies below it, by its text. */
export function isInside(root: string, absolute: string): boolean {
  return absolute === root || absolute.startsWith(root === '/' ? '/' : `${root}/`);
}
