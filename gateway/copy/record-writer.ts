import { ESCAPE, ESCAPED } from './normal-form.js';

const NEWLINE = 0x0a;

/**
 * The records of one chunk in normal form. Bytes are put behind each other; a record counts once it is finished, and one
 * whose end is not there yet is taken back.
 */
export class RecordWriter {
  readonly bytes: Buffer;
  readonly #delimiter: number;
  /** Bytes written, the unfinished record's too. */
  length = 0;
  /** Where the unfinished record and its last field start. */
  recordStart = 0;
  fieldStart = 0;

  /** `capacity` must hold three bytes for each byte of data, and a few more. */
  constructor(capacity: number, delimiter: number) {
    this.bytes = Buffer.allocUnsafe(capacity);
    this.#delimiter = delimiter;
  }

  /** A byte that stands for itself. */
  raw(byte: number): void {
    this.bytes[this.length++] = byte;
  }

  /** ESCAPE and a letter. */
  escaped(letter: number): void {
    this.bytes[this.length++] = ESCAPE;
    this.bytes[this.length++] = letter;
  }

  /** A byte of a value, whatever it is. */
  value(byte: number): void {
    switch (byte) {
      case this.#delimiter:
        return this.escaped(ESCAPED.delimiter);
      case ESCAPE:
        return this.escaped(ESCAPED.escape);
      case 0x0a:
        return this.escaped(ESCAPED.newline);
      case 0x0d:
        return this.escaped(ESCAPED.carriageReturn);
      default:
        this.bytes[this.length++] = byte;
    }
  }

  /** Ends a field. */
  endField(): void {
    this.bytes[this.length++] = this.#delimiter;
    this.fieldStart = this.length;
  }

  /** The bytes of the field so far. */
  fieldEquals(bytes: Buffer): boolean {
    return this.length - this.fieldStart === bytes.length && this.bytes.compare(bytes, 0, bytes.length, this.fieldStart, this.length) === 0;
  }

  /** Makes the whole field NULL. */
  nullField(): void {
    this.length = this.fieldStart;
    this.escaped(ESCAPED.null);
  }

  /** Ends a record. One of a single empty field gets a mark: readers pass over empty lines. */
  endRecord(emptyIsNull: boolean): void {
    if (this.length === this.recordStart) {
      this.escaped(emptyIsNull ? ESCAPED.null : ESCAPED.nothing);
    }
    this.bytes[this.length++] = NEWLINE;
    this.recordStart = this.length;
    this.fieldStart = this.length;
  }

  /** Forgets everything. */
  clear(): void {
    this.length = 0;
    this.recordStart = 0;
    this.fieldStart = 0;
  }

  /** Takes the unfinished record back. */
  rollBack(): void {
    this.length = this.recordStart;
    this.fieldStart = this.recordStart;
  }

  /** The finished records. */
  finished(): Buffer {
    return this.bytes.subarray(0, this.recordStart);
  }
}
