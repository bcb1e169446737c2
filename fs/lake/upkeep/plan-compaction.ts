import type { LakeFile, LakeTable, LakeTableData } from '../model.js';

/** What is worth writing anew. */
export interface CompactionLimits {
  /** Bytes a file should have: files of less than half of it are small, and none is made much larger. */
  readonly targetByteCount: number;
  /** A file with a larger share of deleted rows is written anew. */
  readonly deletedShareMax: number;
  /** Rows kept in the catalog go to a file when there are that many. */
  readonly inlinedRowCountMin: number;
}

/** Files of one partition, and perhaps the rows kept in the catalog, whose rows are to be written together. */
export interface CompactionGroup {
  /** In the order of their ids. */
  readonly files: readonly LakeFile[];
  readonly takesInlined: boolean;
}

/** Below this share of the target a file is merged with however few others. */
const ALWAYS_MERGED_SHARE = 1 / 8;

/** A larger file waits until what it would be merged with has a quarter of its size: else each small file would rewrite it. */
const WAITING_RATIO = 4;

/** The groups of a table that are worth it; none when all is well. */
export function planCompaction(table: LakeTable, data: LakeTableData, limits: CompactionLimits): readonly CompactionGroup[] {
  const partitions = new Map<string, LakeFile[]>();
  for (const file of data.files) {
    const key = JSON.stringify([file.partitionId, file.partitionValues]);
    partitions.set(key, [...(partitions.get(key) ?? []), file]);
  }
  let takesInlined = data.inlined !== null && data.inlined.rowCount >= limits.inlinedRowCountMin;
  const groups: CompactionGroup[] = [];
  for (const files of partitions.values()) {
    const packs = packsOf(files, limits);
    // Rows of the catalog are in no partition: they go along with the first files that are in none either.
    const isTheirs = takesInlined && table.partition === null && files[0]?.partitionId === null;
    takesInlined &&= !isTheirs;
    groups.push(...packs.map((pack, index) => ({ files: pack, takesInlined: isTheirs && index === 0 })));
    if (isTheirs && packs.length === 0) {
      groups.push({ files: [], takesInlined: true });
    }
  }
  if (takesInlined) {
    groups.push({ files: [], takesInlined: true });
  }
  return groups
    .map((group) => (group.takesInlined ? group : { ...group, files: withoutWaiting(group.files, limits) }))
    .filter(({ files, takesInlined: inlined }) => inlined || files.length > 1 || files.some((file) => hasManyDeletes(file, limits)))
    .map((group) => ({ ...group, files: group.files.toSorted((a, b) => a.id - b.id) }));
}

/** Small files and files of deleted rows, smallest first, in packs of the target's size. */
function packsOf(files: readonly LakeFile[], limits: CompactionLimits): readonly (readonly LakeFile[])[] {
  const chosen = files.filter((file) => hasManyDeletes(file, limits) || file.byteCount < limits.targetByteCount / 2);
  const packs: LakeFile[][] = [];
  let byteCount = Number.POSITIVE_INFINITY;
  for (const file of chosen.toSorted((a, b) => liveBytes(a) - liveBytes(b))) {
    byteCount += liveBytes(file);
    if (byteCount > limits.targetByteCount) {
      packs.push([]);
      byteCount = liveBytes(file);
    }
    packs.at(-1)?.push(file);
  }
  return packs;
}

function withoutWaiting(files: readonly LakeFile[], limits: CompactionLimits): readonly LakeFile[] {
  const largest = files.at(-1);
  if (largest === undefined || files.length < 2 || hasManyDeletes(largest, limits) || liveBytes(largest) <= limits.targetByteCount * ALWAYS_MERGED_SHARE) {
    return files;
  }
  const others = files.slice(0, -1);
  const byteCount = others.reduce((sum, file) => sum + liveBytes(file), 0);
  return liveBytes(largest) > WAITING_RATIO * byteCount ? withoutWaiting(others, limits) : files;
}

function hasManyDeletes(file: LakeFile, limits: CompactionLimits): boolean {
  return (file.deletes?.rowCount ?? 0) > file.rowCount * limits.deletedShareMax;
}

/** About what its rows that are left take. */
export function liveBytes(file: LakeFile): number {
  return file.rowCount === 0 ? 0 : (file.byteCount * (file.rowCount - (file.deletes?.rowCount ?? 0))) / file.rowCount;
}
