import type { CounterState } from '../../fs/lake/counters.js';
import type { CounterStore } from './allocator.js';

const PREFIX = 'temporary ';

/** The name of a temporary sequence's counter. */
export function temporaryCounter(counter: string): string {
  return counter.startsWith(PREFIX) ? counter : `${PREFIX}${counter}`;
}

/** Counters of temporary sequences in memory, all others where they are stored. */
export class CountersWithTemporary implements CounterStore {
  readonly #stored: CounterStore;
  readonly #temporary = new Map<string, CounterState>();

  constructor(stored: CounterStore) {
    this.#stored = stored;
  }

  get isExclusive(): boolean {
    return this.#stored.isExclusive;
  }

  changeCounter(id: string, initial: CounterState, change: (state: CounterState) => CounterState): Promise<CounterState> {
    if (!id.startsWith(PREFIX)) {
      return this.#stored.changeCounter(id, initial, change);
    }
    const state = change(this.#temporary.get(id) ?? initial);
    this.#temporary.set(id, state);
    return Promise.resolve(state);
  }

  readCounter(id: string): Promise<CounterState | null> {
    return id.startsWith(PREFIX) ? Promise.resolve(this.#temporary.get(id) ?? null) : this.#stored.readCounter(id);
  }

  /** The sequence is gone. */
  forget(id: string): void {
    this.#temporary.delete(id);
  }
}
