import type { CatalogDatabase } from '../catalog-database.js';
import type { InlinedFiles } from '../inlined-cache.js';
import type { LakeSchema, LakeSnapshot, LakeTable, LakeTableData, LakeView } from '../model.js';
import type { Definitions } from './load-definitions.js';
import { loadTableData } from './load-table-data.js';
import type { TouchedRows, TouchedTables } from './touched-tables.js';

/** Where a snapshot reads what it has not been asked for yet. */
export interface SnapshotSource {
  readonly database: CatalogDatabase;
  readonly inlinedCache: InlinedFiles;
}

/** What tells one snapshot from another. */
export interface SnapshotIdentity {
  readonly id: number;
  readonly schemaVersion: number;
}

/** A table's data as it was read, and the earlier state that was known when it was not; `snapshotId` is when that was read. */
type KnownData =
  | { readonly kind: 'current'; readonly data: Promise<LakeTableData>; readonly table: LakeTable; readonly snapshotId: number }
  | {
      readonly kind: 'stale';
      readonly data: Promise<LakeTableData>;
      readonly table: LakeTable;
      readonly snapshotId: number;
      readonly change: TouchedRows;
    };

/** A snapshot as the catalog has it; the data of its tables is read when it is asked for. */
export class CatalogSnapshot implements LakeSnapshot {
  readonly id: number;
  readonly schemaVersion: number;
  readonly #source: SnapshotSource;
  readonly #definitions: Definitions;
  readonly #schemas: ReadonlyMap<string, LakeSchema>;
  readonly #tables: ReadonlyMap<string, LakeTable>;
  readonly #views: ReadonlyMap<string, LakeView>;
  readonly #data: Map<number, KnownData>;

  constructor(source: SnapshotSource, identity: SnapshotIdentity, definitions: Definitions, before?: CatalogSnapshot, touched: TouchedTables = new Map()) {
    this.id = identity.id;
    this.schemaVersion = identity.schemaVersion;
    this.#source = source;
    this.#definitions = definitions;
    if (before !== undefined && before.#definitions === definitions) {
      this.#schemas = before.#schemas;
      this.#tables = before.#tables;
      this.#views = before.#views;
    } else {
      this.#schemas = new Map(definitions.schemas.map((schema) => [schema.name, schema]));
      this.#tables = new Map(definitions.tables.map((table) => [qualified(table.schema, table.name), table]));
      this.#views = new Map(definitions.views.map((view) => [qualified(view.schema, view.name), view]));
    }
    this.#data = before === undefined ? new Map() : before.#dataFor(definitions, touched);
  }

  get definitions(): Definitions {
    return this.#definitions;
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
    const data = this.#loadData(table, known ?? null);
    const entry: KnownData = { kind: 'current', data, table, snapshotId: this.id };
    this.#data.set(table.id, entry);
    // A failure is told to who asked, and is not kept.
    data.catch(() => {
      if (this.#data.get(table.id) === entry) {
        this.#data.delete(table.id);
      }
    });
    return data;
  }

  /** A later snapshot in which only these tables have other rows, and perhaps other definitions. */
  successor(identity: SnapshotIdentity, touched: TouchedTables, definitions: Definitions = this.#definitions): CatalogSnapshot {
    return new CatalogSnapshot(this.#source, identity, definitions, this, touched);
  }

  /** What is known of tables' data, for a later snapshot; of a table that was defined anew nothing is. */
  #dataFor(definitions: Definitions, touched: TouchedTables): Map<number, KnownData> {
    const isSame = definitions === this.#definitions;
    const tables = new Map(isSame ? [] : definitions.tables.map((table) => [table.id, table]));
    const kept = [...this.#data].filter(([id, known]) => isSame || tables.get(id) === known.table);
    return new Map(kept.map(([id, known]) => [id, staleData(known, touched.get(id))]));
  }

  async #loadData(table: LakeTable, before: KnownData | null): Promise<LakeTableData> {
    const data = before === null ? null : await before.data.catch(() => null);
    const known =
      before === null || data === null ? null : { data, snapshotId: before.snapshotId, hasMoved: before.kind === 'stale' && before.change === 'moved' };
    return await loadTableData(this.#source.database, this.#source.inlinedCache, table, this.id, known);
  }
}

function staleData(known: KnownData, change: TouchedRows | undefined): KnownData {
  if (change === undefined) {
    return known;
  }
  const { data, table, snapshotId } = known;
  return { kind: 'stale', data, table, snapshotId, change: known.kind === 'stale' && known.change === 'moved' ? 'moved' : change };
}

function qualified(schema: string, name: string): string {
  return `${schema}\0${name}`;
}
