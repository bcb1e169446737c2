import { createHash } from 'node:crypto';
import type { DirectoryEntry, FileStat, NameStat, OpenMode, Store, StoreFile } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { baseNameOf, checkStorePath, parentOf } from '../store/store-path.js';
import type { ListedLevel, ObjectSummary, S3Connection } from './connection.js';
import type { ObjectCache } from './object-cache.js';

/** A listing serves this long: a new or replaced object is seen after at most this time. */
export const LISTING_AGE_MAX_MS = 2000;

/** Folders whose listings are remembered at most. */
const LISTINGS_MAX = 10_000;

interface Listing {
  readonly level: ListedLevel;
  readonly listedAtMs: number;
  /** Changes when the folder does: what a directory's mtime is elsewhere. */
  readonly generation: number;
}

/**
 * Objects below a prefix as files, their `/` as folders. New ones come of S3Staging alone; a file's local path is its copy in the object cache. A
 * folder exists while an object is in it.
 */
export class S3Store implements Store {
  readonly root: string;
  readonly connection: S3Connection;
  readonly stagingParent: string;
  readonly #cache: ObjectCache;
  readonly #listings = new Map<string, Promise<Listing>>();
  readonly #known = new Map<string, Listing>();
  #generation = 0;

  /** `stagingParent`: local directory in which files grow before they are uploaded. */
  constructor(connection: S3Connection, cache: ObjectCache, stagingParent: string) {
    this.stagingParent = stagingParent;
    this.root = connection.urlOf('');
    this.connection = connection;
    this.#cache = cache;
  }

  /** Folders have no local path; the URL stands for them. */
  resolve(path: string): Promise<string> {
    return Promise.resolve(this.connection.urlOf(checkStorePath(path)));
  }

  async stat(path: string): Promise<FileStat> {
    checkStorePath(path);
    if (path !== '') {
      const object = await this.#find(path);
      if (object !== undefined) {
        return toFileStat(object);
      }
    }
    const { level, generation } = await this.#list(path);
    if (path !== '' && level.objects.length === 0 && level.folders.length === 0) {
      throw new StoreError('not-found', this.connection.urlOf(path), 'no such object');
    }
    return { kind: 'directory', byteCount: 0, mtimeMs: 0, inode: generation };
  }

  async statNames(directory: string, names: readonly string[]): Promise<(NameStat | undefined)[]> {
    const { level, generation } = await this.#list(checkStorePath(directory));
    const objects = new Map(level.objects.map((object) => [baseNameOf(object.path), object]));
    const folders = new Set(level.folders.map(baseNameOf));
    return await Promise.all(
      names.map(async (name): Promise<NameStat | undefined> => {
        const object = objects.get(name);
        if (object !== undefined) {
          return { ...toFileStat(object), link: false, localPath: this.#cache.localPath(this.connection, object) };
        }
        if (!folders.has(name)) {
          return undefined;
        }
        const inner = await this.#list(directory === '' ? name : `${directory}/${name}`);
        return { kind: 'directory', byteCount: 0, mtimeMs: 0, inode: Math.max(inner.generation, generation), link: false };
      }),
    );
  }

  async list(directory: string): Promise<readonly DirectoryEntry[]> {
    const { level } = await this.#list(checkStorePath(directory));
    const entries = new Map<string, DirectoryEntry>();
    for (const folder of level.folders) {
      entries.set(baseNameOf(folder), { name: baseNameOf(folder), kind: 'directory' });
    }
    for (const { path } of level.objects) {
      entries.set(baseNameOf(path), { name: baseNameOf(path), kind: 'file' });
    }
    return [...entries.values()].filter(({ name }) => isPlainName(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Forgets every listing, so that what was just written is seen. */
  forgetListings(): void {
    this.#known.clear();
  }

  async open(path: string, mode: OpenMode): Promise<StoreFile> {
    if (mode === 'create') {
      throw readOnly(this.connection.urlOf(path));
    }
    const object = await this.connection.head(checkStorePath(path));
    if (object === undefined) {
      throw new StoreError('not-found', this.connection.urlOf(path), 'no such object');
    }
    return new S3File(this.connection, object);
  }

  async readFile(path: string, byteCountMax: number): Promise<Buffer> {
    const object = await this.connection.head(checkStorePath(path));
    if (object === undefined) {
      throw new StoreError('not-found', this.connection.urlOf(path), 'no such object');
    }
    if (object.byteCount > byteCountMax) {
      throw new StoreError('too-large', this.connection.urlOf(path), `object is larger than ${byteCountMax} bytes`);
    }
    return await this.connection.read(object, 0, object.byteCount);
  }

  rename(_from: string, to: string): Promise<void> {
    return Promise.reject(readOnly(this.connection.urlOf(to)));
  }

  link(_from: string, to: string): Promise<void> {
    return Promise.reject(readOnly(this.connection.urlOf(to)));
  }

  makeDirectory(path: string): Promise<void> {
    return Promise.reject(readOnly(this.connection.urlOf(path)));
  }

  removeFile(path: string): Promise<void> {
    return Promise.reject(readOnly(this.connection.urlOf(path)));
  }

  removeTree(path: string): Promise<void> {
    return Promise.reject(readOnly(this.connection.urlOf(path)));
  }

  syncFile(path: string): Promise<number> {
    return Promise.reject(readOnly(this.connection.urlOf(path)));
  }

  syncDirectory(path: string): Promise<void> {
    return Promise.reject(readOnly(this.connection.urlOf(path)));
  }

  async #find(path: string): Promise<ObjectSummary | undefined> {
    const remembered = this.#known.get(parentOf(path));
    if (remembered !== undefined && Date.now() - remembered.listedAtMs < LISTING_AGE_MAX_MS) {
      return remembered.level.objects.find((object) => object.path === path);
    }
    return await this.connection.head(path);
  }

  /** A folder's listing, asked for at most once at a time and once in LISTING_AGE_MAX_MS. */
  async #list(folder: string): Promise<Listing> {
    const known = this.#known.get(folder);
    if (known !== undefined && Date.now() - known.listedAtMs < LISTING_AGE_MAX_MS) {
      return known;
    }
    const pending = this.#listings.get(folder) ?? this.#listAnew(folder, known);
    this.#listings.set(folder, pending);
    try {
      return await pending;
    } finally {
      this.#listings.delete(folder);
    }
  }

  async #listAnew(folder: string, known: Listing | undefined): Promise<Listing> {
    const listedAtMs = Date.now();
    const level = await this.connection.list(folder);
    const unchanged = known !== undefined && sameLevel(known.level, level);
    const listing = { level, listedAtMs, generation: unchanged ? known.generation : (this.#generation += 1) };
    this.#known.delete(folder);
    this.#known.set(folder, listing);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= LISTINGS_MAX) {
        break;
      }
      this.#known.delete(oldest);
    }
    return listing;
  }
}

class S3File implements StoreFile {
  readonly #connection: S3Connection;
  readonly #object: ObjectSummary;

  constructor(connection: S3Connection, object: ObjectSummary) {
    this.#connection = connection;
    this.#object = object;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    return await this.#connection.read(this.#object, offset, Math.min(offset + length, this.#object.byteCount));
  }

  write(): Promise<void> {
    return Promise.reject(readOnly(this.#object.path));
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function readOnly(path: string): StoreError {
  return new StoreError('unsupported', path, 'files in S3 are not changed in place');
}

function toFileStat({ byteCount, etag, mtimeMs }: ObjectSummary): FileStat {
  // The ETag is the version: 48 bits of its hash stand where other stores have the inode.
  const inode = createHash('sha256').update(etag).digest().readUIntBE(0, 6);
  return { kind: 'file', byteCount, mtimeMs, inode };
}

/** Keys may hold what no path can: such objects are not seen. */
function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('\uFFFD') && !name.includes('\0');
}

function sameLevel(a: ListedLevel, b: ListedLevel): boolean {
  return (
    a.objects.length === b.objects.length &&
    a.folders.length === b.folders.length &&
    a.folders.every((folder, index) => folder === b.folders[index]) &&
    a.objects.every((object, index) => object.path === b.objects[index]?.path && object.etag === b.objects[index].etag)
  );
}
