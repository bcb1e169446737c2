import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Cursor } from '../cursors/cursor.js';
import type { Cursors } from '../cursors/cursors.js';
import type { SessionSettings, SettingValues } from '../settings/session-settings.js';
import type { SavedLake, SessionLake } from './session-lake.js';

/** What of a session a savepoint keeps. */
export interface SavepointOwner {
  readonly settings: SessionSettings;
  readonly lake: SessionLake;
  readonly cursors: Cursors;
}

interface Savepoint {
  readonly name: string;
  readonly settings: SettingValues;
  readonly lake: SavedLake;
  readonly cursors: ReadonlySet<Cursor>;
}

/** The savepoints of a transaction, oldest first; a name may be there more than once, the newest counts. */
export class Savepoints {
  readonly #owner: SavepointOwner;
  #savepoints: readonly Savepoint[] = [];

  constructor(owner: SavepointOwner) {
    this.#owner = owner;
  }

  /** SAVEPOINT. */
  async add(name: string): Promise<void> {
    const lake = await this.#owner.lake.save();
    const { settings, cursors } = this.#owner;
    this.#savepoints = [...this.#savepoints, { name, settings: settings.save(), cursors: cursors.save(), lake }];
  }

  /** RELEASE: forgets one and all after it. 3B001 when there is none of that name. */
  release(name: string): void {
    this.#savepoints = this.#savepoints.slice(0, this.#find(name).index);
  }

  /** ROLLBACK TO: brings back what it kept and forgets those after it. 3B001 when there is none of that name. */
  async restore(name: string): Promise<void> {
    const { index, savepoint } = this.#find(name);
    this.#owner.settings.restore(savepoint.settings);
    await this.#owner.lake.restore(savepoint.lake);
    await this.#owner.cursors.restore(savepoint.cursors);
    this.#savepoints = this.#savepoints.slice(0, index + 1);
  }

  /** The transaction has ended. */
  clear(): void {
    this.#savepoints = [];
  }

  #find(name: string): { readonly index: number; readonly savepoint: Savepoint } {
    const index = this.#savepoints.findLastIndex((candidate) => candidate.name === name);
    const savepoint = this.#savepoints[index];
    if (savepoint === undefined) {
      throw new SqlError(SQLSTATE.invalid_savepoint_specification, `savepoint "${name}" does not exist`);
    }
    return { index, savepoint };
  }
}
