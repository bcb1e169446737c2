import type { DatasetFile } from '../../fs/dataset/dataset-files.js';

/** Files looked into to find the columns of text formats, spread evenly from the first to the last. */
const SAMPLED_FILES_MAX = 32;

/** Samples of at most this many bytes are read whole: their types are exact. */
const WHOLE_SAMPLE_BYTES_MAX = 16 * 1024 * 1024;

/** Rows read of each larger file, ten times DuckDB's own default: one scan of about 0.1 s. */
const SAMPLED_ROWS = 204_800;

/** The files a text table's columns are told from. */
export function sampleOf(files: readonly DatasetFile[]): readonly DatasetFile[] {
  if (files.length <= SAMPLED_FILES_MAX) {
    return files;
  }
  const step = (files.length - 1) / (SAMPLED_FILES_MAX - 1);
  return Array.from({ length: SAMPLED_FILES_MAX }, (_, index) => files[Math.round(index * step)]).filter((file) => file !== undefined);
}

/** DuckDB's `sample_size` for a sample: -1 reads it whole. */
export function sampleRows(sample: readonly DatasetFile[]): number {
  return sample.reduce((sum, file) => sum + file.byteCount, 0) <= WHOLE_SAMPLE_BYTES_MAX ? -1 : SAMPLED_ROWS;
}
