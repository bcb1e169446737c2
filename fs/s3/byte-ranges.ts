/** Bytes `start` to `end`, exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Ranges in order, overlapping and touching ones as one, and those with at most `gap` bytes between them. */
export function mergeRanges(ranges: readonly ByteRange[], gap: number = 0): readonly ByteRange[] {
  const merged: ByteRange[] = [];
  for (const range of ranges.filter(({ start, end }) => start < end).toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end + gap) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** What of `ranges` (in order, disjoint) is not in `taken` (in order, disjoint). */
export function subtractRanges(ranges: readonly ByteRange[], taken: readonly ByteRange[]): readonly ByteRange[] {
  const left: ByteRange[] = [];
  let position = 0;
  for (const { start, end } of ranges) {
    while ((taken[position]?.end ?? Number.POSITIVE_INFINITY) <= start) {
      position += 1;
    }
    let from = start;
    for (let index = position; from < end; index++) {
      const hole = taken[index];
      if (hole === undefined || hole.start >= end) {
        left.push({ start: from, end });
        break;
      }
      if (hole.start > from) {
        left.push({ start: from, end: hole.start });
      }
      from = Math.max(from, hole.end);
    }
  }
  return left;
}

/** Ranges cut into parts of at most `size` bytes. */
export function splitRanges(ranges: readonly ByteRange[], size: number): readonly ByteRange[] {
  return ranges.flatMap(({ start, end }) => {
    const count = Math.ceil((end - start) / size);
    const length = Math.ceil((end - start) / count);
    return Array.from({ length: count }, (_, index) => ({ start: start + index * length, end: Math.min(end, start + (index + 1) * length) }));
  });
}
