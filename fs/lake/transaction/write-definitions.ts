import { relative } from 'node:path';
import type { LakeColumn, LakeSchema, LakeTable, LakeView } from '../model.js';
import type { CatalogHead } from './catalog-head.js';
import { sqlList, sqlText, type CatalogWrites } from './catalog-sql.js';
import type { LakeChange } from './change-list.js';
import { columnTagKey } from '../column-tags.js';
import { flattenColumns } from './staged-columns.js';
import type { StagedDifference } from './staged-difference.js';

/** Where a transaction's changes are written to. */
export interface MemberTarget {
  readonly writes: CatalogWrites;
  readonly head: CatalogHead;
  readonly dataPath: string;
  /** Folders of schemas by their id, provisional ones for new schemas. */
  readonly schemaPaths: ReadonlyMap<number, string>;
  /** Final ids by provisional id; an id that is final already is itself. */
  readonly ids: Map<number, number>;
}

/** The final id of an object. */
export function finalId(target: MemberTarget, id: number): number {
  return target.ids.get(id) ?? id;
}

/** Writes schemas, tables and views and tells the changes in DuckLake's words. `head.snapshotId` is the transaction's own. */
export function writeDefinitions(target: MemberTarget, difference: StagedDifference): readonly LakeChange[] {
  const { schemas, tables, views } = difference;
  for (const object of [...schemas.created, ...tables.created, ...views.created]) {
    target.ids.set(object.id, target.head.takeCatalogId());
  }
  return [
    ...dropSchemas(target, schemas.dropped),
    ...dropTables(target, tables.dropped),
    ...dropViews(target, views.dropped),
    ...schemas.created.map((schema) => createSchema(target, schema)),
    ...tables.created.map((table) => createTable(target, table)),
    ...views.created.map((view) => createView(target, view)),
    ...schemas.altered.map(({ before, after }) => alterSchema(target, before, after)),
    ...tables.altered.flatMap(({ before, after }) => alterTable(target, before, after)),
    ...views.altered.flatMap(({ before, after }) => alterView(target, before, after)),
  ];
}

/** DuckLake has no word for a schema whose tags changed; ids are of one sequence, so no table can be meant by this one. */
function alterSchema(target: MemberTarget, before: LakeSchema, after: LakeSchema): LakeChange {
  changeTags(target, after.id, before.tags, after.tags);
  return { kind: 'object', word: 'altered_table', id: after.id };
}

function dropSchemas({ writes, head }: MemberTarget, schemas: readonly LakeSchema[]): readonly LakeChange[] {
  for (const { id } of schemas) {
    writes.end('ducklake_schema', head.snapshotId, `schema_id = ${id}`);
    writes.end('ducklake_tag', head.snapshotId, `object_id = ${id}`);
  }
  return schemas.map(({ id }) => ({ kind: 'object', word: 'dropped_schema', id }));
}

const TABLE_PARTS = [
  'ducklake_table',
  'ducklake_partition_info',
  'ducklake_column',
  'ducklake_column_tag',
  'ducklake_data_file',
  'ducklake_delete_file',
  'ducklake_sort_info',
];

function dropTables({ writes, head }: MemberTarget, tables: readonly LakeTable[]): readonly LakeChange[] {
  if (tables.length > 0) {
    const ids = sqlList(tables.map(({ id }) => id));
    for (const part of TABLE_PARTS) {
      writes.end(part, head.snapshotId, `table_id IN ${ids}`);
    }
    writes.end('ducklake_tag', head.snapshotId, `object_id IN ${ids}`);
  }
  return tables.map(({ id }) => ({ kind: 'object', word: 'dropped_table', id }));
}

function dropViews({ writes, head }: MemberTarget, views: readonly LakeView[]): readonly LakeChange[] {
  for (const { id } of views) {
    writes.end('ducklake_view', head.snapshotId, `view_id = ${id}`);
    writes.end('ducklake_tag', head.snapshotId, `object_id = ${id}`);
  }
  return views.map(({ id }) => ({ kind: 'object', word: 'dropped_view', id }));
}

function createSchema(target: MemberTarget, schema: LakeSchema): LakeChange {
  const id = finalId(target, schema.id);
  target.writes.insert('ducklake_schema', id, schema.uuid, target.head.snapshotId, null, schema.name, ...pathColumns(target.dataPath, schema.path));
  insertTags(target, id, schema.tags);
  return { kind: 'schema_name', word: 'created_schema', schema: schema.name };
}

function createTable(target: MemberTarget, table: LakeTable): LakeChange {
  insertTableRow(target, table);
  const id = finalId(target, table.id);
  insertColumns(target, id, flattenColumns(table.columns));
  insertPartition(target, id, table);
  insertSort(target, id, table);
  insertTags(target, id, table.tags);
  insertSchemaVersion(target, id);
  return { kind: 'entry_name', word: 'created_table', schema: table.schema, name: table.name };
}

/** Says that from this snapshot on a table's columns are those of this schema version. */
export function insertSchemaVersion({ writes, head }: MemberTarget, tableId: number): void {
  writes.insert('ducklake_schema_versions', head.snapshotId, head.schemaVersion, tableId);
}

function insertTableRow(target: MemberTarget, table: LakeTable): void {
  const schemaPath = target.schemaPaths.get(table.schemaId) ?? target.dataPath;
  const path = pathColumns(schemaPath, table.path);
  target.writes.insert(
    'ducklake_table',
    finalId(target, table.id),
    table.uuid,
    target.head.snapshotId,
    null,
    finalId(target, table.schemaId),
    table.name,
    ...path,
  );
}

function createView(target: MemberTarget, view: LakeView): LakeChange {
  const id = insertViewRow(target, view);
  insertTags(target, id, view.tags);
  return { kind: 'entry_name', word: 'created_view', schema: view.schema, name: view.name };
}

function insertViewRow(target: MemberTarget, view: LakeView): number {
  const id = finalId(target, view.id);
  const aliases = view.columnNames.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
  target.writes.insert(
    'ducklake_view',
    id,
    view.uuid,
    target.head.snapshotId,
    null,
    finalId(target, view.schemaId),
    view.name,
    view.dialect,
    view.sql,
    aliases,
  );
  return id;
}

function alterView(target: MemberTarget, before: LakeView, after: LakeView): readonly LakeChange[] {
  changeTags(target, after.id, before.tags, after.tags);
  const isMoved = before.name !== after.name || before.schemaId !== after.schemaId;
  if (isMoved) {
    target.writes.end('ducklake_view', target.head.snapshotId, `view_id = ${after.id}`);
    insertViewRow(target, after);
  }
  return [...(isMoved ? [entryName('created_view', after)] : []), { kind: 'object', word: 'altered_view', id: after.id }];
}

function alterTable(target: MemberTarget, before: LakeTable, after: LakeTable): readonly LakeChange[] {
  const { writes, head } = target;
  const isMoved = before.name !== after.name || before.schemaId !== after.schemaId;
  if (isMoved) {
    writes.end('ducklake_table', head.snapshotId, `table_id = ${after.id}`);
    insertTableRow(target, after);
  }
  changeColumns(target, before, after);
  if (before.partition !== after.partition) {
    writes.end('ducklake_partition_info', head.snapshotId, `table_id = ${after.id}`);
    insertPartition(target, after.id, after);
  }
  if (before.sort !== after.sort) {
    writes.end('ducklake_sort_info', head.snapshotId, `table_id = ${after.id}`);
    insertSort(target, after.id, after);
  }
  changeTags(target, after.id, before.tags, after.tags);
  if (isMoved || before.columns !== after.columns || before.partition !== after.partition) {
    insertSchemaVersion(target, after.id);
  }
  return [...(isMoved ? [entryName('created_table', after)] : []), { kind: 'object', word: 'altered_table', id: after.id }];
}

function changeColumns(target: MemberTarget, before: LakeTable, after: LakeTable): void {
  const { writes, head } = target;
  const old = new Map(flattenColumns(before.columns).map((flat) => [flat.column.id, flat]));
  const now = new Map(flattenColumns(after.columns).map((flat) => [flat.column.id, flat]));
  const ended = [...old.values()].filter(({ column }) => {
    const later = now.get(column.id);
    return later === undefined || !isSame(column, later.column);
  });
  if (ended.length > 0) {
    writes.end('ducklake_column', head.snapshotId, `table_id = ${after.id} AND column_id IN ${sqlList(ended.map(({ column }) => column.id))}`);
  }
  const written = [...now.values()].filter(({ column }) => !isSame(old.get(column.id)?.column, column));
  insertColumnRows(target, after.id, written);
  for (const { column } of now.values()) {
    changeColumnTags(target, after.id, column.id, old.get(column.id)?.column.tags ?? new Map(), column.tags);
  }
  for (const { column } of old.values()) {
    if (!now.has(column.id)) {
      changeColumnTags(target, after.id, column.id, column.tags, new Map());
    }
  }
}

function isSame(a: LakeColumn | undefined, b: LakeColumn): boolean {
  return a !== undefined && a.name === b.name && a.type === b.type && a.nullable === b.nullable && a.defaultValue === b.defaultValue;
}

function insertColumns(target: MemberTarget, tableId: number, columns: ReturnType<typeof flattenColumns>): void {
  insertColumnRows(target, tableId, columns);
  for (const { column } of columns) {
    changeColumnTags(target, tableId, column.id, new Map(), column.tags);
  }
}

function insertColumnRows({ writes, head }: MemberTarget, tableId: number, columns: ReturnType<typeof flattenColumns>): void {
  for (const { column, parentId } of columns) {
    const { id, name, type, initialDefault, nullable } = column;
    // DuckLake writes the text NULL for a column without a default.
    const { kind, text, dialect } = column.defaultValue ?? { kind: 'literal', text: 'NULL', dialect: null };
    writes.insert('ducklake_column', id, head.snapshotId, null, tableId, id, name, type, initialDefault, text, nullable, parentId, kind, dialect ?? 'duckdb');
  }
}

function insertPartition(target: MemberTarget, tableId: number, { partition }: LakeTable): void {
  if (partition === null) {
    return;
  }
  const id = target.head.takeCatalogId();
  target.ids.set(partition.id, id);
  target.writes.insert('ducklake_partition_info', id, tableId, target.head.snapshotId, null);
  for (const [index, key] of partition.keys.entries()) {
    target.writes.insert('ducklake_partition_column', id, tableId, index, key.columnId, key.transform);
  }
}

function insertSort(target: MemberTarget, tableId: number, { sort }: LakeTable): void {
  if (sort.length === 0) {
    return;
  }
  const id = target.head.takeCatalogId();
  target.writes.insert('ducklake_sort_info', id, tableId, target.head.snapshotId, null);
  for (const [index, { expression, descending, nullsFirst }] of sort.entries()) {
    const order = [descending ? 'DESC' : 'ASC', nullsFirst ? 'NULLS_FIRST' : 'NULLS_LAST'];
    target.writes.insert('ducklake_sort_expression', id, tableId, index, expression, 'duckdb', ...order);
  }
}

function insertTags(target: MemberTarget, objectId: number, tags: ReadonlyMap<string, string>): void {
  changeTags(target, objectId, new Map(), tags);
}

function changeTags(
  { writes, head }: MemberTarget,
  objectId: number,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly never[] {
  for (const key of changedKeys(before, after)) {
    if (before.has(key)) {
      writes.end('ducklake_tag', head.snapshotId, `object_id = ${objectId} AND key = ${sqlText(key)}`);
    }
    const value = after.get(key);
    if (value !== undefined) {
      writes.insert('ducklake_tag', objectId, head.snapshotId, null, key, value);
    }
  }
  return [];
}

function changeColumnTags(
  target: MemberTarget,
  tableId: number,
  columnId: number,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): void {
  const { writes, head } = target;
  for (const key of changedKeys(before, after)) {
    const tableKey = columnTagKey(columnId, key);
    if (tableKey !== null) {
      changeTags(target, tableId, withKey(before, key, tableKey), withKey(after, key, tableKey));
      continue;
    }
    if (before.has(key)) {
      writes.end('ducklake_column_tag', head.snapshotId, `table_id = ${tableId} AND column_id = ${columnId} AND key = ${sqlText(key)}`);
    }
    const value = after.get(key);
    if (value !== undefined) {
      writes.insert('ducklake_column_tag', tableId, columnId, head.snapshotId, null, key, value);
    }
  }
}

/** One tag under another key. */
function withKey(tags: ReadonlyMap<string, string>, key: string, newKey: string): ReadonlyMap<string, string> {
  const value = tags.get(key);
  return value === undefined ? new Map() : new Map([[newKey, value]]);
}

function changedKeys(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
}

function entryName(word: 'created_table' | 'created_view', { schema, name }: { readonly schema: string; readonly name: string }): LakeChange {
  return { kind: 'entry_name', word, schema, name };
}

/** A folder's `path` and `path_is_relative`; DuckLake's folders end with a slash. */
function pathColumns(parent: string, folder: string): readonly [string, boolean] {
  const path = relative(parent, folder);
  return path === '' || path.startsWith('..') || path.startsWith('/') ? [`${folder.replace(/\/+$/, '')}/`, false] : [`${path}/`, true];
}
