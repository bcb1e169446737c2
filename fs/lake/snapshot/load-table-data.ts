import type { CatalogDatabase, CatalogRow } from '../catalog-database.js';
import type { InlinedFiles } from '../inlined-cache.js';
import { LakeError } from '../lake-error.js';
import type { LakeColumnStatistics, LakeDeleteFile, LakeFile, LakeTable, LakeTableData } from '../model.js';
import { livesAt } from './load-definitions.js';
import { loadInlined } from './load-inlined.js';
import { absolutePath, grouped, integer, integerOrNull, text, textOrNull } from './row-values.js';

/** Reads a table's files and inlined rows at a snapshot. What `known` (an earlier state) says of a file that is still there is taken over. */
export async function loadTableData(
  database: CatalogDatabase,
  cache: InlinedFiles,
  table: LakeTable,
  snapshotId: number,
  known: LakeTableData | null,
): Promise<LakeTableData> {
  const { prefix } = database;
  await refuseInlinedDeletes(database, table);
  const [fileRows, deleteRows, inlined] = await Promise.all([
    database.query(
      `SELECT data_file_id, path, path_is_relative, file_format, record_count, file_size_bytes, footer_size, row_id_start, partition_id, encryption_key, mapping_id FROM ${prefix}ducklake_data_file WHERE table_id = ${table.id} AND ${livesAt(snapshotId)} ORDER BY file_order, data_file_id`,
    ),
    database.query(
      `SELECT delete_file_id, data_file_id, path, path_is_relative, format, delete_count, file_size_bytes, footer_size FROM ${prefix}ducklake_delete_file WHERE table_id = ${table.id} AND ${livesAt(snapshotId)}`,
    ),
    loadInlined(database, cache, table, snapshotId),
  ]);
  const deletes = new Map(deleteRows.map((row) => [integer(row, 'data_file_id'), deleteFile(table, row)]));
  const before = new Map((known?.files ?? []).map((file) => [file.id, file]));
  const fresh = fileRows.filter((row) => !before.has(integer(row, 'data_file_id')));
  const details = await loadDetails(database, table, fresh);
  const files = fileRows.map((row): LakeFile => {
    const id = integer(row, 'data_file_id');
    const file = before.get(id) ?? newFile(table, row, details);
    const live = deletes.get(id) ?? null;
    return file.deletes?.id === live?.id ? file : { ...file, deletes: live };
  });
  const rowCount = files.reduce((sum, file) => sum + file.rowCount - (file.deletes?.rowCount ?? 0), inlined?.rowCount ?? 0);
  return { files, inlined, rowCount };
}

/** What other tables of the catalog say of data files, by file id. */
interface FileDetails {
  readonly statistics: ReadonlyMap<number, readonly CatalogRow[]>;
  readonly partitionValues: ReadonlyMap<number, readonly CatalogRow[]>;
  readonly mappings: ReadonlyMap<number, readonly CatalogRow[]>;
}

/** More files than this are asked for by their table. */
const FILE_LIST_MAX = 1000;

async function loadDetails(database: CatalogDatabase, table: LakeTable, rows: readonly CatalogRow[]): Promise<FileDetails> {
  const none = new Map<number, readonly CatalogRow[]>();
  if (rows.length === 0) {
    return { statistics: none, partitionValues: none, mappings: none };
  }
  const { prefix } = database;
  const ids = rows.length > FILE_LIST_MAX ? '' : ` AND data_file_id IN (${rows.map((row) => integer(row, 'data_file_id')).join(', ')})`;
  const mappingIds = [...new Set(rows.flatMap((row) => integerOrNull(row, 'mapping_id') ?? []))];
  const [statistics, partitionValues, mappings] = await Promise.all([
    database.query(
      `SELECT data_file_id, column_id, column_size_bytes, value_count, null_count, min_value, max_value, contains_nan FROM ${prefix}ducklake_file_column_stats WHERE table_id = ${table.id}${ids}`,
    ),
    database.query(
      `SELECT data_file_id, partition_value FROM ${prefix}ducklake_file_partition_value WHERE table_id = ${table.id}${ids} ORDER BY data_file_id, partition_key_index`,
    ),
    mappingIds.length === 0
      ? []
      : database.query(
          `SELECT mapping_id, source_name, target_field_id FROM ${prefix}ducklake_name_mapping WHERE parent_column IS NULL AND mapping_id IN (${mappingIds.join(', ')})`,
        ),
  ]);
  return {
    statistics: grouped(statistics, 'data_file_id'),
    partitionValues: grouped(partitionValues, 'data_file_id'),
    mappings: grouped(mappings, 'mapping_id'),
  };
}

function newFile(table: LakeTable, row: CatalogRow, details: FileDetails): LakeFile {
  const id = integer(row, 'data_file_id');
  const path = absolutePath(table.path, row);
  if (row['file_format'] !== 'parquet' || row['encryption_key'] !== null) {
    throw new LakeError('unsupported', `data file ${path} of table ${table.name} is encrypted or no Parquet file`);
  }
  const mapping = integerOrNull(row, 'mapping_id');
  return {
    id,
    path,
    rowCount: integer(row, 'record_count'),
    byteCount: integer(row, 'file_size_bytes'),
    footerByteCount: integerOrNull(row, 'footer_size') ?? 0,
    rowIdStart: integerOrNull(row, 'row_id_start') ?? 0,
    partitionId: integerOrNull(row, 'partition_id'),
    partitionValues: (details.partitionValues.get(id) ?? []).map((value) => textOrNull(value, 'partition_value')),
    statistics: new Map((details.statistics.get(id) ?? []).map((value) => [integer(value, 'column_id'), columnStatistics(value)])),
    deletes: null,
    nameMapping:
      mapping === null ? null : new Map((details.mappings.get(mapping) ?? []).map((value) => [text(value, 'source_name'), integer(value, 'target_field_id')])),
  };
}

function columnStatistics(row: CatalogRow): LakeColumnStatistics {
  return {
    min: textOrNull(row, 'min_value'),
    max: textOrNull(row, 'max_value'),
    nullCount: integerOrNull(row, 'null_count'),
    valueCount: integerOrNull(row, 'value_count'),
    byteCount: integerOrNull(row, 'column_size_bytes'),
    containsNan: typeof row['contains_nan'] === 'boolean' ? row['contains_nan'] : null,
  };
}

function deleteFile(table: LakeTable, row: CatalogRow): LakeDeleteFile {
  const path = absolutePath(table.path, row);
  if (row['format'] !== 'parquet') {
    throw new LakeError('unsupported', `delete file ${path} of table ${table.name} is of format ${String(row['format'])}`);
  }
  return {
    id: integer(row, 'delete_file_id'),
    path,
    rowCount: integer(row, 'delete_count'),
    byteCount: integer(row, 'file_size_bytes'),
    footerByteCount: integerOrNull(row, 'footer_size') ?? 0,
  };
}

/** The ducklake extension may keep few deletes of a data file in the catalog; a reader that does not know them would show dead rows. */
async function refuseInlinedDeletes(database: CatalogDatabase, table: LakeTable): Promise<void> {
  const name = `ducklake_inlined_delete_${table.id}`;
  const found = await database.query(`SELECT 1 AS there FROM information_schema.tables WHERE table_name = '${name}'`);
  if (found.length === 0) {
    return;
  }
  const rows = await database.query(`SELECT 1 AS there FROM ${database.prefix}"${name}" LIMIT 1`);
  if (rows.length > 0) {
    throw new LakeError('unsupported', `table ${table.name} has deleted rows that are kept in the catalog, which Sluice does not read yet`, {
      detail: `In DuckDB, CALL ducklake_flush_inlined_data(...) writes them into delete files.`,
    });
  }
}
