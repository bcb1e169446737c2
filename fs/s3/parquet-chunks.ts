import type { FileMetaData } from 'hyparquet';
import { parquetMetadata } from 'hyparquet';
import { StoreError } from '../store/store-error.js';
import type { ByteRange } from './byte-ranges.js';

/** Bytes read from the end of a Parquet file in the first try: most footers fit. */
export const FOOTER_GUESS_BYTES: number = 64 * 1024;

/** Bytes after the footer: its length and the magic. */
const TRAILER_BYTES = 8;
const MAGIC = 'PAR1';
/** Bytes of a bloom filter whose length the footer does not tell. */
const BLOOM_FILTER_GUESS_BYTES = 1 << 20;

/** Where one column's bytes of one row group are, and the bloom filter that comes with them. */
export interface ColumnChunk {
  /** The top-level column's name, in lower case. */
  readonly column: string;
  readonly ranges: readonly ByteRange[];
}

/** Where the footer starts, from the last bytes of the file; `corrupt` when it is no Parquet file. */
export function footerStart(tail: Uint8Array, byteCount: number, path: string): number {
  const end = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength);
  const length = end.length < TRAILER_BYTES ? 0 : end.readUInt32LE(end.length - TRAILER_BYTES);
  if (end.length < TRAILER_BYTES || end.toString('latin1', end.length - 4) !== MAGIC || length + TRAILER_BYTES > byteCount) {
    throw new StoreError('corrupt', path, 'not a Parquet file');
  }
  return byteCount - TRAILER_BYTES - length;
}

/** Every column chunk that a footer names; `tail` is the file from the footer on, or from before it. */
export function readColumnChunks(tail: Uint8Array, byteCount: number, path: string): readonly ColumnChunk[] {
  let metadata: FileMetaData;
  try {
    metadata = parquetMetadata(new Uint8Array(tail).buffer);
  } catch (error) {
    throw new StoreError('corrupt', path, 'the Parquet footer cannot be read', error);
  }
  return metadata.row_groups.flatMap((group) =>
    group.columns.flatMap(({ meta_data: chunk }): ColumnChunk[] => {
      const [column] = chunk?.path_in_schema ?? [];
      if (chunk === undefined || column === undefined) {
        return [];
      }
      const dictionary = Number(chunk.dictionary_page_offset ?? 0n);
      const data = Number(chunk.data_page_offset);
      const start = dictionary > 0 ? Math.min(dictionary, data) : data;
      const ranges = [{ start, end: Math.min(byteCount, start + Number(chunk.total_compressed_size)) }];
      if (chunk.bloom_filter_offset !== undefined) {
        const bloom = Number(chunk.bloom_filter_offset);
        ranges.push({ start: bloom, end: Math.min(byteCount, bloom + (chunk.bloom_filter_length ?? BLOOM_FILTER_GUESS_BYTES)) });
      }
      return [{ column: column.toLowerCase(), ranges }];
    }),
  );
}
