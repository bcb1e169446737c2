import type { FileInspector } from '../../executor/engine.js';
import { DatasetIndex } from '../../fs/dataset/dataset-index.js';
import type { TableLocation } from '../../fs/dataset/table-listing.js';
import { tableKey } from '../../fs/dataset/table-listing.js';
import type { ObjectCache } from '../../fs/s3/object-cache.js';
import type { DataRoots, StoreLocation } from '../../fs/store/data-roots.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import type { FileFunctionCall } from '../../planner/translate/environment.js';
import { withSqlErrors } from './datasets-errors.js';
import { FileFunctions } from './datasets-functions.js';
import { SnapshotVersions } from './datasets-versions.js';
import type { CopyTarget } from './datasets-targets.js';
import { resolveCopyTarget } from './datasets-targets.js';
import { DatasetTable } from './datasets-table.js';

/** A relation's name; its columns when asked for. */
export interface RelationSummary {
  readonly schema: string;
  readonly name: string;
  /** Loads the relation; undefined when it is gone meanwhile. SqlError when its files cannot be read as one table. */
  columns(): Promise<readonly Column[] | undefined>;
}

/** The datasets as one statement sees them: every relation looked at is looked at once. */
export interface CatalogSnapshot {
  /**
   * Equal for snapshots with the same tables of which the same versions were loaded: a key for what is made of them. Ask
   * after loading what goes into it.
   */
  readonly version: number;
  /** True when there is a table of that exact name; its files may still turn out to be unreadable. */
  has(schema: string, name: string): boolean;
  /** A relation that `load` loaded already. */
  find(schema: string, name: string): Relation | undefined;
  /** Opens what the relation needs: columns, files, statistics. Undefined when there is none of that name. */
  load(schema: string, name: string): Promise<Relation | undefined>;
  /** Every table, by schema and name. */
  relations(): readonly RelationSummary[];
}

/** What the catalog needs. */
export interface DatasetCatalogOptions {
  readonly roots: DataRoots;
  readonly inspector: FileInspector;
  /** Local copies of objects in S3; absent where the data is local. */
  readonly objects?: ObjectCache | null;
  /** Told of what is odd but harms no statement. */
  readonly log: (level: 'warn', fields: Readonly<Record<string, unknown>>, message: string) => void;
}

/** The tables in the data roots. Earlier roots hide equally named tables of later ones. */
export class DatasetCatalog {
  readonly #roots: DataRoots;
  readonly #indexes: readonly DatasetIndex[];
  readonly #functions: FileFunctions;
  readonly #inspector: FileInspector;
  readonly #objects: ObjectCache | null;
  readonly #log: DatasetCatalogOptions['log'];
  readonly #tables = new Map<string, DatasetTable>();
  readonly #warned = new Set<string>();
  readonly #versions = new SnapshotVersions();
  #listings: readonly (readonly TableLocation[])[] = [];
  #found: ReadonlyMap<string, FoundTable> = new Map();
  #names = '';

  constructor(options: DatasetCatalogOptions) {
    this.#roots = options.roots;
    this.#indexes = options.roots.stores.map((store) => new DatasetIndex(store));
    this.#inspector = options.inspector;
    this.#objects = options.objects ?? null;
    this.#log = options.log;
    this.#functions = new FileFunctions(options.roots, this.#indexes, options.inspector, this.#objects);
  }

  /** The tables there are now. Costs a stat of each root, schema folder and undecided folder. */
  async snapshot(): Promise<CatalogSnapshot> {
    const found = await this.#find();
    const names = this.#names;
    const loads = new Map<string, Promise<Relation | undefined>>();
    const loaded = new Map<string, Relation>();
    const load = async (key: string): Promise<Relation | undefined> => {
      const table = found.get(key);
      const relation = table === undefined ? undefined : await this.#load(key, table.location, table.index);
      if (relation !== undefined) {
        loaded.set(key, relation);
      }
      return relation;
    };
    const loadOnce = async (schema: string, name: string): Promise<Relation | undefined> => {
      const key = tableKey(schema, name);
      const pending = loads.get(key) ?? load(key);
      loads.set(key, pending);
      return await pending;
    };
    const versions = this.#versions;
    return {
      get version() {
        return versions.of(names, [...loaded.values()]);
      },
      has: (schema, name) => found.has(tableKey(schema, name)),
      find: (schema, name) => loaded.get(tableKey(schema, name)),
      load: loadOnce,
      relations: () =>
        [...found.values()].map(({ location: { schema, name } }) => ({
          schema,
          name,
          columns: async () => (await loadOnce(schema, name))?.columns,
        })),
    };
  }

  /** The relation a file function's call stands for: 42501 outside the roots, 58P01 when nothing matches. */
  async resolveFileFunction(call: FileFunctionCall): Promise<Relation> {
    return await withSqlErrors(async () => await this.#functions.resolve(call));
  }

  /** Files that a COPY ... FROM names: one, or those that match a pattern; 58P01 when there are none. */
  async copySources(path: string): Promise<readonly StoreLocation[]> {
    return await withSqlErrors(() => this.#functions.filesOf(path));
  }

  /** The place a COPY ... TO target names (see datasets-targets.ts). */
  async resolveCopyTarget(path: string): Promise<CopyTarget> {
    return await resolveCopyTarget(this.#roots, path);
  }

  /** Whatever was just written is seen by the next snapshot, whatever the file system's clock says. */
  invalidate(): void {
    this.#indexes.forEach((index) => index.invalidate());
  }

  async #load(key: string, location: TableLocation, index: DatasetIndex): Promise<Relation | undefined> {
    const table = this.#tables.get(key) ?? new DatasetTable(index, this.#inspector, this.#objects);
    this.#tables.set(key, table);
    return await withSqlErrors(async () => await table.load(location));
  }

  #warnHidden(index: DatasetIndex, key: string): void {
    const place = `${index.store.root}/${key}`;
    if (!this.#warned.has(place)) {
      this.#warned.add(place);
      this.#log('warn', { root: index.store.root, table: key }, 'a table is hidden by one of the same name in an earlier data root');
    }
  }

  /** Every table by key; the same map while no name changes. */
  async #find(): Promise<ReadonlyMap<string, FoundTable>> {
    const listings = await withSqlErrors(async () => await Promise.all(this.#indexes.map(async (index) => await index.tables())));
    if (listings.every((listing, index) => listing === this.#listings[index])) {
      return this.#found;
    }
    const found = new Map<string, FoundTable>();
    for (const [position, index] of this.#indexes.entries()) {
      for (const location of listings[position] ?? []) {
        const key = tableKey(location.schema, location.name);
        if (found.has(key)) {
          this.#warnHidden(index, key);
        } else {
          found.set(key, { location, index });
        }
      }
    }
    this.#listings = listings;
    this.#found = found;
    this.#names = [...found.keys()].join('\n');
    for (const key of this.#tables.keys()) {
      if (!found.has(key)) {
        this.#tables.delete(key);
      }
    }
    return found;
  }
}

/** Where a table is. */
interface FoundTable {
  readonly location: TableLocation;
  readonly index: DatasetIndex;
}
