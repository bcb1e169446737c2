import type { Relation } from '../../planner/relation/relation.js';

/** Snapshot states remembered at most; sessions rarely hold more than a few. */
const STATES_MAX = 64;

/** Numbers the states of the catalog: one number for the same names and the same loaded relations. */
export class SnapshotVersions {
  readonly #numbers = new Map<string, number>();
  readonly #relations = new WeakMap<Relation, number>();
  #last = 0;

  /** The number of a state. `names` are the keys of all tables. */
  of(names: string, loaded: readonly Relation[]): number {
    const key = JSON.stringify([names, loaded.map((relation) => this.#ofRelation(relation)).toSorted((a, b) => a - b)]);
    const known = this.#numbers.get(key);
    const number = known ?? ++this.#last;
    this.#numbers.delete(key);
    this.#numbers.set(key, number);
    for (const oldest of this.#numbers.keys()) {
      if (this.#numbers.size <= STATES_MAX) {
        break;
      }
      this.#numbers.delete(oldest);
    }
    return number;
  }

  /** Relations are immutable: a new version is a new object. */
  #ofRelation(relation: Relation): number {
    const number = this.#relations.get(relation) ?? ++this.#last;
    this.#relations.set(relation, number);
    return number;
  }
}
