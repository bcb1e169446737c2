/** Pseudo-random numbers that a seed repeats (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * limit);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) {
      throw new Error('nothing to pick from');
    }
    return item;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** A message as it was, or with bytes flipped, cut out, doubled or put in; its announced length may no longer hold. */
export function mutate(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length);
  switch (random.below(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      flipped[at] = random.below(256);
      return flipped;
    }
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(8)), bytes.subarray(at)]);
    case 3:
      return withTrueLength(Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(20)), bytes.subarray(at)]));
    case 4:
      return withTrueLength(bytes.subarray(0, Math.max(at, 5)));
    default:
      return bytes;
  }
}

/** The message with a length that is right again, so that the fault is inside its body. */
function withTrueLength(bytes: Buffer): Buffer {
  if (bytes.length < 5) {
    return bytes;
  }
  const repaired = Buffer.from(bytes);
  repaired.writeInt32BE(repaired.length - 1, 1);
  return repaired;
}
