import type { CatalogDatabase } from '../catalog-database.js';
import { loadDefinitions, type Definitions } from './load-definitions.js';
import { integer } from './row-values.js';

/** More objects than this at once are read with all the others. */
const CHANGED_COUNT_MAX = 500;

/** The catalog's tables that say something of a table or a view, with the column that holds its id. */
const PARTS: readonly (readonly [table: string, id: string])[] = [
  ['ducklake_table', 'table_id'],
  ['ducklake_column', 'table_id'],
  ['ducklake_column_tag', 'table_id'],
  ['ducklake_partition_info', 'table_id'],
  ['ducklake_sort_info', 'table_id'],
  ['ducklake_view', 'view_id'],
  ['ducklake_tag', 'object_id'],
];

/** The definitions of a later snapshot: what did not change since `base` stays the same object. */
export async function reloadDefinitions(
  database: CatalogDatabase,
  dataPath: string,
  base: { readonly id: number; readonly definitions: Definitions },
  snapshotId: number,
): Promise<Definitions> {
  const { prefix } = database;
  const since = `begin_snapshot BETWEEN ${base.id + 1} AND ${snapshotId} OR end_snapshot BETWEEN ${base.id + 1} AND ${snapshotId}`;
  const objects = PARTS.map(([table, id]) => `SELECT ${id} AS id FROM ${prefix}${table} WHERE ${since}`);
  const rows = await database.query(`SELECT id, false AS is_schema FROM (${objects.join(' UNION ')}) AS objects
    UNION ALL SELECT schema_id, true FROM ${prefix}ducklake_schema WHERE ${since}`);
  const ids = rows.map((row) => integer(row, 'id'));
  const schemaIds = new Set(base.definitions.schemas.map(({ id }) => id));
  // Tables hold their schema's name and folder; and tags of a schema are its own.
  if (ids.length > CHANGED_COUNT_MAX || rows.some((row) => row['is_schema'] === true || schemaIds.has(integer(row, 'id')))) {
    return await loadDefinitions(database, dataPath, snapshotId, null);
  }
  if (ids.length === 0) {
    return base.definitions;
  }
  const changed = await loadDefinitions(database, dataPath, snapshotId, ids);
  const replaced = new Set(ids);
  return {
    schemas: base.definitions.schemas,
    tables: merge(base.definitions.tables, changed.tables, replaced),
    views: merge(base.definitions.views, changed.views, replaced),
  };
}

/** In the order of ids. */
function merge<T extends { readonly id: number }>(before: readonly T[], changed: readonly T[], replaced: ReadonlySet<number>): readonly T[] {
  return [...before.filter(({ id }) => !replaced.has(id)), ...changed].toSorted((a, b) => a.id - b.id);
}
