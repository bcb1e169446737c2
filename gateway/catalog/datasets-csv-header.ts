import { constants, gunzipSync } from 'node:zlib';
import type { DatasetFile } from '../../fs/dataset/dataset-files.js';
import { boundedMap } from '../../fs/store/bounded-map.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

/** Bytes of a file read first: most header lines end within them. */
const HEADER_BYTES = 4 * 1024;

/** Bytes of a file read at most to find its header line; longer headers are compared by their beginning, and sniffed each. */
const HEADER_BYTES_MAX = 64 * 1024;

/** Groups CSV files by their first line, in order of appearance: files of one group name the same columns in the same order. */
export async function groupByFirstLine(files: readonly DatasetFile[]): Promise<readonly (readonly DatasetFile[])[]> {
  const lines = await boundedMap(files, firstLine);
  const groups = new Map<string, DatasetFile[]>();
  for (const [index, file] of files.entries()) {
    const key = lines[index] ?? `\0${file.absolutePath}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(file);
  }
  return [...groups.values()];
}

/** The first line, or undefined when it cannot be told here (a compression Node lacks, a very long line). */
async function firstLine(file: DatasetFile): Promise<string | undefined> {
  const name = file.name.toLowerCase();
  if (name.endsWith('.zst')) {
    return undefined;
  }
  const opened = await file.store.open(file.path, 'read');
  try {
    for (const byteCount of [HEADER_BYTES, HEADER_BYTES_MAX]) {
      const bytes = await opened.read(0, byteCount);
      const text = (name.endsWith('.gz') ? gunzipStart(file, bytes) : bytes).toString('latin1');
      const end = text.search(/[\r\n]/);
      if (end !== -1 || bytes.length < byteCount) {
        return text.slice(0, end === -1 ? undefined : end);
      }
    }
    return undefined;
  } finally {
    await opened.close();
  }
}

/** Decompresses what the bytes at hand hold; the stream may go on. */
function gunzipStart(file: DatasetFile, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new SqlError(SQLSTATE.data_corrupted, `"${file.path}" is not a gzip file`, { cause: error });
  }
}
