/** Formats a data file can have, told by its name alone. */
export type DatasetFormat = 'parquet' | 'csv' | 'json';

const FORMAT_BY_EXTENSION: ReadonlyMap<string, DatasetFormat> = new Map([
  ['parquet', 'parquet'],
  ['csv', 'csv'],
  ['tsv', 'csv'],
  ['json', 'json'],
  ['jsonl', 'json'],
  ['ndjson', 'json'],
]);

/** Compressions DuckDB undoes by itself when a CSV or JSON file's name ends in them. */
const COMPRESSION_EXTENSIONS: ReadonlySet<string> = new Set(['gz', 'zst']);

/** What a file name says: its format and its name without the extensions. */
export interface DataFileName {
  readonly format: DatasetFormat;
  readonly stem: string;
}

/**
 * Reads a file name; undefined for files that are no data. Names starting with `.` or `_` are not read (temporary and
 * marker files of every writer), and neither is any extension not listed: `x.parquet.tmp` has the extension `tmp`.
 */
export function parseDataFileName(name: string): DataFileName | undefined {
  if (isHidden(name)) {
    return undefined;
  }
  let stem = name;
  let extension = takeExtension(stem);
  let compressed = false;
  if (extension !== undefined && COMPRESSION_EXTENSIONS.has(extension)) {
    stem = stem.slice(0, -(extension.length + 1));
    extension = takeExtension(stem);
    compressed = true;
  }
  const format = extension === undefined ? undefined : FORMAT_BY_EXTENSION.get(extension);
  // Parquet compresses its pages itself; a compressed Parquet file cannot be read in place.
  if (format === undefined || extension === undefined || (compressed && format === 'parquet')) {
    return undefined;
  }
  return { format, stem: stem.slice(0, -(extension.length + 1)) };
}

/** True for names that listings leave out. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_');
}

/** The extension in lower case, when there is one and something before it. */
function takeExtension(name: string): string | undefined {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : undefined;
}
