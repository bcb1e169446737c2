import { posix } from 'node:path';
import { PosixStore } from './posix-store.js';
import type { Store } from './store.js';
import { StoreError } from './store-error.js';
import { checkStorePath, isInside } from './store-path.js';

/** Folder inside a root that holds Sluice's own files (staging); SQL never reaches it. */
export const PRIVATE_FOLDER = '.sluice';

/** Folder inside a root that holds the files of stored tables; SQL reaches them through the catalog only. */
export const TABLES_FOLDER = '.sluice-tables';

/** A place in one of the roots. */
export interface StoreLocation {
  readonly store: Store;
  /** Store-relative. */
  readonly path: string;
}

interface Root {
  /** The path as configured, and as it is without links: users may write either. */
  readonly prefixes: readonly string[];
  readonly store: Store;
}

/** The data roots, in order; the first one is where relative paths lead and new data goes. */
export class DataRoots {
  readonly #roots: readonly Root[];

  private constructor(roots: readonly Root[]) {
    this.#roots = roots;
  }

  /** Opens existing directories as roots. */
  static async open(directories: readonly string[]): Promise<DataRoots> {
    const roots: Root[] = [];
    for (const directory of directories) {
      const store = await PosixStore.open(directory);
      roots.push({ prefixes: [...new Set([posix.resolve(directory), store.root])], store });
    }
    if (roots.length === 0) {
      throw new StoreError('not-found', '', 'no data root was given');
    }
    return new DataRoots(roots);
  }

  /** One root that is no directory: paths in it start with its URL. */
  static ofRemote(store: Store): DataRoots {
    return new DataRoots([{ prefixes: [store.root], store }]);
  }

  /** The stores of the roots, in order. */
  get stores(): readonly Store[] {
    return this.#roots.map((root) => root.store);
  }

  /** The first root's store. */
  get first(): Store {
    const [root] = this.#roots;
    if (root === undefined) {
      throw new StoreError('not-found', '', 'no data root was given');
    }
    return root.store;
  }

  /**
   * The place a user's path stands for: relative to the first root, or absolute inside any. `.` and `..` are resolved in
   * the text; a path that leaves the roots, or enters Sluice's own folder, is `outside-roots`. Links are checked by the store.
   */
  locate(userPath: string): StoreLocation {
    if (userPath.includes('\0')) {
      throw new StoreError('outside-roots', userPath, 'path contains a NUL');
    }
    const [scheme = ''] = /^[a-z][a-z0-9+.-]*:\/\//.exec(userPath) ?? [];
    const normal = scheme + (posix.normalize(userPath.slice(scheme.length)).replace(/\/+$/, '') || '/');
    if (scheme === '' && !posix.isAbsolute(normal)) {
      return { store: this.first, path: checkUserPath(userPath, normal === '.' ? '' : normal) };
    }
    for (const { prefixes, store } of this.#roots) {
      const prefix = prefixes.find((candidate) => isInside(candidate, normal));
      if (prefix !== undefined) {
        return {
          store,
          path: checkUserPath(userPath, normal.slice(prefix.length).replace(/^\//, '')),
        };
      }
    }
    throw new StoreError('outside-roots', userPath, 'path is not inside a data root');
  }
}

function checkUserPath(userPath: string, path: string): string {
  const components = path.split('/');
  if (components[0] === '..' || components.includes(PRIVATE_FOLDER) || components.includes(TABLES_FOLDER)) {
    throw new StoreError('outside-roots', userPath, 'path is not inside a data root');
  }
  return checkStorePath(path);
}
