/** Iceberg's bucket of a long, by Murmur3 as its specification describes it. */
export function bucketOfInteger(value: bigint, count: number): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return (murmur3(bytes) & 0x7fffffff) % count;
}

/** The same of a text's UTF-8. */
export function bucketOfText(value: string, count: number): number {
  return (murmur3(Buffer.from(value)) & 0x7fffffff) % count;
}

/** Murmur3, x86, 32 bits, seed 0; signed. */
export function murmur3(bytes: Buffer): number {
  const wholeLength = bytes.length & ~3;
  let hash = 0;
  for (let at = 0; at < wholeLength; at += 4) {
    hash ^= mixed(bytes.readInt32LE(at));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let at = bytes.length - 1; at >= wholeLength; at--) {
    rest = (rest << 8) | bytes.readUInt8(at);
  }
  hash ^= mixed(rest) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function mixed(word: number): number {
  const scaled = Math.imul(word, 0xcc9e2d51);
  return Math.imul((scaled << 15) | (scaled >>> 17), 0x1b873593);
}
