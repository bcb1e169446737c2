import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import { sameVersion } from '../../fs/dataset/dataset-files.js';
import type { FileInspector, InspectedFile } from '../../executor/engine.js';
import { fileListSql } from '../../planner/relation/file-list-sql.js';
import type { Column, DataFile } from '../../planner/relation/relation.js';
import type { BuiltFiles } from './datasets-relation.js';

/** Files asked about at once: bounds the size of one statement and of its answer. */
const FILES_PER_INSPECTION = 500;

/** What was read of a file version once. */
interface KnownFile {
  readonly file: DatasetFile;
  readonly inspected: InspectedFile;
  /** Equal for files with the same columns and types. */
  readonly signature: string | undefined;
}

/** Footers of one table's Parquet files, each read once per version of its file. */
export class ParquetFooters {
  #known = new Map<string, KnownFile>();

  /** Reads the footers not known yet, and tells the table's columns and what each file holds. */
  async build(inspector: FileInspector, files: readonly DatasetFile[], options: Readonly<Record<string, string>>): Promise<BuiltFiles> {
    const known = await this.#read(inspector, files);
    const representatives = distinctFooters(known);
    const unionByName = representatives.length > 1;
    const described = await describe(inspector, representatives, options);
    return {
      columns: described,
      files: known.map(toDataFile),
      readerOptions: options,
      unionByName,
    };
  }

  async #read(inspector: FileInspector, files: readonly DatasetFile[]): Promise<readonly KnownFile[]> {
    const fresh = new Map<string, KnownFile>();
    const unread: DatasetFile[] = [];
    for (const file of files) {
      const known = this.#known.get(file.absolutePath);
      if (known !== undefined && sameVersion(file, known.file)) {
        fresh.set(file.absolutePath, known);
      } else {
        unread.push(file);
      }
    }
    for (let start = 0; start < unread.length; start += FILES_PER_INSPECTION) {
      for (const known of await readFooters(inspector, unread.slice(start, start + FILES_PER_INSPECTION))) {
        fresh.set(known.file.absolutePath, known);
      }
    }
    this.#known = fresh;
    return files.flatMap((file) => fresh.get(file.absolutePath) ?? []);
  }
}

async function readFooters(inspector: FileInspector, files: readonly DatasetFile[]): Promise<readonly KnownFile[]> {
  const paths = files.map((file) => file.absolutePath);
  const inspected = new Map((await inspector.inspectParquet(paths)).map((found) => [found.path, found]));
  const signatures = await readSignatures(inspector, paths);
  return files.flatMap((file) => {
    const found = inspected.get(file.absolutePath);
    return found === undefined ? [] : [{ file, inspected: found, signature: signatures.get(file.absolutePath) }];
  });
}

async function readSignatures(inspector: FileInspector, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  // Whether a column may be NULL in a file makes no difference to readers; whether it repeats does.
  const rows = await inspector.queryText(
    `SELECT file_name, md5(string_agg(concat_ws('|', name, type, repetition_type = 'REPEATED', num_children, converted_type, scale, "precision", logical_type, duckdb_type), '|' ORDER BY column_id)) FROM parquet_schema(${fileListSql(paths)}) GROUP BY file_name`,
  );
  return new Map(rows.flatMap(([path, signature]) => (typeof path === 'string' && typeof signature === 'string' ? [[path, signature] as const] : [])));
}

/** The first file of every distinct schema. */
function distinctFooters(known: readonly KnownFile[]): readonly KnownFile[] {
  const bySignature = new Map<string, KnownFile>();
  for (const footer of known) {
    const key = footer.signature ?? footer.file.absolutePath;
    if (!bySignature.has(key)) {
      bySignature.set(key, footer);
    }
  }
  return [...bySignature.values()];
}

async function describe(
  inspector: FileInspector,
  representatives: readonly KnownFile[],
  options: Readonly<Record<string, string>>,
): Promise<readonly Column[]> {
  const paths = representatives.map(({ file }) => file.absolutePath);
  const named = {
    ...options,
    hive_partitioning: 'false',
    ...(paths.length > 1 ? { union_by_name: 'true' } : {}),
  };
  const list = Object.entries(named).map(([name, value]) => `${name} => ${value}`);
  return await inspector.describeFiles(`read_parquet(${[fileListSql(paths), ...list].join(', ')})`);
}

function toDataFile({ file, inspected }: KnownFile): DataFile {
  return {
    path: file.absolutePath,
    byteCount: file.byteCount,
    rowCount: inspected.rowCount,
    rowGroups: inspected.rowGroups,
    statistics: inspected.statistics,
  };
}
