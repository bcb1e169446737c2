import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { RowBatch } from '../../executor/engine.js';
import { splitBatch } from '../session/row-batch.js';

/** Where a batch lies in the file, and which rows it holds (0-based). */
interface SpooledBatch {
  readonly offset: number;
  readonly byteCount: number;
  readonly firstRow: number;
  readonly rowCount: number;
}

/** Rows kept in a file in the order they came, to be read again from any place. */
export class RowSpool {
  readonly #file: FileHandle;
  readonly #batches: SpooledBatch[] = [];
  #byteCount = 0;
  #rowCount = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Makes the file; it must not exist. It has no name from then on, so that nothing is left of it whatever happens. */
  static async create(path: string): Promise<RowSpool> {
    const file = await open(path, 'wx+');
    await unlink(path);
    return new RowSpool(file);
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  async append(batch: RowBatch): Promise<void> {
    await this.#file.writev([batch.bytes], this.#byteCount);
    this.#batches.push({ offset: this.#byteCount, byteCount: batch.bytes.length, firstRow: this.#rowCount, rowCount: batch.rowCount });
    this.#byteCount += batch.bytes.length;
    this.#rowCount += batch.rowCount;
  }

  /** Rows `first` to before `end`, batch by batch; both within what was appended. */
  async *rows(first: number, end: number): AsyncGenerator<RowBatch> {
    for (let index = this.#batchOf(first); index < this.#batches.length; index += 1) {
      const batch = this.#batches[index];
      if (batch === undefined || batch.firstRow >= end) {
        return;
      }
      yield await this.#read(batch, Math.max(first, batch.firstRow), Math.min(end, batch.firstRow + batch.rowCount));
    }
  }

  /** The same rows from the last to the first, each batch still in its own order. */
  async *rowsBackward(first: number, end: number): AsyncGenerator<RowBatch> {
    for (let index = end <= first ? -1 : this.#batchOf(end - 1); index >= 0; index -= 1) {
      const batch = this.#batches[index];
      if (batch === undefined || batch.firstRow + batch.rowCount <= first) {
        return;
      }
      yield await this.#read(batch, Math.max(first, batch.firstRow), Math.min(end, batch.firstRow + batch.rowCount));
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #read(batch: SpooledBatch, first: number, end: number): Promise<RowBatch> {
    const bytes = Buffer.allocUnsafe(batch.byteCount);
    const { bytesRead } = await this.#file.read(bytes, 0, batch.byteCount, batch.offset);
    if (bytesRead !== batch.byteCount) {
      throw new Error('a spool of rows is shorter than it was written');
    }
    const whole = { bytes, rowCount: batch.rowCount };
    const behind = first === batch.firstRow ? whole : splitBatch(whole, first - batch.firstRow).rest;
    return splitBatch(behind ?? { bytes: Buffer.alloc(0), rowCount: 0 }, end - first).head;
  }

  /** Index of the batch that holds a row, by bisection. */
  #batchOf(row: number): number {
    let low = 0;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const batch = this.#batches[middle];
      if (batch !== undefined && batch.firstRow + batch.rowCount <= row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
