import type { RemovedFiles } from '../../fs/lake/lake.js';
import type { Services } from '../session/services.js';

/** Files removed in one call at most. */
const FILE_COUNT_MAX = 100_000;

/** Forgets snapshots older than a moment (milliseconds since 1970), but not the last ones; gives their number. */
export async function expireOldSnapshots({ lake }: Services, olderThanMs: number, retainLast: number): Promise<number> {
  return (await lake.expireSnapshots({ olderThanMicros: BigInt(Math.round(olderThanMs)) * 1000n, retainLast })).length;
}

/** Removes files that nothing names and that were scheduled, or written, before a moment (milliseconds since 1970). */
export function removeUnnamedFiles({ lake }: Services, beforeMs: number): Promise<RemovedFiles> {
  return lake.removeFiles({ beforeMs, countMax: FILE_COUNT_MAX });
}
