/** How often shares follow the number of running statements. */
const REBALANCE_MS = 250;

/** Least memory a DuckDB is given: below it even small sorts fail. */
const SHARE_BYTES_MIN = 64 << 20;

/**
 * Divides the memory among the statements that run. One statement alone may use all of it; otherwise each has
 * memory / n, n being the number of running statements rounded up to a power of two, so that shares change seldom.
 * Shares follow the number with a delay (a quarter of a second): statements shorter than that never pay for a change,
 * and nobody fills its memory in that time. A share that shrinks below what DuckDB cannot spill stays as it was in
 * that process until it can.
 */
export class MemoryShare {
  readonly #memoryBytes: number;
  readonly #apply: (shareBytes: number) => void;
  #bytes: number;
  #running = 0;
  #peak = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(memoryBytes: number, apply: (shareBytes: number) => void) {
    this.#memoryBytes = memoryBytes;
    this.#bytes = memoryBytes;
    this.#apply = apply;
  }

  /** What a statement that starts now may use. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Tells how many statements run now. */
  update(running: number): void {
    this.#running = running;
    this.#peak = Math.max(this.#peak, running);
    if (this.#timer === null) {
      this.#timer = setTimeout(() => this.#rebalance(), REBALANCE_MS);
      this.#timer.unref();
    }
  }

  /** Stops following. */
  close(): void {
    if (this.#timer !== null) {
      clearTimeout(this.#timer);
    }
  }

  #rebalance(): void {
    this.#timer = null;
    const share = shareOf(this.#memoryBytes, this.#peak);
    this.#peak = this.#running;
    if (share !== this.#bytes) {
      this.#bytes = share;
      this.#apply(share);
    }
    if (this.#running < this.#peak || shareOf(this.#memoryBytes, this.#running) !== share) {
      this.update(this.#running);
    }
  }
}

/** The share of each of `count` statements. */
function shareOf(memoryBytes: number, count: number): number {
  const parts = 2 ** Math.ceil(Math.log2(Math.max(1, count)));
  return Math.max(SHARE_BYTES_MIN, Math.floor(memoryBytes / parts));
}
