import type { CopyFormat } from './copy-format.js';
import { LineEnds } from './line-ends.js';
import { ESCAPE, ESCAPED, encodeField, fileDelimiter } from './normal-form.js';
import type { RecordWriter } from './record-writer.js';
import type { RecordReader } from './record-reader.js';
import { noNul } from './record-reader.js';

const BACKSLASH = 0x5c;
const DOT = 0x2e;
const LETTER_X = 0x78;

/** What a letter after a backslash stands for. */
const CONTROLS: ReadonlyMap<number, number> = new Map([
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x76, 0x0b],
]);

/** COPY's text format. */
export class TextRecords implements RecordReader {
  ended = false;
  failsInValue = false;
  readonly #ends = new LineEnds(false);
  readonly #delimiter: number;
  readonly #fileDelimiter: number;
  readonly #nullBytes: Buffer;
  readonly #encodedNull: Buffer;
  /** The field being read has an escape: it is not NULL, whatever comes of it. */
  #hasEscape = false;
  /** Bytes that may need more than to be copied. */
  readonly #special = new Uint8Array(256);

  constructor(format: CopyFormat) {
    this.#delimiter = format.delimiter.charCodeAt(0);
    this.#fileDelimiter = fileDelimiter(format.delimiter).charCodeAt(0);
    this.#nullBytes = Buffer.from(format.nullText);
    this.#encodedNull = Buffer.from(encodedNull(format));
    for (const byte of [0, ESCAPE, 0x0a, 0x0d, BACKSLASH, this.#delimiter, this.#fileDelimiter]) {
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
      !lines.includes(BACKSLASH) &&
      !lines.includes(0x0d) &&
      !lines.includes(ESCAPE) &&
      !lines.includes(0) &&
      lines[0] !== 0x0a &&
      !lines.includes('\n\n')
    );
  }

  read(data: Buffer, from: number, isLast: boolean, out: RecordWriter): number | null {
    const emptyIsNull = this.#nullBytes.length === 0;
    const count = data.length;
    let fieldStart = from;
    this.#hasEscape = false;
    for (let at = from; at < count;) {
      const byte = data[at] ?? 0;
      if (this.#special[byte] === 0) {
        out.raw(byte);
        at += 1;
      } else if (byte === this.#delimiter) {
        this.#endField(out);
        out.endField();
        at += 1;
        fieldStart = at;
      } else if (byte === 0x0a || byte === 0x0d) {
        const length = this.#ends.lengthAt(data, at, isLast);
        if (length === null) {
          return null;
        }
        this.#endField(out);
        out.endRecord(emptyIsNull);
        return at + length;
      } else if (byte === BACKSLASH) {
        const next = this.#backslash(data, at, fieldStart, isLast, out);
        if (next === null) {
          return null;
        }
        if (this.ended) {
          if (at > from) {
            this.#endField(out);
            out.endRecord(emptyIsNull);
          }
          return count;
        }
        at = next;
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
    this.#endField(out);
    out.endRecord(emptyIsNull);
    return count;
  }

  /** NULL is compared with what was sent, so a value made by escapes is not NULL. */
  #endField(out: RecordWriter): void {
    if (this.#hasEscape && out.fieldEquals(this.#encodedNull)) {
      out.escaped(ESCAPED.nothing);
    }
    this.#hasEscape = false;
  }

  /** What a backslash starts; gives the offset behind it, null when more data must tell. */
  #backslash(data: Buffer, at: number, fieldStart: number, isLast: boolean, out: RecordWriter): number | null {
    const next = data[at + 1];
    if (next === undefined) {
      return isLast ? at + 1 : null;
    }
    if (next === DOT) {
      const isEnd = this.#ends.endMarkerAt(data, at);
      if (isEnd === true) {
        this.ended = true;
        return data.length;
      }
      if (!isLast) {
        return null;
      }
    }
    const nullEnd = this.#nullFieldEnd(data, fieldStart, at, isLast);
    if (nullEnd === null) {
      return null;
    }
    if (nullEnd > 0) {
      out.nullField();
      return nullEnd;
    }
    return this.#escape(data, at, next, isLast, out);
  }

  /** The end of the field from `fieldStart`, whose first backslash stands at `at`, when it is the NULL text; 0 when it is not. */
  #nullFieldEnd(data: Buffer, fieldStart: number, at: number, isLast: boolean): number | null {
    const bytes = this.#nullBytes;
    if (bytes[at - fieldStart] !== BACKSLASH || bytes.indexOf(BACKSLASH) !== at - fieldStart) {
      return 0;
    }
    const end = fieldStart + bytes.length;
    const known = Math.min(end, data.length);
    if (data.compare(bytes, 0, known - fieldStart, fieldStart, known) !== 0) {
      return 0;
    }
    if (end >= data.length) {
      return isLast && end === data.length ? end : isLast ? 0 : null;
    }
    const after = data[end];
    return after === this.#delimiter || after === 0x0a || after === 0x0d ? end : 0;
  }

  #escape(data: Buffer, at: number, letter: number, isLast: boolean, out: RecordWriter): number | null {
    const digits = letter === LETTER_X ? /^[0-9a-fA-F]{1,2}/ : /^[0-7]{1,3}/;
    const start = letter === LETTER_X ? at + 2 : at + 1;
    const found = letter === LETTER_X || (letter >= 0x30 && letter <= 0x37) ? digits.exec(data.toString('latin1', start, start + 3))?.[0] : undefined;
    if (letter === LETTER_X || found !== undefined) {
      if (start + 3 > data.length && !isLast) {
        return null;
      }
    }
    this.#hasEscape = true;
    if (found !== undefined) {
      const value = Number.parseInt(found, letter === LETTER_X ? 16 : 8) & 0xff;
      if (value === 0) {
        this.failsInValue = true;
        throw noNul();
      }
      out.value(value);
      return start + found.length;
    }
    if (letter === 0) {
      throw noNul();
    }
    out.value(CONTROLS.get(letter) ?? letter);
    return at + 2;
  }
}

/** The NULL text as a field of the file has it. */
export function encodedNull(format: CopyFormat): string {
  return encodeField(format.nullText, fileDelimiter(format.delimiter));
}
