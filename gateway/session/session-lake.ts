import type { Lake, LakeSavepoint, LakeTransaction, SnapshotTime, TemporaryObjects } from '../../fs/lake/lake.js';
import type { LakeSnapshot, LakeTable, LakeView } from '../../fs/lake/model.js';
import type { TableVersion } from '../../planner/parse/table-versions.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { InputSettings } from '../parameters/codec.js';
import { timestampMicros } from '../parameters/date-time.js';
import { lakeSchemaName } from './lake-schemas.js';
import { temporaryCounters } from '../sequences/column-sequence.js';
import { applyOnCommit } from './temporary-tables.js';
import { ownerTags } from '../security/privileges.js';
import type { Role } from '../security/roles.js';
import type { Log } from './services.js';

/** The catalog of a server's tables; until the first write there may be none. */
export interface SharedLake extends Lake {
  /** False while nothing was ever created: `begin` then makes the catalog, and snapshots are empty. */
  readonly exists: boolean;
  /** A transaction that stores nothing: where there is no catalog none is made for it. */
  beginTemporary(temporary: TemporaryObjects | null): Promise<LakeTransaction>;
}

/** What a statement is going to change: something new that is stored, something there is, only what is temporary, or only rows of that. */
export type ChangeKind = 'new' | 'existing' | 'temporary' | 'temporary rows';

/** What the tables need to know of their session. */
export interface LakeOwner {
  readonly services: { readonly lake: SharedLake; readonly log: Log; readonly sequences: { forget(counters: readonly string[]): void } };
  /** True inside a transaction, an implicit one too: what is seen then stays as it was first seen. */
  readonly inTransaction: boolean;
  /** Schemas for names without one, in order. */
  schemasSearched(): readonly string[];
  requireWritable(command: string): void;
  readonly access: { role(snapshot: LakeSnapshot): Role };
  readonly settings: { output(): InputSettings };
  /** For a job: what its commits say in the catalog's history, and a last look whether they may be. */
  readonly commitGuard: { readonly message: string; readonly check: () => Promise<void> } | null;
}

/** A state of the session's changes to come back to. */
export interface SavedLake {
  /** What was open then; null for nothing. */
  readonly open: { readonly transaction: LakeTransaction; readonly savepoint: LakeSavepoint } | null;
}

/**
 * The lake's tables as one session sees them. Between transactions that is the newest snapshot. A transaction has one
 * snapshot from its first look on, the same one that its changes are staged over, so nothing it decides on can have been
 * changed by others without its commit noticing.
 */
export class SessionLake {
  readonly #owner: LakeOwner;
  #transaction: Promise<OpenTransaction> | null = null;
  /** What a transaction saw before there was a catalog. */
  #seenEmpty: LakeSnapshot | null = null;
  #changeCount = 0;
  #changeTotal = 0;
  /** Roll-backs under way: whoever ends the transaction waits for them. */
  #ending: Promise<void> = Promise.resolve();
  /** The session's own tables and views as of the last transaction that was committed. */
  #temporary: TemporaryObjects | null = null;
  #counters: ReadonlySet<string> = new Set();
  #seen: { readonly base: LakeSnapshot; readonly temporary: TemporaryObjects; readonly snapshot: LakeSnapshot } | null = null;

  constructor(owner: LakeOwner) {
    this.#owner = owner;
  }

  /** The snapshot of the open transaction with its own changes; without one the newest. */
  async snapshot(): Promise<LakeSnapshot> {
    const { lake } = this.#owner.services;
    if (!this.#owner.inTransaction) {
      return this.#withTemporary(await lake.snapshot());
    }
    if (this.#transaction === null && (this.#seenEmpty !== null || !lake.exists)) {
      this.#seenEmpty ??= await lake.snapshot();
      return this.#withTemporary(this.#seenEmpty);
    }
    return (await this.#open('existing')).transaction.current;
  }

  /**
   * An older snapshot; in a transaction none that is newer than what it sees. Throws LakeError `no_snapshot`,
   * `snapshot_expired`; 22007 and the like for a time that is none.
   */
  async snapshotAt(version: TableVersion): Promise<LakeSnapshot> {
    const newest = await this.snapshot();
    const at: SnapshotTime =
      version.kind === 'version'
        ? { version: version.id, newest: newest.id }
        : { timeMicros: timestampMicros(version.text, this.#owner.settings.output()), newest: newest.id };
    // A transaction keeps what it has looked at until it ends.
    const open = await this.#transaction;
    return await (open === null ? this.#owner.services.lake.snapshotAt(at) : open.transaction.snapshotAt(at));
  }

  /**
   * The transaction to stage changes in; 25006 when it may only read, but for rows of temporary tables. `command` is the
   * statement's name in that error.
   */
  async writable(command: string, kind: ChangeKind = 'new'): Promise<LakeTransaction> {
    if (kind !== 'temporary rows') {
      this.#owner.requireWritable(command);
    }
    if (!this.#owner.inTransaction) {
      throw new Error('a change was made outside of a transaction');
    }
    this.#changeCount += 1;
    this.#changeTotal += 1;
    const { transaction } = await this.#open(kind);
    transaction.tagsOfNew = ownerTags(this.#owner.access.role(transaction.current));
    return transaction;
  }

  /** True when what is seen may be the session's alone: it staged something, or has temporary objects. */
  get hasChanges(): boolean {
    return this.#changeCount > 0 || this.#temporary !== null;
  }

  /** Counts the times the transaction was asked for to change something, over the session's life. */
  get changeCount(): number {
    return this.#changeTotal;
  }

  /** A table by its SQL name, schemas without one by search_path. */
  findTable(schema: string | undefined, name: string): Promise<LakeTable | undefined> {
    return this.#find(schema, (snapshot, lakeSchema) => snapshot.findTable(lakeSchema, name));
  }

  /** A stored view by its SQL name. */
  findView(schema: string | undefined, name: string): Promise<LakeView | undefined> {
    return this.#find(schema, (snapshot, lakeSchema) => snapshot.findView(lakeSchema, name));
  }

  async #find<T>(schema: string | undefined, find: (snapshot: LakeSnapshot, lakeSchema: string) => T | undefined): Promise<T | undefined> {
    const snapshot = await this.snapshot();
    for (const candidate of schema === undefined ? this.#owner.schemasSearched() : [schema]) {
      const found = find(snapshot, lakeSchemaName(snapshot, candidate));
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  /** The state now, for `restore` (SAVEPOINT). */
  async save(): Promise<SavedLake> {
    const open = await this.#transaction;
    return { open: open === null ? null : { transaction: open.transaction, savepoint: open.transaction.save() } };
  }

  /** Back to a saved state (ROLLBACK TO). */
  async restore(saved: SavedLake): Promise<void> {
    let open = await this.#transaction;
    this.#changeTotal += 1;
    if (open !== null && open.before !== null && saved.open?.transaction !== open.transaction) {
      // The catalog was made after the savepoint: what was staged since is all undone.
      await open.transaction.rollback();
      open = open.before;
      this.#transaction = Promise.resolve(open);
    }
    open?.transaction.restore(saved.open?.savepoint ?? open.start);
  }

  /** Makes the transaction's changes last; when this throws they are undone. */
  async commit(): Promise<void> {
    const pending = this.#transaction;
    this.#seenEmpty = null;
    this.#changeCount = 0;
    if (pending === null) {
      return;
    }
    this.#transaction = null;
    const { transaction, before, isStored } = await pending;
    if (transaction.isEmpty && before === null) {
      await transaction.rollback();
      return;
    }
    try {
      applyOnCommit(transaction);
      const guard = isStored ? this.#owner.commitGuard : null;
      await guard?.check();
      const { id } = await transaction.commit(guard === null ? {} : { message: guard.message });
      if (!isStored && id !== transaction.base.id) {
        throw new Error('something was stored in a catalog that ends with the process');
      }
      await before?.transaction.commit();
      this.#keepTemporary(transaction);
    } catch (error) {
      await transaction.rollback();
      await before?.transaction.rollback();
      throw error;
    }
  }

  /** Forgets the transaction's changes at once; resolves when its files are gone too. Never fails: what could not be removed is logged. */
  rollback(): Promise<void> {
    const pending = this.#transaction;
    this.#transaction = null;
    this.#seenEmpty = null;
    this.#changeCount = 0;
    if (pending !== null) {
      const before = this.#ending;
      this.#ending = this.#rollBack(pending).then(() => before);
    }
    return this.#ending;
  }

  async #rollBack(pending: Promise<OpenTransaction>): Promise<void> {
    try {
      const { transaction, before } = await pending;
      this.#forgetCounters(temporaryCounters(transaction.current), this.#counters);
      await transaction.rollback();
      await before?.transaction.rollback();
    } catch (error) {
      // One that could not even be begun has nothing to undo, and has told its statement why.
      this.#owner.services.log('warn', { error: String(error) }, 'a transaction of stored tables left files behind when it was rolled back');
    }
  }

  /** The session is over: so are its temporary objects. */
  forgetTemporary(): void {
    this.#forgetCounters([...this.#counters], new Set());
    this.#counters = new Set();
    this.#temporary = null;
    this.#seen = null;
  }

  #keepTemporary({ temporary, current }: LakeTransaction): void {
    const counters = new Set(temporaryCounters(current));
    this.#forgetCounters([...this.#counters], counters);
    this.#counters = counters;
    this.#temporary = temporary;
  }

  #forgetCounters(counters: readonly string[], kept: ReadonlySet<string>): void {
    this.#owner.services.sequences.forget(counters.filter((counter) => !kept.has(counter)));
  }

  #withTemporary(base: LakeSnapshot): LakeSnapshot {
    if (this.#temporary === null) {
      return base;
    }
    if (this.#seen?.base !== base || this.#seen.temporary !== this.#temporary) {
      this.#seen = { base, temporary: this.#temporary, snapshot: this.#owner.services.lake.withTemporary(base, this.#temporary) };
    }
    return this.#seen.snapshot;
  }

  async #open(kind: ChangeKind): Promise<OpenTransaction> {
    if (this.#transaction === null) {
      return await this.#opening(this.#begin(kind, null));
    }
    const open = await this.#transaction;
    return open.isStored || kind !== 'new' ? open : await this.#opening(this.#begin(kind, open));
  }

  #opening(opening: Promise<OpenTransaction>): Promise<OpenTransaction> {
    const before = this.#transaction;
    this.#transaction = opening;
    opening.catch(() => {
      if (this.#transaction === opening) {
        this.#transaction = before;
      }
    });
    return opening;
  }

  /** `before`: a transaction that stores nothing, which goes on in one that does. */
  async #begin(kind: ChangeKind, before: OpenTransaction | null): Promise<OpenTransaction> {
    const { lake } = this.#owner.services;
    const temporary = before === null ? this.#temporary : before.transaction.temporary;
    const isStored = lake.exists || kind === 'new';
    const transaction = isStored ? await lake.begin(temporary) : await lake.beginTemporary(temporary);
    if ((this.#seenEmpty !== null || before !== null) && transaction.base.id > 0) {
      await transaction.rollback();
      throw new SqlError(SQLSTATE.serialization_failure, 'could not serialize access due to concurrent update', {
        detail: 'The first tables were created after this transaction began.',
      });
    }
    return { transaction, start: transaction.save(), isStored, before };
  }
}

interface OpenTransaction {
  readonly transaction: LakeTransaction;
  readonly start: LakeSavepoint;
  /** False for one that stores nothing, over no catalog. */
  readonly isStored: boolean;
  /** What the transaction was before there was something to store. */
  readonly before: OpenTransaction | null;
}
