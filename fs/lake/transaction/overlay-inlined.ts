import type { LakeCore } from '../lake-core.js';
import type { LakeInlinedRows } from '../model.js';
import type { InlinedOverlay } from './overlay-snapshot.js';
import { valueOfRow } from './table-statistics.js';

/** The rows a transaction sees in the catalog, as a file of the cache. */
export function overlayInlinedRows(core: LakeCore, { baseColumns, base, table, staged }: Parameters<InlinedOverlay>[0]): Promise<LakeInlinedRows | null> {
  const isUntouched = staged.rows.size === 0 && !base?.rowIds.some((rowId) => staged.deletedRowIds.has(rowId));
  if (isUntouched && (base === null || baseColumns === table.columns)) {
    return Promise.resolve(base);
  }
  return core.inlinedCache.combine({
    columns: table.columns,
    base: base === null ? null : { rows: base, columns: baseColumns },
    deletedRowIds: staged.deletedRowIds,
    rows: [...staged.rows].map(([rowId, row]) => ({ rowId, values: table.columns.map((column) => valueOfRow(column, row)) })),
  });
}
