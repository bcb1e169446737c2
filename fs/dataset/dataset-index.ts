import type { Store } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { baseNameOf, parentOf } from '../store/store-path.js';
import { DatasetError } from './dataset-error.js';
import type { DatasetFile } from './dataset-files.js';
import { AttributeCache } from './dataset-files.js';
import { DirectoryCache } from './directory-cache.js';
import { parseDataFileName } from './file-format.js';
import type { MatchedFile } from './glob.js';
import { expandGlob } from './glob.js';
import type { NamedFile } from './table-files.js';
import { listTableFiles } from './table-files.js';
import type { TableLocation } from './table-listing.js';
import { TableFinder } from './table-listing.js';

/** A table's files and the store they are in. */
export interface TableFiles {
  readonly store: Store;
  readonly files: readonly DatasetFile[];
}

/** The tables of one root: names at once, files when asked for, both remembered and cheaply checked again. */
export class DatasetIndex {
  readonly store: Store;
  readonly #cache: DirectoryCache;
  readonly #finder: TableFinder;
  readonly #attributes = new Map<string, AttributeCache>();

  constructor(store: Store) {
    this.store = store;
    this.#cache = new DirectoryCache(store);
    this.#finder = new TableFinder(this.#cache);
  }

  /** Every table of the root by name, in order of schema and name. */
  async tables(): Promise<readonly TableLocation[]> {
    return await this.#finder.find();
  }

  /** The files of a table, the same array as last time when nothing changed; empty when the table is gone. */
  async files(table: TableLocation): Promise<readonly DatasetFile[]> {
    const [location, second] = table.paths;
    if (location === undefined) {
      return [];
    }
    if (second !== undefined) {
      const detail = `${table.paths.map(({ path }) => JSON.stringify(path)).join(' and ')} both give it.`;
      throw new DatasetError('ambiguous-name', `table name ${JSON.stringify(table.name)} is not unique`, detail);
    }
    const attributes = this.#attributes.get(location.path) ?? new AttributeCache();
    this.#attributes.set(location.path, attributes);
    const named = location.kind === 'file' ? fileTable(location.path) : await this.#folderFiles(location.path);
    const files = named.length === 0 ? [] : await this.#readAttributes(attributes, named);
    if (files.length === 0) {
      this.#attributes.delete(location.path);
      this.#finder.forget(location.path);
    }
    return files;
  }

  /** Every data file below a folder, whether it is a table or not. */
  async filesBelow(folder: string): Promise<readonly NamedFile[]> {
    return await listTableFiles(this.store, this.#cache, folder);
  }

  /** Files that match a pattern (see glob.ts). */
  async matching(pattern: string): Promise<readonly MatchedFile[]> {
    return await expandGlob(this.store, this.#cache, pattern);
  }

  /** Forgets every listing, so that whatever was just written is seen. */
  invalidate(): void {
    this.#cache.clear();
    this.#attributes.clear();
  }

  async #folderFiles(folder: string): Promise<readonly NamedFile[]> {
    try {
      return await listTableFiles(this.store, this.#cache, folder);
    } catch (error) {
      return gone(error);
    }
  }

  async #readAttributes(attributes: AttributeCache, named: readonly NamedFile[]): Promise<readonly DatasetFile[]> {
    try {
      return await attributes.refresh(this.store, named);
    } catch (error) {
      return gone(error);
    }
  }
}

function fileTable(path: string): readonly NamedFile[] {
  const name = baseNameOf(path);
  const parsed = parseDataFileName(name);
  return parsed === undefined ? [] : [{ path, directory: parentOf(path), name, format: parsed.format, partition: [] }];
}

function gone(error: unknown): readonly never[] {
  if (error instanceof StoreError && error.code === 'not-found') {
    return [];
  }
  throw error;
}
