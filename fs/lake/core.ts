import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CatalogDatabase, CatalogRow } from './catalog-database.js';
import type { InlinedFiles } from './inlined-cache.js';
import type { LakeCore } from './lake-core.js';
import type { Hold, Holds } from './holds.js';
import { LakeError } from './lake-error.js';
import type { SnapshotTime } from './lake.js';
import type { LakeSnapshot } from './model.js';
import { CatalogSnapshot } from './snapshot/catalog-snapshot.js';
import { findSnapshot } from './snapshot/find-snapshot.js';
import { loadDefinitions } from './snapshot/load-definitions.js';
import { reloadDefinitions } from './snapshot/reload-definitions.js';
import type { Presence } from './presence.js';
import { integer, text } from './snapshot/row-values.js';
import { touchedTables } from './snapshot/touched-tables.js';

/** Older snapshots remembered, for transactions that hold on to one and for time travel. */
const SNAPSHOT_COUNT_MAX = 16;

/** The catalog with what is remembered of it; every snapshot loaded shares with the newest known what did not change between them. */
export class CatalogCore implements LakeCore {
  readonly database: CatalogDatabase;
  readonly dataPath: string;
  readonly isDataForeign: boolean;
  readonly inlinedCache: InlinedFiles;
  readonly holds: Holds;
  readonly presence: Presence;
  /** In the order they were last used. */
  readonly #snapshots = new Map<number, CatalogSnapshot>();
  #newest: CatalogSnapshot | null = null;
  /** The question under way, and the one that comes after it. */
  #answering: Promise<unknown> = Promise.resolve();
  #next: Promise<LakeSnapshot> | null = null;

  constructor(
    database: CatalogDatabase,
    data: { readonly path: string; readonly isForeign: boolean },
    inlinedCache: InlinedFiles,
    holds: Holds,
    presence: Presence,
  ) {
    this.database = database;
    this.dataPath = data.path;
    this.isDataForeign = data.isForeign;
    this.inlinedCache = inlinedCache;
    this.holds = holds;
    this.presence = presence;
  }

  snapshot(): Promise<LakeSnapshot> {
    if (this.database.isExclusive && this.#newest !== null) {
      return Promise.resolve(this.#newest);
    }
    // Those who ask while a question is under way must not get an answer older than their asking: they share the next one, and with
    // them whoever asks in this turn of the event loop.
    this.#next ??= this.#answering
      .then(() => nextTurn())
      .then(() => {
        const answer = this.#askNewest();
        this.#next = null;
        this.#answering = answer.catch(() => undefined);
        return answer;
      });
    return this.#next;
  }

  async loadSnapshot(id: number): Promise<LakeSnapshot> {
    return await this.#load(id);
  }

  async snapshotAt(hold: Hold, at: SnapshotTime): Promise<LakeSnapshot> {
    const version = await findSnapshot(this.database, at);
    hold.read(version);
    await this.presence.publish();
    // What was expired before it was held is told here.
    return await this.#load(await findSnapshot(this.database, { version }));
  }

  publish(snapshot: LakeSnapshot): void {
    const loaded = this.#snapshots.get(snapshot.id);
    if (loaded !== undefined && (this.#newest === null || loaded.id > this.#newest.id)) {
      this.#newest = loaded;
    }
  }

  advance(from: number, to: { readonly id: number; readonly schemaVersion: number }, changes: readonly string[]): LakeSnapshot | null {
    const base = this.#newest;
    const touched = touchedTables(changes);
    if (base === null || base.id !== from || base.schemaVersion !== to.schemaVersion || touched === null || touched.hasDefinitions) {
      return null;
    }
    const snapshot = base.successor(to, touched.rows);
    this.#remember(snapshot);
    this.#newest = snapshot;
    return snapshot;
  }

  async #askNewest(): Promise<LakeSnapshot> {
    const [row] = await this.database.query(`SELECT max(snapshot_id) AS id FROM ${this.database.prefix}ducklake_snapshot`);
    if (row === undefined) {
      throw new LakeError('catalog', 'the catalog has no snapshot');
    }
    const id = integer(row, 'id');
    const loaded = this.#newest?.id === id ? this.#newest : await this.#load(id);
    if (this.#newest === null || loaded.id > this.#newest.id) {
      this.#newest = loaded;
    }
    return loaded;
  }

  async #load(id: number): Promise<CatalogSnapshot> {
    const known = this.#snapshots.get(id);
    if (known !== undefined) {
      this.#remember(known);
      return known;
    }
    const { prefix } = this.database;
    const base = this.#newest;
    const since = base === null || base.id >= id ? id : base.id + 1;
    const rows = await this.database.query(
      `SELECT s.snapshot_id, s.schema_version, c.changes_made FROM ${prefix}ducklake_snapshot s LEFT JOIN ${prefix}ducklake_snapshot_changes c ON c.snapshot_id = s.snapshot_id WHERE s.snapshot_id BETWEEN ${since} AND ${id} ORDER BY s.snapshot_id`,
    );
    const own = rows.at(-1);
    if (own === undefined || integer(own, 'snapshot_id') !== id) {
      throw new LakeError('no_snapshot', `there is no snapshot ${id}`);
    }
    // Of expired snapshots in between it is not known what they changed.
    const isWhole = base !== null && base.id < id && rows.length === id - base.id;
    const loaded = await this.#make(id, own, base, isWhole ? rows.map((row) => textOf(row)) : null);
    this.#remember(loaded);
    return loaded;
  }

  async #make(id: number, row: CatalogRow, base: CatalogSnapshot | null, changes: readonly string[] | null): Promise<CatalogSnapshot> {
    const identity = { id, schemaVersion: integer(row, 'schema_version') };
    const touched = changes === null ? null : touchedTables(changes);
    if (base === null || touched === null) {
      const definitions = await loadDefinitions(this.database, this.dataPath, id, null);
      return new CatalogSnapshot({ database: this.database, inlinedCache: this.inlinedCache }, identity, definitions);
    }
    const isSame = !touched.hasDefinitions && base.schemaVersion === identity.schemaVersion;
    return base.successor(identity, touched.rows, isSame ? base.definitions : await reloadDefinitions(this.database, this.dataPath, base, id));
  }

  #remember(snapshot: CatalogSnapshot): void {
    this.#snapshots.delete(snapshot.id);
    this.#snapshots.set(snapshot.id, snapshot);
    for (const id of this.#snapshots.keys()) {
      if (this.#snapshots.size <= SNAPSHOT_COUNT_MAX) {
        return;
      }
      this.#snapshots.delete(id);
    }
  }
}

function textOf(row: CatalogRow): string {
  return row['changes_made'] === null ? '' : text(row, 'changes_made');
}
