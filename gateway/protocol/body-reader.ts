import { isUtf8 } from 'node:buffer';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { protocolViolation } from './protocol-error.js';

/**
 * A cursor over one message's body. Whatever the bytes are, it throws nothing but SqlError, in the words Postgres has
 * for the same faults. Slices are views: nothing is copied.
 */
export class BodyReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    if (this.remaining === 0) {
      throw protocolViolation('no data left in message');
    }
    const offset = this.#advance(1);
    return this.#bytes.readUInt8(offset);
  }

  int16(): number {
    const offset = this.#advance(2);
    return this.#bytes.readInt16BE(offset);
  }

  /** Counts are unsigned in Postgres: up to 65,535 parameters. */
  uint16(): number {
    const offset = this.#advance(2);
    return this.#bytes.readUInt16BE(offset);
  }

  int32(): number {
    const offset = this.#advance(4);
    return this.#bytes.readInt32BE(offset);
  }

  uint32(): number {
    const offset = this.#advance(4);
    return this.#bytes.readUInt32BE(offset);
  }

  /** The next `length` bytes as a view. */
  take(length: number): Buffer {
    if (length < 0) {
      throw protocolViolation('insufficient data left in message');
    }
    const offset = this.#advance(length);
    return this.#bytes.subarray(offset, offset + length);
  }

  /** A text that ends with a zero byte. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.#offset);
    if (end < 0) {
      throw protocolViolation('invalid string in message');
    }
    const slice = this.#bytes.subarray(this.#offset, end);
    this.#offset = end + 1;
    return decodeUtf8(slice);
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Asserts that the body has been read to its end. */
  end(): void {
    if (this.#offset !== this.#bytes.length) {
      throw protocolViolation('invalid message format');
    }
  }

  #advance(length: number): number {
    const offset = this.#offset;
    if (offset + length > this.#bytes.length) {
      throw protocolViolation('insufficient data left in message');
    }
    this.#offset = offset + length;
    return offset;
  }
}

function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw new SqlError(SQLSTATE.character_not_in_repertoire, `invalid byte sequence for encoding "UTF8": ${describeInvalidUtf8(bytes)}`);
  }
  return bytes.toString('utf8');
}

/** The first sequence that is no UTF-8, as many bytes as its lead byte promises, as Postgres prints it. */
function describeInvalidUtf8(bytes: Buffer): string {
  let start = 0;
  while (start < bytes.length) {
    const length = sequenceLength(bytes.readUInt8(start));
    const sequence = bytes.subarray(start, start + length);
    if (sequence.length < length || !isUtf8(sequence)) {
      return Array.from(sequence, (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(' ');
    }
    start += length;
  }
  return '0x00';
}

function sequenceLength(lead: number): number {
  if ((lead & 0xe0) === 0xc0) {
    return 2;
  }
  if ((lead & 0xf0) === 0xe0) {
    return 3;
  }
  return (lead & 0xf8) === 0xf0 ? 4 : 1;
}
