import type { CatalogSession } from '../catalog/pg/catalog-state.js';

/** The sessions of a server, for pg_stat_activity. */
export class SessionRegistry {
  readonly #sessions = new Map<object, () => CatalogSession>();

  /** Adds a session; the result removes it. */
  add(describe: () => CatalogSession): () => void {
    const key = {};
    this.#sessions.set(key, describe);
    return () => {
      this.#sessions.delete(key);
    };
  }

  /** All sessions as they are now. */
  list(): readonly CatalogSession[] {
    return [...this.#sessions.values()].map((describe) => describe());
  }
}
