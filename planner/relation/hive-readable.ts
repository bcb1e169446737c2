import type { DataFile } from './relation.js';

/**
 * True when DuckDB's own hive reading finds exactly these partition values in a file's path, so that one reader call can
 * serve many partitions and prune them. Where it would find others (encoded keys, a value `NULL`, several `=` in a
 * folder's name, a `key=value` folder above the table), the values are printed as constants instead.
 */
export function hiveReadable(file: DataFile, partitionColumns: readonly string[]): boolean {
  const values = file.partitionValues ?? [];
  const folders = file.path
    .split('/')
    .slice(0, -1)
    .filter((folder) => folder.includes('='));
  if (folders.length !== partitionColumns.length || file.path.includes('\\')) {
    return false;
  }
  return folders.every((folder, index) => {
    const [key, text, ...rest] = folder.split('=');
    return rest.length === 0 && key === partitionColumns[index] && text !== undefined && readsAs(text, values[index]);
  });
}

const HIVE_NULL = '__HIVE_DEFAULT_PARTITION__';

function readsAs(text: string, value: string | null | undefined): boolean {
  if (value === null || text === HIVE_NULL) {
    return value === null && text === HIVE_NULL;
  }
  // DuckDB reads a folder k=NULL as NULL too; here it is the text it says.
  if (value === undefined || text.toUpperCase() === 'NULL') {
    return false;
  }
  return /^(?:[^%]|%[0-9A-Fa-f]{2})*$/.test(text) ? decodesTo(text, value) : false;
}

function decodesTo(text: string, value: string): boolean {
  try {
    return decodeURIComponent(text) === value;
  } catch (error) {
    if (error instanceof URIError) {
      return false;
    }
    throw error;
  }
}
