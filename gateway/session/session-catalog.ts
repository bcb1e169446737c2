import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Relation } from '../../planner/relation/relation.js';
import { TEMPORARY_SCHEMA_NAME } from '../catalog/pg/views/schemas.js';

/** Schema of a session's temporary tables and views. */
export const TEMPORARY_SCHEMA = 'pg_temp';

/** A relation of the session with the session's other relations that it reads, by key. */
interface OwnRelation {
  readonly relation: Relation;
  readonly reads: readonly string[];
}

/** All relations by key, as they are at one moment. */
type OwnRelations = ReadonlyMap<string, OwnRelation>;

/** A relation's place in the catalog. */
export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

/** A state of the catalog to come back to. */
export interface SavedCatalog {
  readonly relations: OwnRelations;
}

/**
 * Views and temporary tables of one session, by schema and name. Relations are immutable: every change puts a new object
 * in place. Changes made in a transaction are undone when it rolls back.
 */
export class SessionCatalog {
  #relations: OwnRelations = new Map();
  #beforeTransaction: OwnRelations | null = null;
  #version = 0;

  /** Counts changes. */
  get version(): number {
    return this.#version;
  }

  /** The session's relation of that name, or undefined. */
  find(schema: string, name: string): Relation | undefined {
    return this.#relations.get(keyOf({ schema, name }))?.relation;
  }

  /** All of them. */
  all(): readonly Relation[] {
    return [...this.#relations.values()].map(({ relation }) => relation);
  }

  /** Adds a relation; 42P07 when the name is taken and `replace` is false. `reads` names what a view is made of. */
  put(relation: Relation, replace: boolean, reads: readonly RelationName[] = []): void {
    const key = keyOf(relation);
    if (!replace && this.#relations.has(key)) {
      throw new SqlError(SQLSTATE.duplicate_table, `relation "${relation.name}" already exists`);
    }
    const next = new Map(this.#relations);
    next.set(key, { relation, reads: reads.map(keyOf).filter((read) => read !== key) });
    this.#change(next);
  }

  /** Views that read any of these relations, directly or through other views, without the relations themselves. */
  dependents(names: readonly RelationName[]): readonly Relation[] {
    const reached = new Set(names.map(keyOf));
    const found: Relation[] = [];
    for (let count = -1; count !== found.length;) {
      count = found.length;
      for (const [key, { relation, reads }] of this.#relations) {
        if (!reached.has(key) && reads.some((read) => reached.has(read))) {
          reached.add(key);
          found.push(relation);
        }
      }
    }
    return found;
  }

  /** Removes relations. */
  remove(names: readonly RelationName[]): void {
    const removed = new Set(names.map(keyOf));
    this.#change(new Map([...this.#relations].filter(([key]) => !removed.has(key))));
  }

  /** Removes every relation (DISCARD ALL). */
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

  #change(relations: OwnRelations): void {
    if (relations !== this.#relations) {
      this.#relations = relations;
      this.#version += 1;
    }
  }
}

/** The schemas in which a session's own relation is looked for, given the one its name was written with. */
export function ownSchemas(schema: string | undefined): readonly string[] {
  return schema === undefined ? [TEMPORARY_SCHEMA, 'public'] : [schema];
}

/** The temporary schema goes by the name the catalogs list, too: tools write what they have read there. */
function keyOf({ schema, name }: RelationName): string {
  return `${schema === TEMPORARY_SCHEMA_NAME ? TEMPORARY_SCHEMA : schema}\0${name}`;
}
