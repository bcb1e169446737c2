import type { LakeCore } from '../lake-core.js';
import { LakeError } from '../lake-error.js';
import type { NewLakeFile } from '../lake.js';
import type { LakeFile, LakeSnapshot, LakeTable } from '../model.js';
import { readHead } from '../transaction/catalog-head.js';
import { integer } from '../snapshot/row-values.js';
import { CatalogWrites, sqlList, sqlValue } from '../transaction/catalog-sql.js';
import { formatChanges, parseChanges } from '../transaction/change-list.js';
import { commitQueueOf } from '../transaction/commit-queue.js';
import { otherChanges, refuseIf } from '../transaction/conflicts.js';
import { makeFilesDurable } from '../transaction/durable-files.js';
import { withoutNul } from '../transaction/table-facts.js';
import { relativePath } from './catalog-paths.js';

/** Data files that become one without deleted rows. */
export interface FileReplacement {
  /** As `base.data` gave them, in the order of their row ids; all of one partition. */
  readonly files: readonly LakeFile[];
  /** Their live rows in the same order, written by the caller; null when none is left. */
  readonly replacement: NewLakeFile | null;
}

/**
 * Replaces data files by a rewritten one in a snapshot of its own (DuckLake's `rewrite_delete`): older snapshots keep the
 * old files, which go when these are expired. Throws `conflict` when a file was touched since `base`, `data_file` when the
 * rows do not add up. The caller removes the new files when it fails.
 * Row ids: kept when the rewritten file's rows are the old ones without gaps; else the rows get new ids. Not done here:
 * reading and writing the rows, `merge_adjacent` (which also takes files from old snapshots), bounds in the table's
 * statistics, which stay as wide as they were.
 */
export async function replaceFiles(core: LakeCore, base: LakeSnapshot, table: LakeTable, replacements: readonly FileReplacement[]): Promise<number> {
  for (const { files, replacement } of replacements) {
    const live = files.reduce((sum, file) => sum + file.rowCount - (file.deletes?.rowCount ?? 0), 0);
    if (live !== (replacement?.rowCount ?? 0)) {
      throw new LakeError('data_file', `table "${table.name}": ${live} rows were to be rewritten and ${replacement?.rowCount ?? 0} were`);
    }
  }
  await makeFilesDurable(
    core.dataPath,
    replacements.flatMap(({ replacement }) => (replacement === null ? [] : [replacement])),
  );
  const { database } = core;
  const { prefix } = database;
  try {
    return await database.transaction(async (queries) => {
      const { head, changes } = await readHead(queries, prefix, base.id);
      const others = otherChanges(changes.flatMap((each) => parseChanges(each.changes)));
      const ids = replacements.flatMap(({ files }) => files.map(({ id }) => id));
      refuseIf(others.has('dropped_table', table.id) || others.has('altered_table', table.id), `table "${table.name}"`, 'changed');
      const live = await queries.query(
        `SELECT f.data_file_id FROM ${prefix}ducklake_data_file f WHERE f.data_file_id IN ${sqlList(ids)} AND f.end_snapshot IS NULL AND coalesce(f.partial_max, 0) <= ${base.id}
         AND NOT EXISTS (SELECT 1 FROM ${prefix}ducklake_delete_file d WHERE d.data_file_id = f.data_file_id AND greatest(d.begin_snapshot, coalesce(d.partial_max, 0)) > ${base.id})`,
      );
      refuseIf(live.length !== ids.length, `data files of table "${table.name}"`, 'changed');
      const stored = await queries.query(`SELECT next_row_id, file_size_bytes FROM ${prefix}ducklake_table_stats WHERE table_id = ${table.id}`);
      let nextRowId = stored[0] === undefined ? 0 : integer(stored[0], 'next_row_id');
      let byteCount = stored[0] === undefined ? 0 : integer(stored[0], 'file_size_bytes');
      head.snapshotId += 1;
      const writes = new CatalogWrites(database);
      for (const part of ['ducklake_data_file', 'ducklake_delete_file']) {
        writes.end(part, head.snapshotId, `data_file_id IN ${sqlList(ids)}`);
      }
      for (const { files, replacement } of replacements) {
        byteCount -= files.reduce((sum, file) => sum + file.byteCount, 0);
        if (replacement !== null) {
          const keptRowId = keptRowIdStart(files);
          writeReplacement(writes, head, table, files[0]?.partitionId ?? null, replacement, keptRowId ?? nextRowId);
          nextRowId += keptRowId === null ? replacement.rowCount : 0;
          byteCount += replacement.byteCount;
        }
      }
      writes.update('ducklake_table_stats', `next_row_id = ${nextRowId}, file_size_bytes = ${byteCount}`, `table_id = ${table.id}`);
      writes.insertSql('ducklake_snapshot', [String(head.snapshotId), 'now()', ...[head.schemaVersion, head.nextCatalogId, head.nextFileId].map(sqlValue)]);
      writes.insert('ducklake_snapshot_changes', head.snapshotId, formatChanges([{ kind: 'object', word: 'rewrite_delete', id: table.id }]), null, null, null);
      for (const statement of writes.statements()) {
        await queries.query(statement);
      }
      return head.snapshotId;
    });
  } finally {
    commitQueueOf(core).forget();
  }
}

/** The first row id when the files' rows are a run of ids without gaps and none is deleted. */
function keptRowIdStart(files: readonly LakeFile[]): number | null {
  let next: number | null = null;
  for (const file of files) {
    if (file.deletes !== null || (next !== null && file.rowIdStart !== next)) {
      return null;
    }
    next = file.rowIdStart + file.rowCount;
  }
  return files[0]?.rowIdStart ?? null;
}

function writeReplacement(
  writes: CatalogWrites,
  head: { readonly snapshotId: number; takeFileId(): number },
  table: LakeTable,
  partitionId: number | null,
  file: NewLakeFile,
  rowIdStart: number,
): void {
  const id = head.takeFileId();
  const place = relativePath(table.path, file.path);
  const size = [file.rowCount, file.byteCount, file.footerByteCount] as const;
  writes.insert('ducklake_data_file', id, table.id, head.snapshotId, null, null, ...place, 'parquet', ...size, rowIdStart, partitionId, null, null, null);
  for (const [columnId, { byteCount, valueCount, nullCount, min, max, containsNan }] of file.statistics) {
    writes.insert('ducklake_file_column_stats', id, table.id, columnId, byteCount, valueCount, nullCount, withoutNul(min), withoutNul(max), containsNan, null);
  }
  for (const [index, value] of file.partitionValues.entries()) {
    writes.insert('ducklake_file_partition_value', id, table.id, index, value);
  }
}
