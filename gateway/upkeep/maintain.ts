import { SqlError } from '../../planner/sql-error.js';
import type { ExecuteOptions } from '../session/backend.js';
import { withLakeErrors } from '../session/lake-failures.js';
import { sqlSchemaName } from '../session/lake-schemas.js';
import type { Session } from '../session/session.js';
import { expireOldSnapshots, removeUnnamedFiles } from './clean-up.js';
import type { CompactedTable } from './compact-table.js';
import { compactTable } from './compact-table.js';
import { DELETED_SHARE_MAX, MAINTAINED_INLINED_ROWS_MIN, REMOVAL_AGE_MS, TARGET_FILE_BYTES } from './defaults.js';

/** One thing upkeep did, or could not do. */
export interface MaintenanceStep {
  readonly task: 'compact' | 'expire_snapshots' | 'remove_files';
  /** A table as SQL names it; null for the whole catalog. */
  readonly table: string | null;
  readonly result: string;
  readonly failed: boolean;
}

/** All of upkeep with the server's settings: tables, then snapshots, then files. Null when another gateway, or session, is at it. */
export function maintain(session: Session, options: Pick<ExecuteOptions, 'signal'>): Promise<readonly MaintenanceStep[] | null> {
  const { services } = session;
  return withLakeErrors(() =>
    services.lake.runAlone(async () => {
      const steps: MaintenanceStep[] = [];
      const snapshot = await services.lake.snapshot();
      for (const table of snapshot.tables) {
        const name = `${sqlSchemaName(snapshot, table.schema)}.${table.name}`;
        const done = await attempt('compact', name, options, () => compactForUpkeep(session, table.id, options));
        steps.push(...(done === null ? [] : [done]));
      }
      const { snapshotRetentionMs } = services.upkeep;
      if (snapshotRetentionMs !== null) {
        const done = await attempt('expire_snapshots', null, options, async () => {
          const count = await expireOldSnapshots(services, Date.now() - snapshotRetentionMs, 1);
          return count === 0 ? null : `${count} snapshots expired`;
        });
        steps.push(...(done === null ? [] : [done]));
      }
      const removed = await attempt('remove_files', null, options, async () => {
        const { expired, orphans } = await removeUnnamedFiles(services, Date.now() - REMOVAL_AGE_MS);
        const count = expired.fileCount + orphans.fileCount;
        return count === 0
          ? null
          : `${expired.fileCount} files of expired snapshots and ${orphans.fileCount} orphans removed, ${expired.byteCount + orphans.byteCount} bytes`;
      });
      return [...steps, ...(removed === null ? [] : [removed])];
    }),
  );
}

async function compactForUpkeep(session: Session, tableId: number, options: Pick<ExecuteOptions, 'signal'>): Promise<string | null> {
  const limits = { targetByteCount: TARGET_FILE_BYTES, deletedShareMax: DELETED_SHARE_MAX, inlinedRowCountMin: MAINTAINED_INLINED_ROWS_MIN };
  const done = await compactTable(session, tableId, limits, options);
  return done === null || isNothing(done) ? null : `${done.filesBefore} files became ${done.filesAfter}, ${done.flushedRowCount} rows left the catalog`;
}

function isNothing(done: CompactedTable): boolean {
  return done.filesBefore === done.filesAfter && done.bytesBefore === done.bytesAfter && done.flushedRowCount === 0;
}

/** Runs one task; what fails is told and the next goes on. Null when there was nothing to do. */
async function attempt(
  task: MaintenanceStep['task'],
  table: string | null,
  options: Pick<ExecuteOptions, 'signal'>,
  work: () => Promise<string | null>,
): Promise<MaintenanceStep | null> {
  try {
    const result = await withLakeErrors(work);
    return result === null ? null : { task, table, result, failed: false };
  } catch (error) {
    if (!(error instanceof SqlError) || options.signal.aborted) {
      throw error;
    }
    return { task, table, result: error.message, failed: true };
  }
}
