import { LakeError } from '../../fs/lake/lake-error.js';
import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeTable, LakeTableData } from '../../fs/lake/model.js';
import { liveBytes, planCompaction } from '../../fs/lake/upkeep/plan-compaction.js';
import type { CompactionGroup, CompactionLimits } from '../../fs/lake/upkeep/plan-compaction.js';
import { scanSql } from '../../planner/relation/scan-sql.js';
import { quoteName } from '../../planner/types/data-type.js';
import { lakeRelation } from '../lake/lake-relation.js';
import { writeTableSql } from '../lake/write-table.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';

/** What compacting a table did. */
export interface CompactedTable {
  readonly schema: string;
  readonly name: string;
  readonly filesBefore: number;
  readonly filesAfter: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Rows that went from the catalog into files. */
  readonly flushedRowCount: number;
}

/** Most rows' bytes, in files of the target's size, and most files that one commit takes: a change of others in between costs no more than that. */
const COMMIT_TARGETS_MAX = 4;
const COMMIT_FILES_MAX = 1000;

/** Commits that may fail in a row because others change the same files. */
const CONFLICT_COUNT_MAX = 5;

/**
 * Merges a table's small files, writes files with many deleted rows anew, and moves rows from the catalog into files, in commits of
 * bounded size. Null when the table is gone. Throws the conflict when others are first every time; what was committed before stays.
 */
export async function compactTable(
  session: Session,
  tableId: number,
  limits: CompactionLimits,
  options: Pick<ExecuteOptions, 'signal'>,
): Promise<CompactedTable | null> {
  let first: State | null = null;
  let flushedRowCount = 0;
  let conflictCount = 0;
  for (;;) {
    options.signal.throwIfAborted();
    const transaction = await session.services.lake.begin();
    try {
      const table = transaction.base.tables.find(({ id }) => id === tableId);
      if (table === undefined) {
        return null;
      }
      const data = await transaction.base.data(table);
      first ??= { table, data };
      const batch = firstOf(planCompaction(table, data, limits), limits);
      if (batch.length === 0) {
        return summary(first, { table, data }, flushedRowCount);
      }
      const written = await rewrite(session, transaction, { table, data }, batch, options);
      await transaction.commit({ message: 'compaction' });
      flushedRowCount += batch.some(({ takesInlined }) => takesInlined) ? (data.inlined?.rowCount ?? 0) : 0;
      conflictCount = 0;
      if (written >= batch.reduce((sum, { files }) => sum + files.length, 0) && !hasDead(batch)) {
        // A table whose old files cover partitions of today's kind: it is not getting less.
        const after = await session.services.lake.snapshot();
        return summary(first, { table, data: await after.data(table) }, flushedRowCount);
      }
    } catch (error) {
      conflictCount += 1;
      if (!(error instanceof LakeError) || error.code !== 'conflict' || conflictCount > CONFLICT_COUNT_MAX) {
        throw error;
      }
    } finally {
      // Removes what was written and not committed.
      await transaction.rollback();
    }
  }
}

interface State {
  readonly table: LakeTable;
  readonly data: LakeTableData;
}

function firstOf(groups: readonly CompactionGroup[], limits: CompactionLimits): readonly CompactionGroup[] {
  let byteCount = 0;
  let fileCount = 0;
  return groups.filter(({ files }, index) => {
    byteCount += files.reduce((sum, file) => sum + liveBytes(file), 0);
    fileCount += files.length;
    return index === 0 || (byteCount <= COMMIT_TARGETS_MAX * limits.targetByteCount && fileCount <= COMMIT_FILES_MAX);
  });
}

function hasDead(batch: readonly CompactionGroup[]): boolean {
  return batch.some(({ files, takesInlined }) => takesInlined || files.some((file) => file.deletes !== null));
}

/** Writes the rows of each group as new files and stages them; gives the number of files. */
async function rewrite(
  session: Session,
  transaction: LakeTransaction,
  { table, data }: State,
  batch: readonly CompactionGroup[],
  options: Pick<ExecuteOptions, 'signal'>,
): Promise<number> {
  let count = 0;
  for (const { files, takesInlined } of batch) {
    const inlined = takesInlined ? data.inlined : null;
    const relation = lakeRelation(table, { files, inlined, rowCount: 0 });
    const columns = table.columns.map((column) => quoteName(column.name)).join(', ');
    const [sample] = files;
    const isOnePartition = sample !== undefined && inlined === null && table.partition !== null && sample.partitionId === table.partition.id;
    const written = await writeTableSql(
      session,
      transaction,
      table,
      `SELECT ${columns} FROM ${scanSql(relation)} AS old`,
      options,
      isOnePartition ? sample.partitionValues : null,
    );
    transaction.rewriteRows(table, { files, inlinedRowIds: inlined?.rowIds ?? [], replacements: written.files });
    count += written.files.length;
  }
  return count;
}

function summary(before: State, after: State, flushedRowCount: number): CompactedTable {
  const bytes = ({ data }: State): number => data.files.reduce((sum, file) => sum + file.byteCount, 0);
  return {
    schema: after.table.schema,
    name: after.table.name,
    filesBefore: before.data.files.length,
    filesAfter: after.data.files.length,
    bytesBefore: bytes(before),
    bytesAfter: bytes(after),
    flushedRowCount,
  };
}
