import type { ResultColumn, RowBatch } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ExecutionResult } from '../session/backend.js';
import { formatOf } from '../session/constant-rows.js';
import { reversedBatch, splitBatch } from '../session/row-batch.js';
import type { RowSpool } from './row-spool.js';

type RowsResult = Extract<ExecutionResult, { readonly kind: 'rows' }>;

/** Where to fetch, as FETCH says it; `count` may be Infinity. */
export interface FetchTarget {
  readonly direction: 'forward' | 'backward' | 'absolute' | 'relative';
  readonly count: number;
}

/** What a cursor is made of. */
export interface CursorParts {
  readonly name: string;
  readonly hold: boolean;
  readonly binary: boolean;
  /** False when it may only be read forward. */
  readonly scrolls: boolean;
  /** The DECLARE itself, for pg_cursors. */
  readonly text: string;
  /** Columns as Describe tells them. */
  readonly describe: () => Promise<readonly ResultColumn[] | null>;
  /** Starts the query. */
  readonly start: (formats: readonly ('text' | 'binary')[], signal: AbortSignal) => Promise<RowsResult>;
  /** Makes the place where rows are kept; null when none are. */
  readonly makeSpool: (() => Promise<RowSpool>) | null;
}

/**
 * A query read in pieces. Position 0 is before the first row, n on the n-th, one more than all rows behind the last.
 *
 *   declared --open--> running --last row--> ended;  any --close--> closed
 *
 * One that only goes forward keeps nothing. A scrolling one writes what it has read into a spool and reads it back.
 */
export class Cursor {
  readonly name: string;
  readonly hold: boolean;
  readonly binary: boolean;
  readonly text: string;
  readonly declaredAt: Date = new Date();
  readonly #parts: CursorParts;
  readonly #abort = new AbortController();
  #result: RowsResult | null = null;
  #formats: readonly ('text' | 'binary')[] = [];
  #leftover: RowBatch | null = null;
  #spool: RowSpool | null = null;
  #position = 0;
  /** Rows taken from the query so far. */
  #readCount = 0;
  #ended = false;

  constructor(parts: CursorParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.hold = parts.hold;
    this.binary = parts.binary;
    this.text = parts.text;
  }

  get scrolls(): boolean {
    return this.#parts.scrolls;
  }

  describe(): Promise<readonly ResultColumn[] | null> {
    return this.#parts.describe();
  }

  /**
   * Starts the query where it has not been. DECLARE starts it, so that it sees what there was then, in text; where the first
   * fetch asks for other formats it is started anew, and those stay.
   */
  async open(formats: readonly ('text' | 'binary')[], signal: AbortSignal): Promise<readonly ResultColumn[]> {
    const wanted = this.binary ? ['binary' as const] : formats;
    const differs = this.#result !== null && !sameFormats(this.#formats, wanted, this.#result.columns.length);
    if (this.#result === null || (differs && this.#readCount === 0 && !this.#ended)) {
      await this.#under(signal, async () => {
        await this.#result?.stream.close();
        this.#formats = wanted;
        this.#result = await this.#parts.start(wanted, this.#abort.signal);
        this.#spool ??= (await this.#parts.makeSpool?.()) ?? null;
      });
    } else if (differs) {
      throw new SqlError(SQLSTATE.feature_not_supported, `cursor "${this.name}" was first fetched from in another result format`, {
        hint: 'Fetch from one cursor in one format, text or binary.',
      });
    }
    return this.#result?.columns ?? [];
  }

  /** Rows from here to where the target is, moving along; call it after `open`, and read it to its end. */
  async *fetch(target: FetchTarget, signal: AbortSignal): AsyncGenerator<RowBatch> {
    switch (target.direction) {
      case 'forward':
        yield* target.count === 0 ? this.#current(signal) : this.#forward(target.count, signal);
        return;
      case 'backward':
        yield* target.count === 0 ? this.#current(signal) : this.#backward(target.count);
        return;
      case 'relative':
        if (target.count === 0) {
          yield* this.#current(signal);
        } else {
          yield* this.#one(this.#position + target.count, signal);
        }
        return;
      case 'absolute':
        if (target.count < 0) {
          this.#requireScroll();
          await this.#readUntil(Infinity, signal);
          yield* this.#one(this.#readCount + 1 + target.count, signal);
        } else {
          yield* this.#one(target.count, signal);
        }
        return;
    }
  }

  /** Reads everything into the spool: a cursor WITH HOLD lives on when its query's transaction has ended. */
  async materialize(signal: AbortSignal): Promise<void> {
    await this.open([], signal);
    await this.#readUntil(Infinity, signal);
  }

  /** Ends the query and forgets its rows. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#abort.abort();
    await this.#result?.stream.close();
    await this.#spool?.close();
    this.#spool = null;
  }

  /** The row the cursor stands on, again. */
  async *#current(signal: AbortSignal): AsyncGenerator<RowBatch> {
    this.#requireScroll();
    yield* this.#one(this.#position, signal);
  }

  /** One row by its number; before the first and behind the last there is none. */
  async *#one(row: number, signal: AbortSignal): AsyncGenerator<RowBatch> {
    if (row <= this.#position) {
      this.#requireScroll();
      if (row < 1) {
        this.#position = 0;
        return;
      }
      this.#position = row - 1;
    } else {
      await this.#skip(row - 1 - this.#position, signal);
    }
    yield* this.#forward(1, signal);
  }

  async #skip(count: number, signal: AbortSignal): Promise<void> {
    if (count > 0) {
      for await (const batch of this.#forward(count, signal)) {
        void batch;
      }
    }
  }

  async *#forward(count: number, signal: AbortSignal): AsyncGenerator<RowBatch> {
    let left = count;
    const spool = this.#spool;
    if (spool !== null) {
      if (this.#position < this.#readCount) {
        const end = Math.min(this.#readCount, this.#position + left);
        for await (const batch of spool.rows(this.#position, end)) {
          this.#position += batch.rowCount;
          left -= batch.rowCount;
          yield batch;
        }
      }
    }
    while (left > 0) {
      const batch = await this.#take(left, signal);
      if (batch === null) {
        this.#position = this.#readCount + 1;
        return;
      }
      left -= batch.rowCount;
      this.#position = this.#readCount;
      yield batch;
    }
  }

  async *#backward(count: number): AsyncGenerator<RowBatch> {
    this.#requireScroll();
    const end = Math.min(this.#position - 1, this.#readCount);
    const first = Math.max(0, end - count);
    if (this.#spool !== null && end > first) {
      for await (const batch of this.#spool.rowsBackward(first, end)) {
        this.#position -= batch.rowCount;
        yield reversedBatch(batch);
      }
    }
    this.#position = end - first < count ? 0 : first + 1;
  }

  async #readUntil(rowCount: number, signal: AbortSignal): Promise<void> {
    while (this.#readCount < rowCount) {
      if ((await this.#take(Infinity, signal)) === null) {
        return;
      }
    }
  }

  /** Up to so many new rows of the query, kept where the cursor scrolls; null at its end. */
  async #take(rowCountMax: number, signal: AbortSignal): Promise<RowBatch | null> {
    if (this.#ended || this.#result === null) {
      return null;
    }
    const { stream } = this.#result;
    const batch = this.#leftover ?? (await this.#under(signal, () => stream.next()));
    this.#leftover = null;
    if (batch === null) {
      this.#ended = true;
      await stream.close();
      return null;
    }
    const { head, rest } = splitBatch(batch, rowCountMax);
    this.#leftover = rest;
    this.#readCount += head.rowCount;
    await this.#spool?.append(head);
    return head;
  }

  /** Work that ends with the statement that asked for it: its abort ends the cursor's query, too, for it fails the transaction. */
  async #under<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const onAbort = (): void => {
      this.#abort.abort(signal.reason);
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await work();
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #requireScroll(): void {
    if (!this.scrolls) {
      throw new SqlError(SQLSTATE.object_not_in_prerequisite_state, 'cursor can only scan forward', {
        hint: 'Declare it with SCROLL option to enable backward scan.',
      });
    }
  }
}

function sameFormats(a: readonly ('text' | 'binary')[], b: readonly ('text' | 'binary')[], columnCount: number): boolean {
  return Array.from({ length: columnCount }, (_, index) => index).every((index) => formatOf(a, index) === formatOf(b, index));
}
