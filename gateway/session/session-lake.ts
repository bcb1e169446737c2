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
}

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
}

/** A state of the session's changes to come back to. */
export interface SavedLake {
  readonly savepoint: LakeSavepoint | null;
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
      return this.#seenEmpty;
    }
    return (await this.#open()).transaction.current;
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

  /** The transaction to stage changes in; 25006 when it may only read, where it is not for rows of a temporary table. `command` is the statement's name in that error. */
  async writable(command: string, { temporary }: { readonly temporary: boolean } = { temporary: false }): Promise<LakeTransaction> {
    if (!temporary) {
      this.#owner.requireWritable(command);
    }
    if (!this.#owner.inTransaction) {
      throw new Error('a change was made outside of a transaction');
    }
    this.#changeCount += 1;
    this.#changeTotal += 1;
    const { transaction } = await this.#open();
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
    return { savepoint: open === null ? null : open.transaction.save() };
  }

  /** Back to a saved state (ROLLBACK TO). */
  async restore(saved: SavedLake): Promise<void> {
    const open = await this.#transaction;
    this.#changeTotal += 1;
    open?.transaction.restore(saved.savepoint ?? open.start);
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
    const { transaction } = await pending;
    if (transaction.isEmpty) {
      await transaction.rollback();
      return;
    }
    try {
      applyOnCommit(transaction);
      await transaction.commit();
      this.#keepTemporary(transaction);
    } catch (error) {
      await transaction.rollback();
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
      const { transaction } = await pending;
      this.#forgetCounters(temporaryCounters(transaction.current), this.#counters);
      await transaction.rollback();
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

  #open(): Promise<OpenTransaction> {
    if (this.#transaction === null) {
      const opening = this.#begin();
      this.#transaction = opening;
      opening.catch(() => {
        if (this.#transaction === opening) {
          this.#transaction = null;
        }
      });
    }
    return this.#transaction;
  }

  async #begin(): Promise<OpenTransaction> {
    const transaction = await this.#owner.services.lake.begin(this.#temporary);
    if (this.#seenEmpty !== null && transaction.base.id > 0) {
      await transaction.rollback();
      throw new SqlError(SQLSTATE.serialization_failure, 'could not serialize access due to concurrent update', {
        detail: 'The first tables were created after this transaction began.',
      });
    }
    return { transaction, start: transaction.save() };
  }
}

interface OpenTransaction {
  readonly transaction: LakeTransaction;
  readonly start: LakeSavepoint;
}
