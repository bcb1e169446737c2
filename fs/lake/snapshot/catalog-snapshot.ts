import type { CatalogDatabase } from '../catalog-database.js';
import type { InlinedFiles } from '../inlined-cache.js';
import type { LakeSchema, LakeSnapshot, LakeTable, LakeTableData, LakeView } from '../model.js';
import type { Definitions } from './load-definitions.js';
import { loadTableData } from './load-table-data.js';

/** Where a snapshot reads what it has not been asked for yet. */
export interface SnapshotSource {
  readonly database: CatalogDatabase;
  readonly inlinedCache: InlinedFiles;
}

/** What tells one snapshot from another. */
export interface SnapshotIdentity {
  readonly id: number;
  readonly schemaVersion: number;
  readonly timeMicros: bigint;
}

/** A table's data as it was read, and the earlier state that was known when it was not. */
type KnownData = { readonly kind: 'current'; readonly data: Promise<LakeTableData> } | { readonly kind: 'stale'; readonly data: Promise<LakeTableData> };

/** A snapshot as the catalog has it; the data of its tables is read when it is asked for. */
export class CatalogSnapshot implements LakeSnapshot {
  readonly id: number;
  readonly schemaVersion: number;
  readonly timeMicros: bigint;
  readonly #source: SnapshotSource;
  readonly #definitions: Definitions;
  readonly #schemas: ReadonlyMap<string, LakeSchema>;
  readonly #tables: ReadonlyMap<string, LakeTable>;
  readonly #views: ReadonlyMap<string, LakeView>;
  readonly #data: Map<number, KnownData>;

  constructor(
    source: SnapshotSource,
    identity: SnapshotIdentity,
    definitions: Definitions,
    before?: CatalogSnapshot,
    touched: ReadonlySet<number> = new Set(),
  ) {
    this.id = identity.id;
    this.schemaVersion = identity.schemaVersion;
    this.timeMicros = identity.timeMicros;
    this.#source = source;
    this.#definitions = definitions;
    if (before !== undefined && before.#definitions === definitions) {
      this.#schemas = before.#schemas;
      this.#tables = before.#tables;
      this.#views = before.#views;
      this.#data = new Map([...before.#data].map(([id, known]) => [id, touched.has(id) ? { kind: 'stale', data: known.data } : known]));
    } else {
      this.#schemas = new Map(definitions.schemas.map((schema) => [schema.name, schema]));
      this.#tables = new Map(definitions.tables.map((table) => [qualified(table.schema, table.name), table]));
      this.#views = new Map(definitions.views.map((view) => [qualified(view.schema, view.name), view]));
      this.#data = new Map();
    }
  }

  get schemas(): readonly LakeSchema[] {
    return this.#definitions.schemas;
  }

  get tables(): readonly LakeTable[] {
    return this.#definitions.tables;
  }

  get views(): readonly LakeView[] {
    return this.#definitions.views;
  }

  findSchema(name: string): LakeSchema | undefined {
    return this.#schemas.get(name);
  }

  findTable(schema: string, name: string): LakeTable | undefined {
    return this.#tables.get(qualified(schema, name));
  }

  findView(schema: string, name: string): LakeView | undefined {
    return this.#views.get(qualified(schema, name));
  }

  data(table: LakeTable): Promise<LakeTableData> {
    const known = this.#data.get(table.id);
    if (known?.kind === 'current') {
      return known.data;
    }
    const data = this.#loadData(table, known?.data ?? null);
    const entry: KnownData = { kind: 'current', data };
    this.#data.set(table.id, entry);
    // A failure is told to who asked, and is not kept.
    data.catch(() => {
      if (this.#data.get(table.id) === entry) {
        this.#data.delete(table.id);
      }
    });
    return data;
  }

  /** A later snapshot with the same names and columns, in which only these tables have other rows. */
  successor(identity: SnapshotIdentity, touched: ReadonlySet<number>): CatalogSnapshot {
    return new CatalogSnapshot(this.#source, identity, this.#definitions, this, touched);
  }

  async #loadData(table: LakeTable, before: Promise<LakeTableData> | null): Promise<LakeTableData> {
    const known = before === null ? null : await before.catch(() => null);
    return await loadTableData(this.#source.database, this.#source.inlinedCache, table, this.id, known);
  }
}

function qualified(schema: string, name: string): string {
  return `${schema}\0${name}`;
}
