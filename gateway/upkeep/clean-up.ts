import type { RemovedFiles } from '../../fs/lake/lake.js';
import type { Services } from '../session/services.js';

/** Files removed in one call at most. */
const FILE_COUNT_MAX = 100_000;

/** For clocks that are read one after another, and file times that are coarse. */
const CLOCK_MARGIN_MS = 1000;

/** Forgets snapshots older than a moment (milliseconds since 1970), but not the last ones; gives their number. */
export async function expireOldSnapshots({ lake }: Services, olderThanMs: number, retainLast: number): Promise<number> {
  return (await lake.expireSnapshots({ olderThanMicros: BigInt(Math.round(olderThanMs)) * 1000n, retainLast })).length;
}

/**
 * Removes files that nothing names and that were scheduled, or written, before a moment. Whatever the moment, a file stays that
 * was written or still named when a transaction now open in this process began: it may be reading it, or about to commit it.
 * `ownProcessId` is the session that asks.
 */
export function removeUnnamedFiles({ lake, sessions }: Services, beforeMs: number, ownProcessId: number): Promise<RemovedFiles> {
  // In this order: who begins after `now` writes after it.
  const now = Date.now();
  const starts = sessions
    .list()
    .filter(({ processId }) => processId !== ownProcessId)
    .flatMap(({ transactionStartedMicros }) => (transactionStartedMicros === null ? [] : [Number(transactionStartedMicros / 1000n)]));
  return lake.removeFiles({ beforeMs: Math.min(beforeMs, now, ...starts) - CLOCK_MARGIN_MS, countMax: FILE_COUNT_MAX });
}
