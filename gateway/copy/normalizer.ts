import { isUtf8 } from 'node:buffer';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { CopyFormat } from './copy-format.js';
import { CsvRecords } from './csv-records.js';
import { decodeField, fileDelimiter } from './normal-form.js';
import type { RecordReader } from './record-reader.js';
import { invalidUtf8 } from './record-reader.js';
import { RecordWriter } from './record-writer.js';
import { TextRecords, encodedNull } from './text-records.js';

/** Data is worked on in pieces of this length, for each has its cost. */
const PIECE_LENGTH = 256 * 1024;
/** The longest row: it is held whole here and in the executor that reads it. */
export const RECORD_LENGTH_MAX: number = 64 << 20;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Text or CSV, chunk by chunk, as lines in normal form. It holds one unfinished record and one piece of data. */
export class Normalizer {
  readonly #format: CopyFormat;
  readonly #reader: RecordReader;
  readonly #delimiter: string;
  readonly #names: readonly string[];
  #chunks: Buffer[] = [];
  #length = 0;
  /** Work starts again when there is this much: a record that spans many chunks is not read again for each. */
  #workAt = PIECE_LENGTH;
  #isFirst = true;
  #header: boolean;
  #failedRecord: Buffer | null = null;
  #isHeaderWrong = false;

  constructor(format: CopyFormat, names: readonly string[]) {
    this.#format = format;
    this.#names = names;
    this.#delimiter = fileDelimiter(format.delimiter);
    this.#reader = format.format === 'csv' ? new CsvRecords(format) : new TextRecords(format);
    this.#header = format.header !== 'none';
  }

  /** The data from the record on that could not be read, where the error is about its whole line. */
  get failedLine(): Buffer | null {
    return this.#failedRecord !== null && (this.#reader.failsInValue || this.#isHeaderWrong) ? this.#failedRecord : null;
  }

  get isHeaderWrong(): boolean {
    return this.#isHeaderWrong;
  }

  /** The byte inside quotes that counts as a line more. */
  get lineByte(): number {
    return this.#reader.countsNewlines ? NEWLINE : RETURN;
  }

  /** Takes data and gives the lines it ends; `onLines` is called for those before an error, too. */
  async push(chunk: Buffer, onLines: (lines: Buffer) => Promise<void>): Promise<void> {
    if (this.#reader.ended) {
      return;
    }
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length >= this.#workAt) {
      await this.#work(false, onLines);
    }
  }

  /** The data is over. */
  async end(onLines: (lines: Buffer) => Promise<void>): Promise<void> {
    if (!this.#reader.ended && this.#length > 0) {
      await this.#work(true, onLines);
    }
  }

  async #work(isLast: boolean, onLines: (lines: Buffer) => Promise<void>): Promise<void> {
    const data = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks, this.#length);
    let from = 0;
    if (!this.#header && !this.#isFirst) {
      const end = data.lastIndexOf(NEWLINE) + 1;
      const lines = data.subarray(0, end);
      if (end > 0 && this.#reader.isPlain(lines)) {
        await this.#give(lines, onLines);
        from = end;
      }
    }
    if (from < data.length) {
      from = await this.#readRecords(data, from, isLast, onLines);
    }
    const rest = data.subarray(from);
    if (this.#reader.ended) {
      this.#keep(Buffer.alloc(0));
      return;
    }
    if (rest.length > RECORD_LENGTH_MAX) {
      throw new SqlError(SQLSTATE.program_limit_exceeded, 'row is too large', { detail: `A row of COPY may take ${RECORD_LENGTH_MAX} bytes.` });
    }
    this.#keep(rest);
  }

  #keep(rest: Buffer): void {
    // A copy: what was received can be given back.
    this.#chunks = rest.length === 0 ? [] : [Buffer.from(rest)];
    this.#length = rest.length;
    this.#workAt = Math.max(PIECE_LENGTH, rest.length * 2);
  }

  async #readRecords(data: Buffer, from: number, isLast: boolean, onLines: (lines: Buffer) => Promise<void>): Promise<number> {
    const out = new RecordWriter((data.length - from) * 3 + 16, this.#delimiter.charCodeAt(0));
    let at = from;
    let start = from;
    let failure: Error | null = null;
    try {
      while (at < data.length && !this.#reader.ended) {
        if (this.#isFirst && out.length === 0 && data.subarray(at, at + 3).equals(BYTE_ORDER_MARK)) {
          // Readers take a byte order mark for none of the data.
          out.raw(0x01);
          out.raw(0x65);
        }
        start = at;
        const end = this.#reader.read(data, at, isLast, out);
        if (end === null) {
          out.rollBack();
          break;
        }
        at = end;
        if (this.#header) {
          this.#header = false;
          const line = Buffer.from(out.finished());
          out.clear();
          this.#checkHeader(line);
        } else {
          this.#isFirst = false;
        }
      }
    } catch (error) {
      out.rollBack();
      failure = error instanceof Error ? error : new Error('a record could not be read', { cause: error });
      this.#failedRecord = data.subarray(start);
    }
    await this.#give(out.finished(), onLines);
    if (failure !== null) {
      throw failure;
    }
    return at;
  }

  async #give(lines: Buffer, onLines: (lines: Buffer) => Promise<void>): Promise<void> {
    if (isUtf8(lines)) {
      await onLines(lines);
      return;
    }
    let start = 0;
    for (let end = lines.indexOf(NEWLINE) + 1; end > 0 && isUtf8(lines.subarray(start, end)); end = lines.indexOf(NEWLINE, start) + 1) {
      start = end;
    }
    await onLines(lines.subarray(0, start));
    throw invalidUtf8(lines.subarray(start));
  }

  #checkHeader(line: Buffer): void {
    if (this.#format.header !== 'match') {
      return;
    }
    const fields = line.toString('utf8', 0, line.length - 1).split(this.#delimiter);
    if (fields.length !== this.#names.length) {
      throw this.#headerError(`wrong number of fields in header line: got ${fields.length}, expected ${this.#names.length}`);
    }
    const nullText = encodedNull(this.#format);
    fields.forEach((field, index) => {
      const name = this.#names[index] ?? '';
      if (field === nullText || field === '\u0001n') {
        throw this.#headerError(`column name mismatch in header line field ${index + 1}: got null value ("${this.#format.nullText}"), expected "${name}"`);
      }
      const got = decodeField(field, this.#delimiter);
      if (got !== name) {
        throw this.#headerError(`column name mismatch in header line field ${index + 1}: got "${got}", expected "${name}"`);
      }
    });
  }

  #headerError(message: string): SqlError {
    this.#isHeaderWrong = true;
    return new SqlError(SQLSTATE.bad_copy_file_format, message);
  }
}
