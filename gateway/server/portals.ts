import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Portal } from './portal.js';

/** A suspended portal holds an executor; drivers open a few at a time. */
export const PORTAL_COUNT_MAX = 1_000;

/** The portals of a connection by name; the unnamed one has the name ''. */
export class Portals {
  readonly #byName = new Map<string, Portal>();

  /** Keeps a portal; only the unnamed one is replaced. */
  async add(portal: Portal): Promise<void> {
    if (portal.name === '') {
      await this.drop('');
    } else {
      this.assertFree(portal.name);
    }
    if (this.#byName.size >= PORTAL_COUNT_MAX) {
      throw new SqlError(SQLSTATE.configuration_limit_exceeded, 'too many portals', {
        detail: `A connection may hold ${PORTAL_COUNT_MAX} of them.`,
      });
    }
    this.#byName.set(portal.name, portal);
  }

  assertFree(name: string): void {
    if (this.#byName.has(name)) {
      throw new SqlError(SQLSTATE.duplicate_cursor, `cursor "${name}" already exists`);
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  get(name: string): Portal {
    const portal = this.#byName.get(name);
    if (portal === undefined) {
      throw new SqlError(SQLSTATE.invalid_cursor_name, `portal "${name}" does not exist`);
    }
    return portal;
  }

  /** Closes a portal; nothing happens when there is none of that name. */
  async drop(name: string): Promise<void> {
    const portal = this.#byName.get(name);
    if (portal !== undefined) {
      this.#byName.delete(name);
      await portal.close();
    }
  }

  /** Closes all of them: their transaction is over. */
  async dropAll(): Promise<void> {
    if (this.#byName.size === 0) {
      return;
    }
    const portals = [...this.#byName.values()];
    this.#byName.clear();
    for (const portal of portals) {
      await portal.close();
    }
  }

  /** Ends what suspended portals still produce; they stay known, as in a failed transaction of Postgres. */
  async failAll(): Promise<void> {
    for (const portal of this.#byName.values()) {
      await portal.close();
      portal.state = { kind: 'failed' };
    }
  }
}
