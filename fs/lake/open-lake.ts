import { join } from 'node:path';
import { setUpCatalog } from './bootstrap.js';
import type { CatalogDatabase } from './catalog-database.js';
import { CatalogCore } from './core.js';
import { openDuckdbCatalog } from './database/duckdb-catalog.js';
import { openPostgresCatalog } from './database/postgres-catalog.js';
import type { CounterState } from './counters.js';
import { Counters } from './counters.js';
import { Holds } from './holds.js';
import { InlinedFiles } from './inlined-cache.js';
import { LakeError } from './lake-error.js';
import type { ExpiredSnapshots, Lake, LakeHistoryEntry, LakeTransaction, RemovalLimits, RemovedFiles, SnapshotTime, TemporaryObjects } from './lake.js';
import type { LakeSnapshot } from './model.js';
import { integer, text, textOrNull } from './snapshot/row-values.js';
import { beginTransaction } from './transaction/lake-transaction.js';
import { overlayTemporary } from './transaction/temporary-objects.js';
import { expireSnapshots } from './upkeep/expire-snapshots.js';
import { removeFiles } from './upkeep/remove-files.js';

/** Where the catalog is kept. */
export type CatalogPlace = { readonly kind: 'duckdb'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/** What a lake is opened with. */
export interface OpenLakeOptions {
  readonly catalog: CatalogPlace;
  /** Absolute folder for the data files of a new catalog. */
  readonly dataPath: string;
  /** True when an existing catalog may have its files in another folder, its own; else it must be that one. */
  readonly mayBeElsewhere?: boolean;
  /** A directory of this process alone that executors can read; it is emptied. */
  readonly cacheDirectory: string;
}

/** Opens a catalog, making it where there is none. Throws LakeError `catalog`, `unavailable` or `unsupported`. */
export async function openLake(options: OpenLakeOptions): Promise<Lake> {
  const database = options.catalog.kind === 'duckdb' ? await openDuckdbCatalog(options.catalog.path) : await openPostgresCatalog(options.catalog.url);
  try {
    const identity = await setUpCatalog(database, options.dataPath);
    const isElsewhere = identity.dataPath !== options.dataPath.replace(/\/+$/, '');
    if (isElsewhere && options.mayBeElsewhere !== true) {
      throw new LakeError('catalog', 'the catalog belongs to another data directory', {
        detail: `Its data files are under ${identity.dataPath}, not under ${options.dataPath}.`,
      });
    }
    const cache = await InlinedFiles.open(join(options.cacheDirectory, 'inlined'));
    const holds = new Holds();
    const presence = await database.join(holds);
    return new OpenLake(identity.uuid, database, cache, new CatalogCore(database, { path: identity.dataPath, isForeign: isElsewhere }, cache, holds, presence));
  } catch (error) {
    await database.close();
    throw error;
  }
}

class OpenLake implements Lake {
  readonly uuid: string;
  readonly dataPath: string;
  readonly #database: CatalogDatabase;
  readonly #cache: InlinedFiles;
  readonly #core: CatalogCore;
  readonly #counters: Counters;

  constructor(uuid: string, database: CatalogDatabase, cache: InlinedFiles, core: CatalogCore) {
    this.uuid = uuid;
    this.dataPath = core.dataPath;
    this.#database = database;
    this.#cache = cache;
    this.#core = core;
    this.#counters = new Counters(database);
  }

  snapshot(): Promise<LakeSnapshot> {
    return this.#core.snapshot();
  }

  async snapshotAt(at: SnapshotTime): Promise<LakeSnapshot> {
    const hold = this.#core.holds.begin();
    try {
      return await this.#core.snapshotAt(hold, at);
    } finally {
      hold.end();
    }
  }

  async history(): Promise<readonly LakeHistoryEntry[]> {
    const { prefix, kind } = this.#database;
    const time = kind === 'duckdb' ? 'epoch_us(s.snapshot_time)' : 'CAST(extract(epoch FROM s.snapshot_time) * 1000000 AS BIGINT)';
    const rows = await this.#database.query(
      `SELECT s.snapshot_id, ${time} AS time_micros, s.schema_version, c.changes_made, c.author, c.commit_message FROM ${prefix}ducklake_snapshot s LEFT JOIN ${prefix}ducklake_snapshot_changes c ON c.snapshot_id = s.snapshot_id ORDER BY s.snapshot_id`,
    );
    return rows.map((row) => ({
      snapshotId: integer(row, 'snapshot_id'),
      timeMicros: BigInt(text(row, 'time_micros')),
      schemaVersion: integer(row, 'schema_version'),
      changes: textOrNull(row, 'changes_made') ?? '',
      author: textOrNull(row, 'author'),
      message: textOrNull(row, 'commit_message'),
    }));
  }

  async begin(temporary: TemporaryObjects | null = null): Promise<LakeTransaction> {
    return await beginTransaction(this.#core, temporary);
  }

  withTemporary(snapshot: LakeSnapshot, temporary: TemporaryObjects): LakeSnapshot {
    return overlayTemporary(this.#core, snapshot, temporary);
  }

  get isExclusive(): boolean {
    return this.#database.isExclusive;
  }

  changeCounter(id: string, initial: CounterState, change: (state: CounterState) => CounterState): Promise<CounterState> {
    return this.#counters.change(id, initial, change);
  }

  readCounter(id: string): Promise<CounterState | null> {
    return this.#counters.read(id);
  }

  expireSnapshots(expired: ExpiredSnapshots): Promise<readonly number[]> {
    return expireSnapshots(this.#core, expired);
  }

  removeFiles(limits: RemovalLimits): Promise<RemovedFiles> {
    return removeFiles(this.#core, limits);
  }

  runAlone<T>(work: () => Promise<T>): Promise<T | null> {
    return this.#database.runAlone(work);
  }

  async close(): Promise<void> {
    await this.#cache.close();
    await this.#core.presence.close();
    await this.#database.close();
  }
}
