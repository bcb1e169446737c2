import type { ShuffleFile } from './manifest.js';

/** A shuffle file, or a range of its rows. */
export interface FilePart {
  readonly file: ShuffleFile;
  readonly rows?: { readonly first: number; readonly count: number };
}

/** Rows of one input. */
export interface InputPartitions {
  readonly stage: number;
  /** By partition, of files that hold one. */
  readonly rowCounts: readonly number[];
  /** Of files that several tasks read. */
  readonly commonRowCount: number;
}

/** A partition that several tasks share, each with a share of one input's rows. */
export interface SkewedPartition {
  readonly stage: number;
  readonly partition: number;
  readonly shareCount: number;
}

/** A partition is shared when it has this many times the mean of its input; below it the other side is read twice for little. */
const SKEW_FACTOR = 1.5;

/** Rows a task's share has at least: below it a task costs more than its work. */
const SHARE_ROW_COUNT_MIN = 50_000;

/** Tasks that share one partition at most: each reads all of the other inputs' partition. */
const SHARES_MAX = 32;

/** The partitions far larger than the mean of their input, each once, by the input that has most rows in it. Rows, not bytes: many equal keys are few bytes. */
export function findSkewed(inputs: readonly InputPartitions[]): ReadonlyMap<number, SkewedPartition> {
  const found = new Map<number, SkewedPartition & { readonly rowCount: number }>();
  for (const { stage, rowCounts } of inputs) {
    const mean = rowCounts.reduce((sum, count) => sum + count, 0) / Math.max(1, rowCounts.length);
    for (const [partition, rowCount] of rowCounts.entries()) {
      const shareCount = Math.min(SHARES_MAX, Math.ceil(rowCount / mean), Math.floor(rowCount / SHARE_ROW_COUNT_MIN));
      if (rowCount > SKEW_FACTOR * mean && shareCount > 1 && rowCount > (found.get(partition)?.rowCount ?? 0)) {
        found.set(partition, { stage, partition, shareCount, rowCount });
      }
    }
  }
  return found;
}

/** Share `index` of `count` of the rows of files laid end to end: all shares together are every row once. */
export function shareOfRows(files: readonly ShuffleFile[], index: number, count: number): readonly FilePart[] {
  const total = files.reduce((sum, file) => sum + file.rowCount, 0);
  const start = Math.floor((total * index) / count);
  const end = Math.floor((total * (index + 1)) / count);
  const parts: FilePart[] = [];
  let before = 0;
  for (const file of files) {
    const first = Math.max(start, before) - before;
    const last = Math.min(end, before + file.rowCount) - before;
    if (first < last) {
      parts.push(first === 0 && last === file.rowCount ? { file } : { file, rows: { first, count: last - first } });
    }
    before += file.rowCount;
  }
  return parts;
}
