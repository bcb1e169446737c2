import assert from 'node:assert/strict';

/** Holds the replies of a small statement; larger ones grow it. */
const INITIAL_CAPACITY = 1024;
/** Up to here bytes are copied out into Node's shared pool (half its 8 KB), so that the writer keeps its buffer. */
const COPY_LENGTH_MAX = 4096;

/**
 * Collects backend messages one after another, so that many of them leave in one write. A message is
 * `begin(type)`, its fields, `end()`.
 */
export class MessageWriter {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_CAPACITY);
  #length = 0;
  #messageStart = -1;

  /** Bytes of the messages collected so far. */
  get length(): number {
    return this.#length;
  }

  begin(type: number): this {
    assert(this.#messageStart < 0, 'the last message was not ended');
    this.#reserve(5);
    this.#buffer[this.#length] = type;
    this.#messageStart = this.#length;
    this.#length += 5;
    return this;
  }

  end(): void {
    assert(this.#messageStart >= 0, 'no message was begun');
    this.#buffer.writeInt32BE(this.#length - this.#messageStart - 1, this.#messageStart + 1);
    this.#messageStart = -1;
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
    return this;
  }

  int16(value: number): this {
    this.#reserve(2);
    this.#length = this.#buffer.writeInt16BE(value, this.#length);
    return this;
  }

  /** For counts and OIDs, which are unsigned on the wire, as well as for signed values. */
  int32(value: number): this {
    this.#reserve(4);
    this.#length = this.#buffer.writeInt32BE(value | 0, this.#length);
    return this;
  }

  /** A text and its closing zero byte; zero bytes inside would cut it short and are left out. */
  text(value: string): this {
    const clean = value.includes('\0') ? value.replaceAll('\0', '') : value;
    // A UTF-16 unit is at most three bytes of UTF-8.
    this.#reserve(clean.length * 3 + 1);
    this.#length += this.#buffer.write(clean, this.#length, 'utf8');
    this.#buffer[this.#length] = 0;
    this.#length += 1;
    return this;
  }

  /** Bytes as they are: inside a message, or whole messages between two. */
  bytes(value: Buffer): this {
    this.#reserve(value.length);
    value.copy(this.#buffer, this.#length);
    this.#length += value.length;
    return this;
  }

  /** The collected messages; the writer is empty afterwards and never touches the returned bytes again. */
  take(): Buffer {
    assert(this.#messageStart < 0, 'a message is not ended');
    const filled = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    if (filled.length <= COPY_LENGTH_MAX) {
      const copy = Buffer.allocUnsafe(filled.length);
      filled.copy(copy);
      return copy;
    }
    this.#buffer = Buffer.allocUnsafeSlow(INITIAL_CAPACITY);
    return filled;
  }

  /** Forgets a message that could not be completed. */
  discardMessage(): void {
    if (this.#messageStart >= 0) {
      this.#length = this.#messageStart;
      this.#messageStart = -1;
    }
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
  }
}
