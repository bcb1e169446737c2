/** The first failure costs this much; each further one of the same address twice as much. */
const FIRST_DELAY_MS = 250;
const DELAY_MAX_MS = 8000;
/** An address without a failure for so long starts anew. */
const FORGET_MS = 60_000;
/** Addresses remembered; beyond, the one that failed longest ago is forgotten. */
const ADDRESS_COUNT_MAX = 10_000;

/** Slows those who guess: how long the answer to a failed login is kept back, by address. */
export class FailedLogins {
  readonly #failures = new Map<string, { readonly count: number; readonly atMs: number }>();

  /** Counts a failure; milliseconds to wait before it is told. */
  add(address: string, nowMs: number = Date.now()): number {
    const before = this.#failures.get(address);
    const count = before === undefined || nowMs - before.atMs > FORGET_MS ? 1 : before.count + 1;
    this.#failures.delete(address);
    this.#failures.set(address, { count, atMs: nowMs });
    if (this.#failures.size > ADDRESS_COUNT_MAX) {
      const [oldest] = this.#failures.keys();
      this.#failures.delete(oldest ?? '');
    }
    return Math.min(FIRST_DELAY_MS * 2 ** Math.min(count - 1, 10), DELAY_MAX_MS);
  }

  /** A login that worked forgives what came before. */
  clear(address: string): void {
    this.#failures.delete(address);
  }
}
