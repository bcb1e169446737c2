import type { CatalogQueries } from '../catalog-database.js';
import type { LakeSnapshot } from '../model.js';
import { integer } from '../snapshot/row-values.js';
import { sqlList, sqlText } from './catalog-sql.js';
import { refuseIf, type OtherChanges } from './conflicts.js';
import type { RowsDifference, StagedDifference } from './staged-difference.js';
import type { TableFacts } from './table-facts.js';

/** Data files and rows that are still there, read once for a group of transactions. */
export class TouchedRows {
  /** The newest snapshot that deleted rows of a live data file, by its id. */
  readonly #deletedAt: ReadonlyMap<number, number>;
  readonly #liveRows: ReadonlySet<string>;
  /** Files and rows that a transaction of the group itself took. */
  readonly #taken = new Set<string>();
  /** Tables where the ducklake extension keeps deleted positions of data files in the catalog. */
  readonly #withInlinedFileDeletes: ReadonlySet<number>;

  constructor(deletedAt: ReadonlyMap<number, number>, liveRows: ReadonlySet<string>, withInlinedFileDeletes: ReadonlySet<number>) {
    this.#deletedAt = deletedAt;
    this.#liveRows = liveRows;
    this.#withInlinedFileDeletes = withInlinedFileDeletes;
  }

  /**
   * Throws `conflict` when a data file or a row the transaction deletes from was touched since its base: the first to
   * commit wins, by data file, and by row for rows kept in the catalog.
   */
  check(base: LakeSnapshot, difference: StagedDifference, others: OtherChanges): void {
    for (const rows of difference.rows) {
      const { table } = rows;
      const files = touchedFileIds(rows);
      for (const id of files) {
        const deletedAt = this.#deletedAt.get(id);
        const isTouched = deletedAt === undefined || deletedAt > base.id || this.#taken.has(fileKey(id));
        refuseIf(isTouched, `rows of table "${table.name}"`, 'changed');
      }
      // Such deletes name no data file in the list of changes: without a closer look any of them may be of ours.
      const isHidden = files.length > 0 && this.#withInlinedFileDeletes.has(table.id) && others.has('inlined_delete', table.id);
      refuseIf(isHidden, `rows of table "${table.name}"`, 'changed');
      for (const rowId of rows.deletedRowIds) {
        const key = rowKey(table.id, rowId);
        refuseIf(!this.#liveRows.has(key) || this.#taken.has(key), `rows of table "${table.name}"`, 'changed');
      }
    }
  }

  /** Notes what a transaction of the group takes. */
  take(difference: StagedDifference): void {
    for (const rows of difference.rows) {
      for (const id of touchedFileIds(rows)) {
        this.#taken.add(fileKey(id));
      }
      for (const rowId of rows.deletedRowIds) {
        this.#taken.add(rowKey(rows.table.id, rowId));
      }
    }
  }
}

/** Reads what `TouchedRows.check` compares with. */
export async function readTouchedRows(
  queries: CatalogQueries,
  prefix: string,
  differences: readonly StagedDifference[],
  facts: ReadonlyMap<number, TableFacts>,
): Promise<TouchedRows> {
  const all = differences.flatMap(({ rows }) => rows);
  const deletedAt = await readLiveFiles(queries, prefix, all.flatMap(touchedFileIds));
  const liveRows = new Set<string>();
  const rowIds = new Map<number, Set<number>>();
  for (const { table, deletedRowIds } of all) {
    rowIds.set(table.id, new Set([...(rowIds.get(table.id) ?? []), ...deletedRowIds]));
  }
  for (const [tableId, ids] of rowIds) {
    for (const { name } of ids.size === 0 ? [] : (facts.get(tableId)?.inlinedTables ?? [])) {
      const rows = await queries.query(`SELECT row_id FROM ${prefix}"${name}" WHERE end_snapshot IS NULL AND row_id IN ${sqlList(ids)}`);
      for (const row of rows) {
        liveRows.add(rowKey(tableId, integer(row, 'row_id')));
      }
    }
  }
  const tablesWithFiles = new Set(all.filter((rows) => touchedFileIds(rows).length > 0).map(({ table }) => table.id));
  return new TouchedRows(deletedAt, liveRows, await readInlinedFileDeletes(queries, [...tablesWithFiles]));
}

async function readLiveFiles(queries: CatalogQueries, prefix: string, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (ids.length === 0) {
    return new Map();
  }
  // The extension changes delete files in place and merges data files: then `partial_max` is when that was.
  const rows = await queries.query(
    `SELECT f.data_file_id, greatest(coalesce(max(f.partial_max), 0), coalesce(max(greatest(d.begin_snapshot, coalesce(d.partial_max, 0))), 0)) AS deleted_at
     FROM ${prefix}ducklake_data_file f LEFT JOIN ${prefix}ducklake_delete_file d ON d.data_file_id = f.data_file_id
     WHERE f.end_snapshot IS NULL AND f.data_file_id IN ${sqlList(new Set(ids))} GROUP BY f.data_file_id`,
  );
  return new Map(rows.map((row) => [integer(row, 'data_file_id'), integer(row, 'deleted_at')]));
}

async function readInlinedFileDeletes(queries: CatalogQueries, tableIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (tableIds.length === 0) {
    return new Set();
  }
  const names = tableIds.map((id) => sqlText(inlinedFileDeletesName(id))).join(', ');
  const rows = await queries.query(`SELECT table_name FROM information_schema.tables WHERE table_name IN (${names})`);
  const found = new Set(rows.map((row) => row['table_name']));
  return new Set(tableIds.filter((id) => found.has(inlinedFileDeletesName(id))));
}

function inlinedFileDeletesName(tableId: number): string {
  return `ducklake_inlined_delete_${tableId}`;
}

function touchedFileIds({ droppedFiles, deletes }: RowsDifference): readonly number[] {
  return [...droppedFiles.map(({ id }) => id), ...deletes.map(({ file }) => file.id)];
}

function fileKey(id: number): string {
  return `file ${id}`;
}

function rowKey(tableId: number, rowId: number): string {
  return `row ${tableId} ${rowId}`;
}
