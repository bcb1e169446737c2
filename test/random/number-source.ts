import assert from 'node:assert/strict';

/** A seeded source of choices: the same seed makes the same choices on every machine. */
export class NumberSource {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds start far apart.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
    this.below(2);
    this.below(2);
  }

  /** An integer from 0 up to `bound` - 1. */
  below(bound: number): number {
    assert(bound >= 1);
    // The mulberry32 generator: 32 bits of state are plenty for one query.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of the values. */
  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    assert(value !== undefined);
    return value;
  }

  /** One of the makers, each as likely as its weight. */
  weighted<T>(makers: readonly (readonly [weight: number, make: () => T])[]): T {
    let point = this.below(makers.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, make] of makers) {
      if (point < weight) {
        return make();
      }
      point -= weight;
    }
    throw new Error('weights do not add up');
  }
}
