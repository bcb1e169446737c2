import { join } from 'node:path';
import type { CatalogAccess } from './catalog-access.js';
import { textOf } from '../text-of.js';

/** A file as the catalog knows it. */
export interface CatalogFile {
  readonly path: string;
  readonly rowCount: number;
  readonly byteCount: number;
  readonly footerByteCount: number;
}

/** A live table as the catalog counts it. */
export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  readonly dataFiles: readonly CatalogFile[];
  readonly deleteFiles: readonly CatalogFile[];
  /** Rows kept in the catalog itself. */
  readonly inlinedRowCount: number;
  /** Rows of data files whose deletion is kept in the catalog itself, as others than Sluice do. */
  readonly inlinedDeleteCount: number;
}

/** The newest state of a DuckLake catalog, read by SQL of the tests' own: another's reading than Sluice's. */
export interface CatalogView {
  readonly tables: readonly CatalogTable[];
  /** Every file any snapshot names, and those only scheduled for deletion. */
  readonly filesNamed: ReadonlySet<string>;
  readonly snapshotCount: number;
  /** Rules of the catalog that are broken: doubled ids, live rows of dropped tables and the like. */
  readonly faults: readonly string[];
}

/** Reads it all; the folder is the catalog's data path. */
export async function readCatalog(access: CatalogAccess, dataPath: string): Promise<CatalogView> {
  const schemas = await access.query('SELECT schema_id, schema_name, path, path_is_relative, end_snapshot FROM ducklake_schema');
  const tables = await access.query(
    'SELECT table_id, schema_id, table_name, path, path_is_relative, begin_snapshot, end_snapshot FROM ducklake_table ORDER BY begin_snapshot',
  );
  const columns = 'path, path_is_relative, table_id, begin_snapshot, end_snapshot, data_file_id, file_size_bytes AS bytes, footer_size AS footer';
  const dataFiles = await access.query(`SELECT ${columns}, record_count AS rows FROM ducklake_data_file`);
  const deleteFiles = await access.query(`SELECT ${columns}, delete_count AS rows FROM ducklake_delete_file`);
  const scheduled = await access.query('SELECT path, path_is_relative FROM ducklake_files_scheduled_for_deletion');
  const inlined = await access.query('SELECT table_id, table_name FROM ducklake_inlined_data_tables');
  const inlinedDeletes = await access.query("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'ducklake_inlined_delete_%'");
  const snapshots = await access.query('SELECT snapshot_id FROM ducklake_snapshot ORDER BY snapshot_id');

  const schemaPaths = new Map(schemas.map((row) => [Number(row['schema_id']), at(dataPath, row)]));
  const tablePaths = new Map(tables.map((row) => [Number(row['table_id']), at(schemaPaths.get(Number(row['schema_id'])) ?? dataPath, row)]));
  const fileOf = (row: Row): CatalogFile => ({
    path: at(tablePaths.get(Number(row['table_id'])) ?? dataPath, row),
    rowCount: Number(row['rows']),
    byteCount: Number(row['bytes']),
    footerByteCount: Number(row['footer']),
  });

  const liveTables = tables.filter(isLive);
  const liveDataFiles = new Set(dataFiles.filter(isLive).map((row) => Number(row['data_file_id'])));
  const view: CatalogTable[] = [];
  for (const table of liveTables) {
    const id = Number(table['table_id']);
    let inlinedRowCount = 0;
    for (const each of inlined.filter((row) => Number(row['table_id']) === id)) {
      const [count] = await access.query(`SELECT count(*) AS n FROM "${textOf(each['table_name'])}" WHERE end_snapshot IS NULL`);
      inlinedRowCount += Number(count?.['n']);
    }
    const deleted = inlinedDeletes.some((row) => row['table_name'] === `ducklake_inlined_delete_${id}`)
      ? await access.query(`SELECT file_id FROM ducklake_inlined_delete_${id}`)
      : [];
    view.push({
      schema: textOf(schemas.find((row) => row['schema_id'] === table['schema_id'])?.['schema_name']),
      name: textOf(table['table_name']),
      dataFiles: dataFiles.filter((row) => isLive(row) && Number(row['table_id']) === id).map(fileOf),
      deleteFiles: deleteFiles.filter((row) => isLive(row) && Number(row['table_id']) === id).map(fileOf),
      inlinedRowCount,
      inlinedDeleteCount: deleted.filter((row) => liveDataFiles.has(Number(row['file_id']))).length,
    });
  }
  const liveIds = new Set(liveTables.map((row) => Number(row['table_id'])));
  return {
    tables: view,
    filesNamed: new Set([...dataFiles, ...deleteFiles].map((row) => fileOf(row).path).concat(scheduled.map((row) => at(dataPath, row)))),
    snapshotCount: snapshots.length,
    faults: [
      ...repeated(dataFiles, 'data_file_id', 'data file'),
      ...repeated(liveTables, 'table_id', 'live table'),
      ...repeated(deleteFiles.filter(isLive), 'data_file_id', 'live delete file of data file'),
      ...repeated(snapshots, 'snapshot_id', 'snapshot'),
      ...[...dataFiles, ...deleteFiles]
        .filter((row) => isLive(row) && !liveIds.has(Number(row['table_id'])))
        .map((row) => `live file ${textOf(row['path'])} of dropped table ${textOf(row['table_id'])}`),
      ...deleteFiles
        .filter((row) => isLive(row) && !liveDataFiles.has(Number(row['data_file_id'])))
        .map((row) => `live delete file ${textOf(row['path'])} of a data file that is not live`),
      ...repeated(
        liveTables.map((row) => ({ name: `${textOf(row['schema_id'])}.${textOf(row['table_name'])}` })),
        'name',
        'table name',
      ),
    ],
  };
}

type Row = Readonly<Record<string, unknown>>;

function at(parent: string, row: Row): string {
  return row['path_is_relative'] === true ? join(parent, textOf(row['path'])) : textOf(row['path']);
}

function isLive(row: Row): boolean {
  return row['end_snapshot'] === null;
}

function repeated(rows: readonly Row[], key: string, what: string): string[] {
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    const value = textOf(row[key]);
    const isRepeated = seen.has(value);
    seen.add(value);
    return isRepeated ? [`${what} ${value} is there twice`] : [];
  });
}
