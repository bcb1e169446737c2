import type { CounterState } from '../../fs/lake/counters.js';
import type {
  ExpiredSnapshots,
  Lake,
  LakeHistoryEntry,
  LakeTransaction,
  RemovalLimits,
  RemovedFiles,
  SnapshotTime,
  TemporaryObjects,
} from '../../fs/lake/lake.js';
import { LakeError } from '../../fs/lake/lake-error.js';
import type { LakeSnapshot } from '../../fs/lake/model.js';
import type { SharedLake } from './session-lake.js';

/** What is seen of a data directory that never had a stored table. */
export const EMPTY_SNAPSHOT: LakeSnapshot = {
  id: -1,
  schemaVersion: 'none',
  schemas: [],
  tables: [],
  views: [],
  findSchema: () => undefined,
  findTable: () => undefined,
  findView: () => undefined,
  data: () => Promise.reject(new LakeError('not_found', 'there are no tables')),
};

/** A lake whose catalog is made by the first transaction that writes, so that a directory that is only read stays as it is. */
export class LazyLake implements SharedLake {
  readonly dataPath: string;
  readonly #create: () => Promise<Lake>;
  readonly #createScratch: () => Promise<Lake>;
  #scratch: Lake | null = null;
  #openingScratch: Promise<Lake> | null = null;
  #lake: Lake | null;
  #opening: Promise<Lake> | null = null;

  /** `lake` is the catalog that is there already, null for none; `create` makes one, `createScratch` one that ends with the process. */
  constructor(dataPath: string, lake: Lake | null, create: () => Promise<Lake>, createScratch: () => Promise<Lake>) {
    this.dataPath = dataPath;
    this.#lake = lake;
    this.#create = create;
    this.#createScratch = createScratch;
  }

  get exists(): boolean {
    return this.#lake !== null;
  }

  get uuid(): string {
    return this.#lake?.uuid ?? '';
  }

  snapshot(): Promise<LakeSnapshot> {
    return this.#lake === null ? Promise.resolve(EMPTY_SNAPSHOT) : this.#lake.snapshot();
  }

  snapshotAt(at: SnapshotTime): Promise<LakeSnapshot> {
    return this.#lake === null ? Promise.reject(new LakeError('no_snapshot', 'there are no snapshots: nothing was stored yet')) : this.#lake.snapshotAt(at);
  }

  history(): Promise<readonly LakeHistoryEntry[]> {
    return this.#lake === null ? Promise.resolve([]) : this.#lake.history();
  }

  get isExclusive(): boolean {
    return this.#lake?.isExclusive ?? true;
  }

  async changeCounter(id: string, initial: CounterState, change: (state: CounterState) => CounterState): Promise<CounterState> {
    return (await this.#open()).changeCounter(id, initial, change);
  }

  readCounter(id: string): Promise<CounterState | null> {
    return this.#lake === null ? Promise.resolve(null) : this.#lake.readCounter(id);
  }

  async begin(temporary: TemporaryObjects | null = null): Promise<LakeTransaction> {
    return (await this.#open()).begin(temporary);
  }

  async beginTemporary(temporary: TemporaryObjects | null): Promise<LakeTransaction> {
    if (this.#lake !== null) {
      return this.#lake.begin(temporary);
    }
    this.#openingScratch ??= this.#createScratch().catch((error: unknown) => {
      this.#openingScratch = null;
      throw error;
    });
    this.#scratch = await this.#openingScratch;
    return this.#scratch.begin(temporary);
  }

  withTemporary(snapshot: LakeSnapshot, temporary: TemporaryObjects): LakeSnapshot {
    return (this.#lake ?? this.#scratch)?.withTemporary(snapshot, temporary) ?? snapshot;
  }

  expireSnapshots(expired: ExpiredSnapshots): Promise<readonly number[]> {
    return this.#lake === null ? Promise.resolve([]) : this.#lake.expireSnapshots(expired);
  }

  removeFiles(limits: RemovalLimits): Promise<RemovedFiles> {
    const nothing = { fileCount: 0, byteCount: 0 };
    return this.#lake === null ? Promise.resolve({ expired: nothing, orphans: nothing }) : this.#lake.removeFiles(limits);
  }

  runAlone<T>(work: () => Promise<T>): Promise<T | null> {
    return this.#lake === null ? work() : this.#lake.runAlone(work);
  }

  async close(): Promise<void> {
    const lake = this.#opening === null ? this.#lake : await this.#opening.catch(() => null);
    await lake?.close();
    await this.#scratch?.close();
  }

  #open(): Promise<Lake> {
    if (this.#lake !== null) {
      return Promise.resolve(this.#lake);
    }
    this.#opening ??= this.#create().then(
      (lake) => {
        this.#lake = lake;
        return lake;
      },
      (error: unknown) => {
        // The next writer tries again: the reason may be gone by then.
        this.#opening = null;
        throw error;
      },
    );
    return this.#opening;
  }
}
