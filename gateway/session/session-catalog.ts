import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Relation } from '../../planner/relation/relation.js';

/** Schema of a session's temporary tables and views. */
export const TEMPORARY_SCHEMA = 'pg_temp';

/** A state of the catalog to come back to. */
export interface SavedCatalog {
  readonly relations: ReadonlyMap<string, Relation>;
}

/**
 * Views and temporary tables of one session, by schema and name. Relations are immutable: every change puts a new object
 * in place. Changes made in a transaction block are undone when it rolls back.
 */
export class SessionCatalog {
  #relations: ReadonlyMap<string, Relation> = new Map();
  #beforeTransaction: ReadonlyMap<string, Relation> | null = null;
  #version = 0;

  /** Counts changes. */
  get version(): number {
    return this.#version;
  }

  /** The session's relation of that name, or undefined. */
  find(schema: string, name: string): Relation | undefined {
    return this.#relations.get(key(schema, name));
  }

  /** All of them. */
  all(): readonly Relation[] {
    return [...this.#relations.values()];
  }

  /** Adds a relation; 42P07 when the name is taken and `replace` is false. */
  put(relation: Relation, replace: boolean): void {
    if (!replace && this.#relations.has(key(relation.schema, relation.name))) {
      throw new SqlError(SQLSTATE.duplicate_table, `relation "${relation.name}" already exists`);
    }
    const next = new Map(this.#relations);
    next.set(key(relation.schema, relation.name), relation);
    this.#change(next);
  }

  /** Removes a relation; false when there is none. */
  remove(schema: string, name: string): boolean {
    const next = new Map(this.#relations);
    const removed = next.delete(key(schema, name));
    if (removed) {
      this.#change(next);
    }
    return removed;
  }

  /** Removes every temporary relation (DISCARD TEMP). */
  clear(): void {
    this.#change(new Map());
  }

  /** The state now, for `restore`. */
  save(): SavedCatalog {
    return { relations: this.#relations };
  }

  /** Back to a saved state (ROLLBACK TO). */
  restore(saved: SavedCatalog): void {
    this.#change(saved.relations);
  }

  /** From now on changes can be undone. */
  beginTransaction(): void {
    this.#beforeTransaction ??= this.#relations;
  }

  /** Ends the transaction. */
  endTransaction(outcome: 'commit' | 'rollback'): void {
    if (this.#beforeTransaction !== null && outcome === 'rollback') {
      this.#change(this.#beforeTransaction);
    }
    this.#beforeTransaction = null;
  }

  #change(relations: ReadonlyMap<string, Relation>): void {
    this.#relations = relations;
    this.#version += 1;
  }
}

function key(schema: string, name: string): string {
  return `${schema}\0${name}`;
}
