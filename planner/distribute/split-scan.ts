import type { DataFile, FileFormat } from '../relation/relation.js';
import type { FileShare } from '../relation/scan-sql.js';

/** What one task reads of a scan. */
export interface TaskShare {
  readonly files: readonly FileShare[];
  readonly byteCount: number;
  readonly rowCount: number;
}

/** Into how many shares a scan is split, or how large each may be. */
export type SplitRequest =
  | { readonly kind: 'auto'; readonly byteTarget: number; readonly byteMinimum: number; readonly parallelism: number }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'bytes'; readonly byteCount: number };

/** Tasks of one scan at most: each costs a message, a manifest, and a file a partition. */
export const SCAN_TASKS_MAX = 4096;

/** The smallest piece of a scan: a row group of a Parquet file, or a whole file. */
interface Unit {
  readonly file: DataFile;
  readonly byteCount: number;
  readonly rowCount: number;
  /** First row in the file, null when the unit is the whole file. */
  readonly firstRow: number | null;
}

/** Splits files into shares of about equal bytes, each a run of neighbouring row groups or files. Never empty. */
export function splitScan(files: readonly DataFile[], format: FileFormat, request: SplitRequest): readonly TaskShare[] {
  const units = files.flatMap((file) => unitsOf(file, format));
  const total = units.reduce((sum, unit) => sum + unit.byteCount, 0);
  const count = Math.max(1, Math.min(units.length, SCAN_TASKS_MAX, shareCount(total, request)));
  const groups: Unit[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const [index, unit] of units.entries()) {
    // The share in which the unit's middle lies when bytes are laid end to end; by number where all are empty.
    const middle = total === 0 ? (index + 0.5) / units.length : (before + unit.byteCount / 2) / total;
    groups[Math.min(count - 1, Math.floor(middle * count))]?.push(unit);
    before += unit.byteCount;
  }
  const shares = groups.filter((group) => group.length > 0).map(shareOf);
  return shares.length === 0 ? [shareOf([])] : shares;
}

/** The same rows in fewer shares, neighbours together. */
export function mergeShares(shares: readonly TaskShare[], count: number): readonly TaskShare[] {
  return Array.from({ length: Math.min(count, shares.length) }, (_, index, groups = Math.min(count, shares.length)) => {
    const group = shares.slice(Math.floor((index * shares.length) / groups), Math.floor(((index + 1) * shares.length) / groups));
    return {
      files: group.flatMap((share) => share.files).reduce(joinNeighbours, []),
      byteCount: group.reduce((sum, share) => sum + share.byteCount, 0),
      rowCount: group.reduce((sum, share) => sum + share.rowCount, 0),
    };
  });
}

/** Appends a part of a file, to the part before it where that ends where it begins. */
function joinNeighbours(files: readonly FileShare[], next: FileShare): FileShare[] {
  const last = files.at(-1);
  const joins = last !== undefined && last.file === next.file && next.firstRow !== undefined && next.firstRow === (last.firstRow ?? 0) + (last.rowCount ?? 0);
  return joins ? [...files.slice(0, -1), { ...last, rowCount: (last.rowCount ?? 0) + (next.rowCount ?? 0) }] : [...files, next];
}

function shareCount(total: number, request: SplitRequest): number {
  switch (request.kind) {
    case 'count':
      return request.count;
    case 'bytes':
      return Math.ceil(total / Math.max(1, request.byteCount));
    case 'auto': {
      const affordable = Math.floor(total / Math.max(1, request.byteMinimum));
      return Math.max(Math.ceil(total / request.byteTarget), Math.min(request.parallelism, affordable));
    }
  }
}

function unitsOf(file: DataFile, format: FileFormat): readonly Unit[] {
  const groups = file.rowGroups ?? [];
  const rows = groups.reduce((sum, count) => sum + count, 0);
  if (format !== 'parquet' || groups.length < 2 || rows === 0) {
    return [{ file, byteCount: file.byteCount, rowCount: file.rowCount ?? rows, firstRow: null }];
  }
  let firstRow = 0;
  return groups.map((rowCount) => {
    const unit: Unit = { file, byteCount: (file.byteCount * rowCount) / rows, rowCount, firstRow };
    firstRow += rowCount;
    return unit;
  });
}

function shareOf(units: readonly Unit[]): TaskShare {
  const files: FileShare[] = [];
  for (const unit of units) {
    const last = files.at(-1);
    if (unit.firstRow === null) {
      files.push({ file: unit.file });
    } else if (last !== undefined && last.file === unit.file) {
      files[files.length - 1] = { ...last, rowCount: (last.rowCount ?? 0) + unit.rowCount };
    } else {
      files.push({ file: unit.file, firstRow: unit.firstRow, rowCount: unit.rowCount });
    }
  }
  return {
    files,
    byteCount: Math.round(units.reduce((sum, unit) => sum + unit.byteCount, 0)),
    rowCount: units.reduce((sum, unit) => sum + unit.rowCount, 0),
  };
}
