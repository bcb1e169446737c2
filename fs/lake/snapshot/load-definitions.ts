import type { CatalogDatabase, CatalogRow } from '../catalog-database.js';
import { separateColumnTags } from '../column-tags.js';
import type { LakeColumn, LakeDefault, LakePartition, LakeSchema, LakeSortKey, LakeTable, LakeView } from '../model.js';
import { absolutePath, flag, grouped, integer, text, textOrNull } from './row-values.js';

/** Everything of a snapshot but the rows of its tables. */
export interface Definitions {
  readonly schemas: readonly LakeSchema[];
  readonly tables: readonly LakeTable[];
  readonly views: readonly LakeView[];
}

/** The condition that a row of the catalog lives at a snapshot. */
export function livesAt(snapshotId: number, alias = ''): string {
  return `${alias}begin_snapshot <= ${snapshotId} AND (${alias}end_snapshot IS NULL OR ${alias}end_snapshot > ${snapshotId})`;
}

/** Reads a snapshot's schemas, tables and views, all or those of some ids: a fixed number of queries, whatever their number. */
export async function loadDefinitions(database: CatalogDatabase, dataPath: string, snapshotId: number, ids: readonly number[] | null): Promise<Definitions> {
  const { prefix } = database;
  const live = livesAt(snapshotId);
  const only = (column: string): string => (ids === null ? '' : ` AND ${column} IN (${ids.join(', ')})`);
  const read = (sql: string): Promise<readonly CatalogRow[]> => database.query(sql);
  const [schemaRows, tableRows, columnRows, nextColumns, columnTags, viewRows, tagRows, partitions, sorts] = await Promise.all([
    read(
      `SELECT schema_id, CAST(schema_uuid AS VARCHAR) AS schema_uuid, schema_name, path, path_is_relative FROM ${prefix}ducklake_schema WHERE ${live} ORDER BY schema_id`,
    ),
    read(
      `SELECT table_id, CAST(table_uuid AS VARCHAR) AS table_uuid, schema_id, table_name, path, path_is_relative FROM ${prefix}ducklake_table WHERE ${live}${only('table_id')} ORDER BY table_id`,
    ),
    read(
      `SELECT table_id, column_id, column_name, column_type, initial_default, default_value, nulls_allowed, parent_column, default_value_type, default_value_dialect FROM ${prefix}ducklake_column WHERE ${live}${only('table_id')} ORDER BY table_id, column_order, column_id`,
    ),
    read(`SELECT table_id, max(column_id) + 1 AS next_column_id FROM ${prefix}ducklake_column WHERE true${only('table_id')} GROUP BY table_id`),
    read(`SELECT table_id, column_id, key, value FROM ${prefix}ducklake_column_tag WHERE ${live}${only('table_id')}`),
    read(
      `SELECT view_id, CAST(view_uuid AS VARCHAR) AS view_uuid, schema_id, view_name, dialect, sql, column_aliases FROM ${prefix}ducklake_view WHERE ${live}${only('view_id')} ORDER BY view_id`,
    ),
    read(`SELECT object_id, key, value FROM ${prefix}ducklake_tag WHERE ${live}`),
    read(
      `SELECT i.table_id, i.partition_id, c.column_id, c.transform FROM ${prefix}ducklake_partition_info i JOIN ${prefix}ducklake_partition_column c ON c.partition_id = i.partition_id AND c.table_id = i.table_id WHERE ${livesAt(snapshotId, 'i.')}${only('i.table_id')} ORDER BY i.table_id, c.partition_key_index`,
    ),
    read(
      `SELECT i.table_id, e.expression, e.sort_direction, e.null_order FROM ${prefix}ducklake_sort_info i JOIN ${prefix}ducklake_sort_expression e ON e.sort_id = i.sort_id AND e.table_id = i.table_id WHERE ${livesAt(snapshotId, 'i.')}${only('i.table_id')} ORDER BY i.table_id, e.sort_key_index`,
    ),
  ]);
  const tags = grouped(tagRows, 'object_id');
  const schemas = schemaRows.map((row): LakeSchema => ({
    id: integer(row, 'schema_id'),
    uuid: text(row, 'schema_uuid'),
    name: text(row, 'schema_name'),
    path: absolutePath(dataPath, row),
    tags: tagMap(tags.get(integer(row, 'schema_id'))),
  }));
  const schemaById = new Map(schemas.map((schema) => [schema.id, schema]));
  const columnsOf = grouped(columnRows, 'table_id');
  const columnTagsOf = grouped(columnTags, 'table_id');
  const partitionOf = grouped(partitions, 'table_id');
  const sortOf = grouped(sorts, 'table_id');
  const nextColumnId = new Map(nextColumns.map((row) => [integer(row, 'table_id'), integer(row, 'next_column_id')]));
  const tables = tableRows.flatMap((row): readonly LakeTable[] => {
    const id = integer(row, 'table_id');
    const schema = schemaById.get(integer(row, 'schema_id'));
    if (schema === undefined) {
      return [];
    }
    const { own, ofColumns } = separateColumnTags(tagMap(tags.get(id)));
    return [
      {
        id,
        uuid: text(row, 'table_uuid'),
        schemaId: schema.id,
        schema: schema.name,
        name: text(row, 'table_name'),
        path: absolutePath(schema.path, row),
        columns: columnTree(columnsOf.get(id) ?? [], columnTagsOf.get(id) ?? [], ofColumns),
        nextColumnId: nextColumnId.get(id) ?? 1,
        partition: partitionFrom(partitionOf.get(id) ?? []),
        sort: (sortOf.get(id) ?? []).map(sortKeyFrom),
        tags: own,
      },
    ];
  });
  const views = viewRows.flatMap((row): readonly LakeView[] => {
    const id = integer(row, 'view_id');
    const schema = schemaById.get(integer(row, 'schema_id'));
    return schema === undefined
      ? []
      : [
          {
            id,
            uuid: text(row, 'view_uuid'),
            schemaId: schema.id,
            schema: schema.name,
            name: text(row, 'view_name'),
            dialect: text(row, 'dialect'),
            sql: text(row, 'sql'),
            columnNames: aliases(textOrNull(row, 'column_aliases')),
            tags: tagMap(tags.get(id)),
          },
        ];
  });
  return { schemas, tables, views };
}

function columnTree(
  rows: readonly CatalogRow[],
  tagRows: readonly CatalogRow[],
  ownTags: ReadonlyMap<number, ReadonlyMap<string, string>>,
): readonly LakeColumn[] {
  const children = grouped(
    rows.filter((row) => row['parent_column'] !== null),
    'parent_column',
  );
  const tags = grouped(tagRows, 'column_id');
  const build = (row: CatalogRow): LakeColumn => {
    const id = integer(row, 'column_id');
    return {
      id,
      name: text(row, 'column_name'),
      type: text(row, 'column_type'),
      nullable: flag(row, 'nulls_allowed'),
      initialDefault: textOrNull(row, 'initial_default'),
      defaultValue: defaultFrom(row),
      children: (children.get(id) ?? []).map(build),
      tags: new Map([...tagMap(tags.get(id)), ...(ownTags.get(id) ?? [])]),
    };
  };
  return rows.filter((row) => row['parent_column'] === null).map(build);
}

/** DuckLake writes the word NULL for a column without a default. */
function defaultFrom(row: CatalogRow): LakeDefault | null {
  const value = textOrNull(row, 'default_value');
  const isExpression = row['default_value_type'] === 'expression';
  if (value === null || (!isExpression && value === 'NULL')) {
    return null;
  }
  return { kind: isExpression ? 'expression' : 'literal', text: value, dialect: textOrNull(row, 'default_value_dialect') };
}

function partitionFrom(rows: readonly CatalogRow[]): LakePartition | null {
  const [first] = rows;
  return first === undefined
    ? null
    : { id: integer(first, 'partition_id'), keys: rows.map((row) => ({ columnId: integer(row, 'column_id'), transform: text(row, 'transform') })) };
}

function sortKeyFrom(row: CatalogRow): LakeSortKey {
  return { expression: text(row, 'expression'), descending: row['sort_direction'] === 'DESC', nullsFirst: row['null_order'] === 'NULLS_FIRST' };
}

function tagMap(rows: readonly CatalogRow[] | undefined): ReadonlyMap<string, string> {
  return new Map((rows ?? []).map((row) => [text(row, 'key'), text(row, 'value')]));
}

/** Names of a view's columns as DuckLake lists them: quoted, with commas between. */
function aliases(list: string | null): readonly string[] {
  return list === null ? [] : [...list.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => (match[1] ?? '').replaceAll('""', '"'));
}
