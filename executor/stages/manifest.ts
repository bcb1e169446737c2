import assert from 'node:assert/strict';
import type { CollectedRow, CollectedValue } from '../protocol/messages.js';

/** A shuffle file as its writer reported it. */
export interface ShuffleFile {
  readonly path: string;
  readonly byteCount: number;
  readonly rowCount: number;
  /** Null in an exchange without partitions. */
  readonly partition: number | null;
}

/** What one attempt of a task wrote; only files named here exist for consumers. */
export interface Manifest {
  readonly task: number;
  readonly attempt: number;
  readonly files: readonly ShuffleFile[];
}

/** Reads the rows of COPY ... RETURN_STATS: filename, count, file_size_bytes, footer_size_bytes, column_statistics, partition_keys. */
export function readCopyStatistics(rows: readonly CollectedRow[], purpose: 'exchange' | 'files' = 'exchange'): readonly ShuffleFile[] {
  return rows.map((row) => {
    const [path, rowCount, byteCount, , , keys] = row;
    assert(typeof path === 'string', 'COPY names its files');
    return { path, byteCount: Number(byteCount), rowCount: Number(rowCount), partition: purpose === 'files' ? null : partitionOf(keys) };
  });
}

/** `partition_keys` is a map of one entry, printed as a list of key and value. */
function partitionOf(keys: CollectedValue | undefined): number | null {
  if (!Array.isArray(keys)) {
    return null;
  }
  const [entry]: readonly CollectedValue[] = keys;
  assert(typeof entry === 'object' && entry !== null && 'value' in entry, 'a partitioned file has its key');
  const partition = Number(entry['value']);
  assert(Number.isInteger(partition), 'partitions are numbered');
  return partition;
}

/** The files of an exchange that one consumer task reads: one partition's, or all when `partition` is null. */
export function filesFor(manifests: readonly Manifest[], partition: number | null): readonly ShuffleFile[] {
  return manifests.flatMap((manifest) => manifest.files.filter((file) => partition === null || file.partition === null || file.partition === partition));
}
