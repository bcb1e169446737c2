import { boundedMap } from '../store/bounded-map.js';
import type { DirectoryEntry } from '../store/store.js';
import { StoreError } from '../store/store-error.js';
import { joinStorePath } from '../store/store-path.js';
import type { DirectoryCache } from './directory-cache.js';
import { isHidden, parseDataFileName } from './file-format.js';
import { parseHiveFolder } from './hive-path.js';

/** The schema of tables that lie directly in a root. */
export const DEFAULT_SCHEMA = 'public';

/** A table by name, and what holds its rows: one file, one folder, or (an error once used) several of them. */
export interface TableLocation {
  readonly schema: string;
  readonly name: string;
  readonly paths: readonly { readonly path: string; readonly kind: 'file' | 'folder' }[];
}

/**
 * Finds the tables of a root by names alone:
 * - a data file `name.ext` is the table `name`;
 * - a folder that directly holds a data file or a `key=value` folder is the table of its name, with all that is below;
 * - any other folder is a schema: the same two rules, one level down, give its tables. There are no deeper schemas.
 * Names are taken exactly as they are. One pass costs a stat for each of the root, its schema folders, and folders
 * that are not tables (yet); a table's own folder is looked at when the table is used.
 */
export class TableFinder {
  readonly #cache: DirectoryCache;
  /** Folders found to be tables: not looked at again until their own listing says otherwise (`forget`). */
  readonly #tableFolders = new Set<string>();
  /** The root's entries at the last look, and whether its files and table folders were all there was. */
  #entries: readonly DirectoryEntry[] | undefined;
  #allDecided = false;
  #found: readonly TableLocation[] = [];

  constructor(cache: DirectoryCache) {
    this.#cache = cache;
  }

  /** The tables there are now, by schema and name; the same array as last time when nothing changed. */
  async find(): Promise<readonly TableLocation[]> {
    const entries = await this.#cache.list('');
    if (entries === this.#entries && this.#allDecided) {
      return this.#found;
    }
    const tables = new Map<string, TableLocation>();
    const shown = visible(entries);
    addFiles(tables, shown);
    let allDecided = true;
    await boundedMap(directoriesOf(shown), async ({ name }) => {
      if (await this.#isTableFolder(name)) {
        add(tables, DEFAULT_SCHEMA, name, { path: name, kind: 'folder' });
      } else {
        allDecided = false;
        await this.#findInSchema(tables, name);
      }
    });
    const found = [...tables.values()].toSorted((a, b) => compare(a.schema, b.schema) || compare(a.name, b.name));
    this.#entries = entries;
    this.#allDecided = allDecided;
    if (!sameTables(this.#found, found)) {
      this.#found = found;
    }
    return this.#found;
  }

  /** Decides anew what a folder is: it was a table once and now holds no file. */
  forget(folder: string): void {
    this.#tableFolders.delete(folder);
    this.#allDecided = false;
  }

  async #findInSchema(tables: Map<string, TableLocation>, schema: string): Promise<void> {
    if (isReservedSchema(schema)) {
      return;
    }
    const entries = visible(await this.#list(schema));
    await boundedMap(directoriesOf(entries), async ({ name }) => {
      const path = joinStorePath(schema, name);
      if (await this.#isTableFolder(path)) {
        add(tables, schema, name, { path, kind: 'folder' });
      }
    });
  }

  async #isTableFolder(path: string): Promise<boolean> {
    if (this.#tableFolders.has(path)) {
      return true;
    }
    const holdsRows = visible(await this.#list(path)).some(showsRows);
    if (holdsRows) {
      this.#tableFolders.add(path);
    }
    return holdsRows;
  }

  /** A folder that vanished or may not be read holds nothing for us: other tables must stay usable. */
  async #list(path: string): Promise<readonly DirectoryEntry[]> {
    try {
      return await this.#cache.list(path);
    } catch (error) {
      if (isUnreadable(error)) {
        return [];
      }
      throw error;
    }
  }
}

function visible(entries: readonly DirectoryEntry[]): readonly DirectoryEntry[] {
  return entries.filter((entry) => !isHidden(entry.name));
}

function directoriesOf(entries: readonly DirectoryEntry[]): readonly DirectoryEntry[] {
  return entries.filter((entry) => entry.kind === 'directory');
}

function showsRows(entry: DirectoryEntry): boolean {
  return entry.kind === 'directory' ? parseHiveFolder(entry.name) !== undefined : entry.kind === 'file' && parseDataFileName(entry.name) !== undefined;
}

function addFiles(tables: Map<string, TableLocation>, entries: readonly DirectoryEntry[]): void {
  for (const { name, kind } of entries) {
    const file = kind === 'file' ? parseDataFileName(name) : undefined;
    if (file !== undefined) {
      add(tables, DEFAULT_SCHEMA, file.stem, { path: name, kind: 'file' });
    }
  }
}

function add(tables: Map<string, TableLocation>, schema: string, name: string, path: TableLocation['paths'][number]): void {
  const key = tableKey(schema, name);
  tables.set(key, { schema, name, paths: [...(tables.get(key)?.paths ?? []), path] });
}

/** One text for a schema and a name; names hold no slash. */
export function tableKey(schema: string, name: string): string {
  return `${schema}/${name}`;
}

/** Schemas of the system's own: a folder of that name is no schema. */
function isReservedSchema(name: string): boolean {
  return name === 'information_schema' || name.startsWith('pg_');
}

function sameTables(a: readonly TableLocation[], b: readonly TableLocation[]): boolean {
  return a.length === b.length && a.every((table, index) => sameTable(table, b[index]));
}

function sameTable(a: TableLocation, b: TableLocation | undefined): boolean {
  return (
    a.schema === b?.schema &&
    a.name === b.name &&
    a.paths.length === b.paths.length &&
    a.paths.every(({ path, kind }, index) => path === b.paths[index]?.path && kind === b.paths[index].kind)
  );
}

function isUnreadable(error: unknown): boolean {
  return error instanceof StoreError && (error.code === 'not-found' || error.code === 'permission' || error.code === 'outside-roots');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
