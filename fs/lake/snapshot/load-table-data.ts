import type { CatalogDatabase, CatalogQueries, CatalogRow } from '../catalog-database.js';
import type { HiddenRows, InlinedFiles, InlinedRow } from '../inlined-cache.js';
import { LakeError } from '../lake-error.js';
import type { LakeColumnStatistics, LakeDeleteFile, LakeFile, LakeTable, LakeTableData } from '../model.js';
import { livesAt } from './load-definitions.js';
import { readInlined, type InlinedState } from './load-inlined.js';
import { absolutePath, grouped, integer, integerOrNull, text, textOrNull } from './row-values.js';

/**
 * Reads a table's files and inlined rows at a snapshot. What `known` (an earlier state) says of a file that is still there
 * is taken over, and of inlined rows only those are read that came and went since.
 */
export async function loadTableData(
  database: CatalogDatabase,
  cache: InlinedFiles,
  table: LakeTable,
  snapshotId: number,
  known: KnownTableData | null,
): Promise<LakeTableData> {
  const before = known?.data ?? null;
  const inlinedBefore = known === null || known.hasMoved ? null : { rows: cache.rowsOf(known.data.inlined), snapshotId: known.snapshotId };
  // Flushing and merging in another process moves rows from one place to another: all places are read in one transaction.
  const rows = await database.read((queries) => readRows(queries, database, table, snapshotId, before, inlinedBefore));
  const inlined = rows.inlined === inlinedBefore?.rows ? (before?.inlined ?? null) : await cache.write(table.columns, rows.inlined);
  const deletes = new Map(rows.deletes.map((row) => [integer(row, 'data_file_id'), row]));
  const inlinedDeletes = grouped(rows.inlinedDeletes, 'file_id');
  const filesBefore = new Map((before?.files ?? []).map((file) => [file.id, file]));
  const files: LakeFile[] = [];
  for (const row of rows.files) {
    const id = integer(row, 'data_file_id');
    const file = filesBefore.get(id) ?? newFile(table, row, rows.details);
    const stored = deletes.get(id);
    const hidden: HiddenRows = {
      dataPath: file.path,
      laterRows: isPartial(row, snapshotId),
      stored: stored === undefined ? null : deleteFile(table, stored),
      laterDeletes: stored !== undefined && isPartial(stored, snapshotId),
      positions: (inlinedDeletes.get(id) ?? []).map((each) => integer(each, 'row_id')),
      snapshotId,
    };
    files.push(await withDeletes(cache, file, hidden));
  }
  const rowCount = files.reduce((sum, file) => sum + file.rowCount - (file.deletes?.rowCount ?? 0), inlined?.rowCount ?? 0);
  return { files, inlined, rowCount };
}

/** A table's data at an earlier snapshot. */
export interface KnownTableData {
  readonly data: LakeTableData;
  readonly snapshotId: number;
  /** True when rows were found in another place since: then their former place says nothing of them. */
  readonly hasMoved: boolean;
}

/** Files of several snapshots in one keep each row's snapshot inside; `partial_max` is the newest of them. */
function isPartial(row: CatalogRow, snapshotId: number): boolean {
  return (integerOrNull(row, 'partial_max') ?? 0) > snapshotId;
}

async function withDeletes(cache: InlinedFiles, file: LakeFile, hidden: HiddenRows): Promise<LakeFile> {
  const hasInlined = hidden.positions.length > 0;
  const deletes = hidden.laterRows || hidden.laterDeletes || hasInlined ? await cache.writeDeletes(hidden) : hidden.stored;
  if (file.deletes?.path === deletes?.path && (file.hasInlinedDeletes ?? false) === hasInlined) {
    return file;
  }
  const { hasInlinedDeletes: _, ...plain } = file;
  return { ...plain, deletes, ...(hasInlined ? { hasInlinedDeletes: true } : {}) };
}

/** What the catalog says of a table's rows at one moment. */
interface TableRows {
  readonly files: readonly CatalogRow[];
  readonly details: FileDetails;
  readonly deletes: readonly CatalogRow[];
  readonly inlined: readonly InlinedRow[];
  readonly inlinedDeletes: readonly CatalogRow[];
}

async function readRows(
  queries: CatalogQueries,
  { prefix, kind }: CatalogDatabase,
  table: LakeTable,
  snapshotId: number,
  known: LakeTableData | null,
  inlinedBefore: InlinedState | null,
): Promise<TableRows> {
  const files = await queries.query(
    `SELECT data_file_id, path, path_is_relative, file_format, record_count, file_size_bytes, footer_size, row_id_start, partition_id, encryption_key, mapping_id, partial_max FROM ${prefix}ducklake_data_file WHERE table_id = ${table.id} AND ${livesAt(snapshotId)} ORDER BY file_order, data_file_id`,
  );
  const deletes = await queries.query(
    `SELECT delete_file_id, data_file_id, path, path_is_relative, format, delete_count, file_size_bytes, footer_size, encryption_key, partial_max FROM ${prefix}ducklake_delete_file WHERE table_id = ${table.id} AND ${livesAt(snapshotId)}`,
  );
  const inlinedDeletes = await readInlinedDeletes(queries, prefix, table, snapshotId);
  const inlined = await readInlined(queries, prefix, kind, table, snapshotId, inlinedBefore);
  const before = new Set((known?.files ?? []).map(({ id }) => id));
  const details = await loadDetails(
    queries,
    prefix,
    table,
    files.filter((row) => !before.has(integer(row, 'data_file_id'))),
  );
  await requireKept(queries, prefix, snapshotId);
  return { files, details, deletes, inlined, inlinedDeletes };
}

/** What was read is whole only if the snapshot was not expired before: asked last, for a DuckDB file is read without a transaction. */
async function requireKept(queries: CatalogQueries, prefix: string, snapshotId: number): Promise<void> {
  const found = await queries.query(`SELECT 1 AS there FROM ${prefix}ducklake_snapshot WHERE snapshot_id = ${snapshotId}`);
  if (found.length === 0) {
    throw new LakeError('snapshot_expired', 'snapshot too old', { detail: `Snapshot ${snapshotId} was expired while it was in use.` });
  }
}

/** The ducklake extension keeps few deletes of a data file in a table of the catalog: the rows' positions in the file, never taken back. */
async function readInlinedDeletes(queries: CatalogQueries, prefix: string, table: LakeTable, snapshotId: number): Promise<readonly CatalogRow[]> {
  const name = `ducklake_inlined_delete_${table.id}`;
  const schema = prefix.slice(1, -2).replaceAll('""', '"').replaceAll("'", "''");
  const found = await queries.query(`SELECT 1 AS there FROM information_schema.tables WHERE table_schema = '${schema}' AND table_name = '${name}'`);
  return found.length === 0
    ? []
    : await queries.query(`SELECT DISTINCT file_id, row_id FROM ${prefix}${name} WHERE begin_snapshot <= ${snapshotId} ORDER BY file_id, row_id`);
}

/** What other tables of the catalog say of data files, by file id. */
interface FileDetails {
  readonly statistics: ReadonlyMap<number, readonly CatalogRow[]>;
  readonly partitionValues: ReadonlyMap<number, readonly CatalogRow[]>;
  readonly mappings: ReadonlyMap<number, readonly CatalogRow[]>;
}

/** More files than this are asked for by their table. */
const FILE_LIST_MAX = 1000;

async function loadDetails(queries: CatalogQueries, prefix: string, table: LakeTable, rows: readonly CatalogRow[]): Promise<FileDetails> {
  const none = new Map<number, readonly CatalogRow[]>();
  if (rows.length === 0) {
    return { statistics: none, partitionValues: none, mappings: none };
  }
  const ids = rows.length > FILE_LIST_MAX ? '' : ` AND data_file_id IN (${rows.map((row) => integer(row, 'data_file_id')).join(', ')})`;
  const mappingIds = [...new Set(rows.flatMap((row) => integerOrNull(row, 'mapping_id') ?? []))];
  const statistics = await queries.query(
    `SELECT data_file_id, column_id, column_size_bytes, value_count, null_count, min_value, max_value, contains_nan FROM ${prefix}ducklake_file_column_stats WHERE table_id = ${table.id}${ids}`,
  );
  const partitionValues = await queries.query(
    `SELECT data_file_id, partition_value FROM ${prefix}ducklake_file_partition_value WHERE table_id = ${table.id}${ids} ORDER BY data_file_id, partition_key_index`,
  );
  const mappings =
    mappingIds.length === 0
      ? []
      : await queries.query(
          `SELECT mapping_id, source_name, target_field_id FROM ${prefix}ducklake_name_mapping WHERE parent_column IS NULL AND mapping_id IN (${mappingIds.join(', ')})`,
        );
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
  if (row['format'] !== 'parquet' || row['encryption_key'] !== null) {
    throw new LakeError('unsupported', `delete file ${path} of table ${table.name} is encrypted or no Parquet file`);
  }
  return {
    id: integer(row, 'delete_file_id'),
    path,
    rowCount: integer(row, 'delete_count'),
    byteCount: integer(row, 'file_size_bytes'),
    footerByteCount: integerOrNull(row, 'footer_size') ?? 0,
  };
}
