import { randomFillSync } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toStoreError } from '../store/store-error.js';
import type { ByteRange } from './byte-ranges.js';
import { mergeRanges, splitRanges, subtractRanges } from './byte-ranges.js';
import type { ObjectSummary, S3Connection } from './connection.js';
import type { ColumnChunk } from './parquet-chunks.js';
import { FOOTER_GUESS_BYTES, footerStart, readColumnChunks } from './parquet-chunks.js';

/** What stands where nothing was fetched. Tests fill the gaps, so that a read of one shows. */
export type GapFill = 'hole' | 'garbage';

/** Bytes asked for in one request at most: long enough for a request's latency not to matter, short enough to run many. */
const PART_BYTES = 8 << 20;
/** Gaps of at most this many bytes are read over: cheaper than another request. */
const GAP_BYTES = 32 * 1024;
const GARBAGE_BLOCK_BYTES = 1 << 20;

interface Piece extends ByteRange {
  readonly done: Promise<void>;
}

/**
 * One version of an object as a sparse local file of its size. Ranges that were asked for are there when `fetch` resolves;
 * whoever asks for what another is already fetching waits for that.
 */
export class CachedObject {
  readonly object: ObjectSummary;
  readonly path: string;
  /** Uses that must not lose the file. */
  pins = 0;
  #pieces: readonly Piece[] = [];
  #file: Promise<void> | undefined;
  #chunks: Promise<readonly ColumnChunk[]> | undefined;
  #fetchedBytes = 0;

  constructor(object: ObjectSummary, path: string) {
    this.object = object;
    this.path = path;
  }

  /** Bytes fetched into the file so far. */
  get fetchedBytes(): number {
    return this.#fetchedBytes;
  }

  /** Makes the ranges be there. */
  async fetch(connection: S3Connection, ranges: readonly ByteRange[], gapFill: GapFill): Promise<void> {
    this.#file ??= this.#create(gapFill);
    await this.#file;
    const wanted = mergeRanges(ranges);
    const missing = mergeRanges(subtractRanges(wanted, mergeRanges(this.#pieces)), GAP_BYTES);
    const started = splitRanges(missing, PART_BYTES).map((range): Piece => ({ ...range, done: this.#fetchPart(connection, range) }));
    this.#pieces = [...this.#pieces, ...started];
    for (const piece of started) {
      piece.done.catch(() => {
        this.#pieces = this.#pieces.filter((other) => other !== piece);
      });
    }
    const needed = this.#pieces.filter((piece) => wanted.some((range) => range.start < piece.end && piece.start < range.end));
    const settled = await Promise.allSettled(needed.map(({ done }) => done));
    for (const outcome of settled) {
      if (outcome.status === 'rejected') {
        throw outcome.reason;
      }
    }
  }

  /** Makes the Parquet footer be there and gives the column chunks it names. */
  async chunks(connection: S3Connection, gapFill: GapFill): Promise<readonly ColumnChunk[]> {
    this.#chunks ??= this.#readChunks(connection, gapFill);
    try {
      return await this.#chunks;
    } catch (error) {
      this.#chunks = undefined;
      throw error;
    }
  }

  /** Removes the file; what is asked for later is fetched anew. Only without pins. */
  async evict(): Promise<void> {
    this.#pieces = [];
    this.#file = undefined;
    this.#chunks = undefined;
    this.#fetchedBytes = 0;
    await rm(this.path, { force: true });
  }

  async #readChunks(connection: S3Connection, gapFill: GapFill): Promise<readonly ColumnChunk[]> {
    const { byteCount } = this.object;
    const guess = Math.max(0, byteCount - FOOTER_GUESS_BYTES);
    await this.fetch(connection, [{ start: guess, end: byteCount }], gapFill);
    const start = footerStart(await this.#read(guess, byteCount), byteCount, connection.urlOf(this.object.path));
    await this.fetch(connection, [{ start, end: byteCount }], gapFill);
    return readColumnChunks(await this.#read(start, byteCount), byteCount, connection.urlOf(this.object.path));
  }

  async #read(start: number, end: number): Promise<Buffer> {
    return await this.#withFile('r', async (file) => {
      const bytes = Buffer.allocUnsafe(end - start);
      await file.read(bytes, 0, bytes.length, start);
      return bytes;
    });
  }

  async #fetchPart(connection: S3Connection, { start, end }: ByteRange): Promise<void> {
    const bytes = await connection.read(this.object, start, end);
    await this.#withFile('r+', async (file) => {
      for (let written = 0; written < bytes.length;) {
        const result = await file.write(bytes, written, bytes.length - written, start + written);
        written += result.bytesWritten;
      }
    });
    this.#fetchedBytes += bytes.length;
  }

  async #create(gapFill: GapFill): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    await this.#withFile('w', async (file) => {
      await file.truncate(this.object.byteCount);
      if (gapFill === 'garbage') {
        const block = randomFillSync(Buffer.allocUnsafe(GARBAGE_BLOCK_BYTES));
        for (let at = 0; at < this.object.byteCount; at += block.length) {
          await file.write(block, 0, Math.min(block.length, this.object.byteCount - at), at);
        }
      }
    });
  }

  async #withFile<T>(flags: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
    try {
      const file = await open(this.path, flags, 0o600);
      try {
        return await use(file);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw toStoreError(error, this.path);
    }
  }
}
