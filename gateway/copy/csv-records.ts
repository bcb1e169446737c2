import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { CopyFormat } from './copy-format.js';
import { LineEnds } from './line-ends.js';
import { ESCAPE, ESCAPED, fileDelimiter } from './normal-form.js';
import type { RecordReader } from './record-reader.js';
import { noNul } from './record-reader.js';
import type { RecordWriter } from './record-writer.js';
import { encodedNull } from './text-records.js';

const BACKSLASH = 0x5c;
const DOT = 0x2e;

/** COPY's CSV format. */
export class CsvRecords implements RecordReader {
  ended = false;
  failsInValue = false;
  readonly #ends: LineEnds = new LineEnds(true);

  readonly #delimiter: number;
  readonly #fileDelimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  readonly #nullBytes: Buffer;
  /** Bytes that may need more than to be copied. */
  readonly #special = new Uint8Array(256);

  constructor(format: CopyFormat) {
    this.#delimiter = format.delimiter.charCodeAt(0);
    this.#fileDelimiter = fileDelimiter(format.delimiter).charCodeAt(0);
    this.#quote = format.quote.charCodeAt(0);
    this.#escape = format.escape.charCodeAt(0);
    this.#nullBytes = Buffer.from(encodedNull(format));
    for (const byte of [0, ESCAPE, 0x0a, 0x0d, this.#quote, this.#escape, this.#delimiter, this.#fileDelimiter]) {
      this.#special[byte] = 1;
    }
  }

  get countsNewlines(): boolean {
    return this.#ends.style === 'newline';
  }

  isPlain(lines: Buffer): boolean {
    return (
      this.#ends.style === 'newline' &&
      this.#delimiter === this.#fileDelimiter &&
      !lines.includes(this.#quote) &&
      !lines.includes(0x0d) &&
      !lines.includes(ESCAPE) &&
      !lines.includes(0) &&
      lines[0] !== 0x0a &&
      !lines.includes('\n\n') &&
      !lines.includes('\\.')
    );
  }

  read(data: Buffer, from: number, isLast: boolean, out: RecordWriter): number | null {
    const count = data.length;
    if (data[from] === BACKSLASH) {
      const end = this.#endMarker(data, from, isLast);
      if (end === null || this.ended) {
        return end;
      }
    }
    let sawQuote = false;
    let at = from;
    for (; at < count;) {
      const byte = data[at] ?? 0;
      if (this.#special[byte] === 0) {
        out.raw(byte);
        at += 1;
      } else if (byte === this.#quote) {
        const end = this.#quoted(data, at + 1, isLast, out);
        if (end === null) {
          return null;
        }
        sawQuote = true;
        at = end;
      } else if (byte === this.#delimiter) {
        this.#endField(sawQuote, out);
        out.endField();
        sawQuote = false;
        at += 1;
      } else if (byte === 0x0a || byte === 0x0d) {
        const length = this.#ends.lengthAt(data, at, isLast);
        if (length === null) {
          return null;
        }
        this.#endField(sawQuote, out);
        out.endRecord(this.#nullBytes.length === 0);
        return at + length;
      } else if (byte === 0) {
        throw noNul();
      } else {
        out.value(byte);
        at += 1;
      }
    }
    if (!isLast) {
      return null;
    }
    this.#endField(sawQuote, out);
    out.endRecord(this.#nullBytes.length === 0);
    return count;
  }

  /** Where the data goes on after a backslash that starts a line; `ended` is set at the end marker. */
  #endMarker(data: Buffer, from: number, isLast: boolean): number | null {
    if (data[from + 1] === undefined) {
      return isLast ? from : null;
    }
    if (data[from + 1] !== DOT) {
      return from;
    }
    const isEnd = this.#ends.endMarkerAt(data, from);
    if (isEnd === null && !isLast) {
      return null;
    }
    this.ended = isEnd === true;
    return this.ended ? data.length : from;
  }

  /** A value in quotes equal to the NULL text is not NULL. */
  #endField(sawQuote: boolean, out: RecordWriter): void {
    if (sawQuote && out.fieldEquals(this.#nullBytes)) {
      out.escaped(ESCAPED.nothing);
    }
  }

  /** The part of a value behind a quote; gives the offset behind the closing one, null when it is not there yet. */
  #quoted(data: Buffer, from: number, isLast: boolean, out: RecordWriter): number | null {
    const quote = this.#quote;
    const escape = this.#escape;
    for (let at = from; at < data.length;) {
      const byte = data[at] ?? 0;
      if (this.#special[byte] === 0) {
        out.raw(byte);
        at += 1;
        continue;
      }
      if (byte === escape) {
        const next = data[at + 1];
        if (next === undefined && !isLast) {
          return null;
        }
        if (next === quote || next === escape) {
          out.value(next);
          at += 2;
          continue;
        }
      }
      if (byte === quote) {
        return at + 1;
      }
      if (byte === 0) {
        throw noNul();
      }
      out.value(byte);
      at += 1;
    }
    if (isLast) {
      this.failsInValue = true;
      throw new SqlError(SQLSTATE.bad_copy_file_format, 'unterminated CSV quoted field');
    }
    return null;
  }
}
