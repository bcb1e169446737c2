import type { FileInspector } from '../../executor/engine.js';
import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import { fileListSql } from '../../planner/relation/file-list-sql.js';
import { sampleOf, sampleRows } from './datasets-sample.js';
import type { BuiltFiles } from './datasets-relation.js';

/** Options that only tell how to find the columns: once they are found, they are pinned. */
const SNIFFING_OPTIONS: ReadonlySet<string> = new Set([
  'auto_detect',
  'columns',
  'convert_strings_to_integers',
  'field_appearance_threshold',
  'map_inference_threshold',
  'maximum_depth',
  'maximum_sample_files',
  'sample_size',
  'union_by_name',
]);

/** Finds the columns of JSON files from a sample; readers are then told them and look for each by name. */
export async function buildJson(inspector: FileInspector, files: readonly DatasetFile[], options: Readonly<Record<string, string>>): Promise<BuiltFiles> {
  const sample = sampleOf(files);
  const sniffing = {
    sample_size: String(sampleRows(sample)),
    ...options,
    hive_partitioning: 'false',
  };
  const list = Object.entries(sniffing).map(([name, value]) => `${name} => ${value}`);
  const columns = await inspector.describeFiles(`read_json(${[fileListSql(sample.map((file) => file.absolutePath)), ...list].join(', ')})`);
  return {
    columns,
    files: files.map((file) => ({ path: file.absolutePath, byteCount: file.byteCount })),
    readerOptions: Object.fromEntries(Object.entries(options).filter(([name]) => !SNIFFING_OPTIONS.has(name))),
    unionByName: true,
  };
}
