import type { Target } from './target.js';
import { targetOver, writeAscii } from './target.js';

const INITIAL_BYTES = 4096;

/** A buffer that grows as it is written; its content is reused from one chunk to the next. */
export class ByteSink {
  target: Target = targetOver(Buffer.allocUnsafeSlow(INITIAL_BYTES));
  /** Bytes written so far. */
  length = 0;

  /** Forgets the content and keeps the memory. */
  clear(): void {
    this.length = 0;
  }

  /** Makes room for `count` more bytes and returns the target to write them to. */
  reserve(count: number): Target {
    const needed = this.length + count;
    if (needed > this.target.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.target.bytes.length * 2));
      this.target.bytes.copy(grown, 0, 0, this.length);
      this.target = targetOver(grown);
    }
    return this.target;
  }

  /** Appends text as UTF-8. */
  text(text: string): void {
    // UTF-8 takes at most three bytes a UTF-16 code unit.
    const target = this.reserve(text.length * 3);
    this.length += target.bytes.write(text, this.length, 'utf8');
  }

  /** Appends ASCII text; for the dozen characters of a number a loop is faster than the native call behind `text`. */
  ascii(text: string): void {
    this.length = writeAscii(this.reserve(text.length), this.length, text);
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.reserve(1).bytes[this.length] = value;
    this.length += 1;
  }

  /** Appends a big-endian 16-bit integer. */
  int16(value: number): void {
    this.reserve(2).view.setInt16(this.length, value);
    this.length += 2;
  }

  /** Appends a big-endian 32-bit integer. */
  int32(value: number): void {
    this.reserve(4).view.setInt32(this.length, value);
    this.length += 4;
  }
}
