import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { boundedMap } from '../store/bounded-map.js';
import { StoreError } from '../store/store-error.js';
import type { GapFill } from './cached-object.js';
import { CachedObject } from './cached-object.js';
import type { ObjectSummary, S3Connection } from './connection.js';

/** What of a file is wanted: the Parquet footer alone, these columns of every row group, or every byte. */
export type Wanted = { readonly kind: 'footer' } | { readonly kind: 'columns'; readonly columns: readonly string[] } | { readonly kind: 'whole' };

/** Files in use: their local copies stay until `release`. */
export interface FilesInUse {
  release(): void;
}

/** How objects are kept on the local disk. */
export interface ObjectCacheOptions {
  /** Absolute; a directory of this process alone that executors can read. */
  readonly directory: string;
  /** Fetched bytes kept; files in use may exceed it. */
  readonly byteCountMax: number;
  readonly gapFill: GapFill;
}

interface Entry {
  readonly connection: S3Connection;
  readonly cached: CachedObject;
}

/** Files worked on at once: each has many requests in flight, which the connection's window bounds. */
const FILES_AT_ONCE = 32;

/**
 * Local sparse copies of objects, one for each version, by the path DuckDB opens. What was not asked for is a hole, which no
 * Parquet page header is: a read of it fails and never gives rows.
 */
export class ObjectCache {
  readonly #options: ObjectCacheOptions;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: ObjectCacheOptions) {
    this.#options = options;
  }

  /** Bytes fetched and kept now. */
  get byteCount(): number {
    let sum = 0;
    for (const { cached } of this.#entries.values()) {
      sum += cached.fetchedBytes;
    }
    return sum;
  }

  /** The local path an object has; nothing is fetched. The version's folder comes first, so that `key=value` folders stay as they are. */
  localPath(connection: S3Connection, object: ObjectSummary): string {
    const version = createHash('sha256')
      .update(JSON.stringify([connection.urlOf(''), object.etag, object.byteCount]))
      .digest('hex')
      .slice(0, 24);
    const path = join(this.#options.directory, version, object.path);
    if (!this.#entries.has(path)) {
      this.#entries.set(path, { connection, cached: new CachedObject(object, path) });
    }
    return path;
  }

  /** True when a path is a local copy's. */
  holds(path: string): boolean {
    return this.#entries.has(path);
  }

  /** Fetches what is wanted of local copies; paths of other files are passed over. The copies stay until released. */
  async use(files: readonly { readonly path: string; readonly wanted: Wanted }[]): Promise<FilesInUse> {
    const used = files.flatMap(({ path, wanted }) => {
      const entry = this.#entries.get(path);
      return entry === undefined ? [] : [{ path, entry, wanted }];
    });
    for (const { path, entry } of used) {
      entry.cached.pins += 1;
      this.#entries.delete(path);
      this.#entries.set(path, entry);
    }
    let released = false;
    const release = (): void => {
      if (!released) {
        released = true;
        for (const { entry } of used) {
          entry.cached.pins -= 1;
        }
      }
    };
    try {
      await boundedMap(used, async ({ entry, wanted }) => await this.#fetch(entry, wanted), FILES_AT_ONCE);
      await this.#trim();
    } catch (error) {
      release();
      throw error;
    }
    return { release };
  }

  async #fetch({ connection, cached }: Entry, wanted: Wanted): Promise<void> {
    const { gapFill } = this.#options;
    switch (wanted.kind) {
      case 'footer':
        await cached.chunks(connection, gapFill);
        return;
      case 'whole':
        await cached.fetch(connection, [{ start: 0, end: cached.object.byteCount }], gapFill);
        return;
      case 'columns': {
        const names = new Set(wanted.columns.map((name) => name.toLowerCase()));
        const chunks = await cached.chunks(connection, gapFill);
        await cached.fetch(
          connection,
          chunks.filter(({ column }) => names.has(column)).flatMap(({ ranges }) => ranges),
          gapFill,
        );
      }
    }
  }

  /** Removes the copies used longest ago until the bound holds. */
  async #trim(): Promise<void> {
    let kept = this.byteCount;
    for (const { cached } of this.#entries.values()) {
      if (kept <= this.#options.byteCountMax) {
        return;
      }
      if (cached.pins === 0 && cached.fetchedBytes > 0) {
        kept -= cached.fetchedBytes;
        await cached.evict();
      }
    }
    if (kept > this.#options.byteCountMax * 4) {
      throw new StoreError('no-space', this.#options.directory, `queries need ${kept} bytes of objects at once, four times what --s3-cache-size allows`);
    }
  }
}
