import type { Prelude } from '../engine.js';
import type { Database } from './database.js';

/** Which preludes this process holds, by name. */
export class Preludes {
  readonly #held = new Map<string, string>();

  /** Runs the statements of every prelude that is not held in the version asked for. */
  async ensure(database: Database, preludes: readonly Prelude[]): Promise<void> {
    for (const prelude of preludes) {
      if (this.#held.get(prelude.name) === prelude.version) {
        continue;
      }
      this.#held.delete(prelude.name);
      for (const statement of prelude.statements) {
        await database.run(statement);
      }
      for (const script of prelude.scripts ?? []) {
        // Loaded for these alone: Arrow is large.
        const { registerScript } = await import('./script-function.js');
        await registerScript(database, script);
      }
      this.#held.set(prelude.name, prelude.version);
    }
  }
}
