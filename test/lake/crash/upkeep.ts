import type { RandomSource } from '../history/random-source.js';
import type { Actor } from './actor.js';
import type { WorkSession } from './work-session.js';

/** Compaction, expiry and removal of files beside the others' work: no row may change by it. */
export class Upkeep implements Actor {
  readonly name = 'upkeep';
  readonly #tables: readonly string[];

  constructor(tables: readonly string[]) {
    this.#tables = tables;
  }

  async step(session: WorkSession, random: RandomSource): Promise<void> {
    const statements = [
      `CALL sluice_compact('public.${random.pick(this.#tables)}')`,
      `CALL sluice_compact('public.${random.pick(this.#tables)}')`,
      "CALL sluice_expire_snapshots(older_than => '1 second')",
      "CALL sluice_remove_files(older_than => '0 seconds')",
    ];
    await session.transact([random.pick(statements)]);
  }

  check(): Promise<string[]> {
    return Promise.resolve([]);
  }
}
