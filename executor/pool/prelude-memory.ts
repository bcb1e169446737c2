import type { Prelude } from '../engine.js';
import type { TaskWork } from '../protocol/messages.js';

/** Remembers which preludes a process holds, so that their statements (tens of kilobytes) are sent only when needed. */
export class PreludeMemory {
  readonly #held = new Map<string, string>();
  #pending: readonly Prelude[] = [];

  /** The work as it must be sent: preludes the process holds lose their statements. */
  strip(work: TaskWork): TaskWork {
    this.#pending = work.preludes;
    if (work.preludes.length === 0) {
      return work;
    }
    return {
      ...work,
      preludes: work.preludes.map((prelude) => (this.#held.get(prelude.name) === prelude.version ? { ...prelude, statements: [] } : prelude)),
    };
  }

  /** The task ended; after a failure it is unknown what the process holds, so all is sent again. */
  finished(succeeded: boolean): void {
    for (const prelude of this.#pending) {
      if (succeeded) {
        this.#held.set(prelude.name, prelude.version);
      } else {
        this.#held.delete(prelude.name);
      }
    }
    this.#pending = [];
  }
}
