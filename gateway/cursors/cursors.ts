import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Cursor } from './cursor.js';

/** A session's cursors by name, with the transaction's savepoints they were made under. */
export class Cursors {
  readonly #cursors = new Map<string, Cursor>();

  /** Adds a cursor; 42P03 when there is one of its name. */
  add(cursor: Cursor): void {
    this.assertFree(cursor.name);
    this.#cursors.set(cursor.name, cursor);
  }

  assertFree(name: string): void {
    if (this.#cursors.has(name)) {
      throw new SqlError(SQLSTATE.duplicate_cursor, `cursor "${name}" already exists`);
    }
  }

  find(name: string): Cursor | undefined {
    return this.#cursors.get(name);
  }

  /** The cursor of that name; 34000 when there is none. */
  require(name: string): Cursor {
    const cursor = this.#cursors.get(name);
    if (cursor === undefined) {
      throw new SqlError(SQLSTATE.invalid_cursor_name, `cursor "${name}" does not exist`);
    }
    return cursor;
  }

  all(): readonly Cursor[] {
    return [...this.#cursors.values()];
  }

  /** CLOSE. */
  async close(name: string): Promise<void> {
    const cursor = this.require(name);
    this.#cursors.delete(name);
    await cursor.close();
  }

  async closeAll(): Promise<void> {
    await this.#closeThose(() => true);
  }

  /** The transaction has ended: what is not held is closed; after a rollback also what was declared in it. */
  async endTransaction(outcome: 'commit' | 'rollback', before: ReadonlySet<Cursor>): Promise<void> {
    await this.#closeThose((cursor) => !cursor.hold || (outcome === 'rollback' && !before.has(cursor)));
  }

  /** Cursors that are open now, to come back to. */
  save(): ReadonlySet<Cursor> {
    return new Set(this.#cursors.values());
  }

  /** ROLLBACK TO: what was declared since is closed. */
  async restore(saved: ReadonlySet<Cursor>): Promise<void> {
    await this.#closeThose((cursor) => !saved.has(cursor));
  }

  async #closeThose(wanted: (cursor: Cursor) => boolean): Promise<void> {
    const closed = this.all().filter(wanted);
    for (const cursor of closed) {
      this.#cursors.delete(cursor.name);
    }
    await Promise.all(closed.map((cursor) => cursor.close()));
  }
}
