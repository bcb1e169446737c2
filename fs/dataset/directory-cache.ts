import type { DirectoryEntry, FileStat, Store } from '../store/store.js';

/**
 * A directory changed this shortly before it was listed may have changed again within the same clock tick of the file
 * system (up to 2 s on some network file systems) without its mtime showing it: such a listing is not trusted.
 */
export const MTIME_TICK_MS = 2100;

/** Directories remembered at most; the least recently used are forgotten first. */
const DIRECTORIES_MAX = 100_000;

interface CachedDirectory {
  readonly mtimeMs: number;
  readonly inode: number;
  readonly listedAtMs: number;
  readonly entries: readonly DirectoryEntry[];
}

/** Directory listings of one store, asked for again only when the directory's mtime says so: one stat instead of a listing. */
export class DirectoryCache {
  readonly #store: Store;
  readonly #directories = new Map<string, CachedDirectory>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * The names in a directory, those that the cache knows to be current or fresh ones. The same array as last time when
   * nothing changed. `asked`: the directory's attributes where the caller has just asked for them.
   */
  async list(directory: string, asked?: { readonly stat: FileStat; readonly atMs: number }): Promise<readonly DirectoryEntry[]> {
    const listedAtMs = asked?.atMs ?? Date.now();
    const { mtimeMs, inode } = asked?.stat ?? (await this.#store.stat(directory));
    const cached = this.#directories.get(directory);
    if (cached !== undefined && cached.mtimeMs === mtimeMs && cached.inode === inode && cached.listedAtMs - mtimeMs > MTIME_TICK_MS) {
      return cached.entries;
    }
    const fresh = await this.#store.list(directory);
    const entries = cached !== undefined && sameEntries(cached.entries, fresh) ? cached.entries : fresh;
    this.#directories.delete(directory);
    this.#directories.set(directory, { mtimeMs, inode, listedAtMs, entries });
    for (const oldest of this.#directories.keys()) {
      if (this.#directories.size <= DIRECTORIES_MAX) {
        break;
      }
      this.#directories.delete(oldest);
    }
    return entries;
  }

  /** Forgets everything, so that the next call lists anew. */
  clear(): void {
    this.#directories.clear();
  }
}

function sameEntries(a: readonly DirectoryEntry[], b: readonly DirectoryEntry[]): boolean {
  return a.length === b.length && a.every((entry, index) => entry.name === b[index]?.name && entry.kind === b[index]?.kind);
}
