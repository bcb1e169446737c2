import assert from 'node:assert/strict';
import type { WrittenColumnStatistics, WrittenParquet } from '../engine.js';
import type { CollectedRow, CollectedValue } from '../protocol/messages.js';

/** A shuffle file as its writer reported it. */
export interface ShuffleFile {
  readonly path: string;
  readonly byteCount: number;
  readonly rowCount: number;
  /** Null in an exchange without partitions. */
  readonly partition: number | null;
  /** All the writer says, where files are for keeping. */
  readonly parquet?: WrittenParquet;
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
    const [path, rowCount, byteCount, footerByteCount, statistics, keys] = row;
    assert(typeof path === 'string', 'COPY names its files');
    if (purpose === 'files') {
      const parquet = {
        footerByteCount: Number(footerByteCount),
        statistics: readStatistics(statistics),
        partitionValues: readMap(keys).map(([, value]) => textOf(value)),
      };
      return { path, byteCount: Number(byteCount), rowCount: Number(rowCount), partition: null, parquet };
    }
    return { path, byteCount: Number(byteCount), rowCount: Number(rowCount), partition: partitionOf(keys) };
  });
}

/** A map, printed as a list of key and value. */
function readMap(value: CollectedValue | undefined): readonly (readonly [key: string, value: CollectedValue])[] {
  return Array.isArray(value)
    ? value.flatMap((entry: CollectedValue) =>
        typeof entry === 'object' && entry !== null && 'key' in entry && 'value' in entry
          ? [[textOf(entry['key'] ?? null) ?? '', entry['value'] ?? null] as const]
          : [],
      )
    : [];
}

function readStatistics(value: CollectedValue | undefined): ReadonlyMap<string, WrittenColumnStatistics> {
  return new Map(
    readMap(value).map(([column, list]) => {
      const facts = new Map(readMap(list).map(([name, fact]) => [name, textOf(fact)]));
      const count = (name: string): number | null => {
        const text = facts.get(name) ?? null;
        return text === null ? null : Number(text);
      };
      const nan = facts.get('has_nan') ?? null;
      return [
        column,
        {
          min: facts.get('min') ?? null,
          max: facts.get('max') ?? null,
          nullCount: count('null_count'),
          valueCount: count('num_values'),
          byteCount: count('column_size_bytes'),
          containsNan: nan === null ? null : nan === 'true',
        },
      ];
    }),
  );
}

function textOf(value: CollectedValue): string | null {
  assert(typeof value !== 'object' || value === null, 'COPY gives facts as simple values');
  return value === null ? null : String(value);
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

/** The files of an exchange that one consumer task reads: those of its partitions, or all when `partitions` is null. */
export function filesFor(manifests: readonly Manifest[], partitions: readonly number[] | null): readonly ShuffleFile[] {
  return manifests.flatMap((manifest) =>
    manifest.files.filter((file) => partitions === null || file.partition === null || partitions.includes(file.partition)),
  );
}

/** Rows of each partition, and those of files that hold no single one. */
export function rowsByPartition(
  files: readonly ShuffleFile[],
  partitionCount: number,
): { readonly rowCounts: readonly number[]; readonly commonRowCount: number } {
  const rowCounts = Array.from({ length: partitionCount }, () => 0);
  let commonRowCount = 0;
  for (const { partition, rowCount } of files) {
    if (partition !== null && partition < partitionCount) {
      rowCounts[partition] = (rowCounts[partition] ?? 0) + rowCount;
    } else {
      commonRowCount += rowCount;
    }
  }
  return { rowCounts, commonRowCount };
}
