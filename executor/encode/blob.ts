import type { Vector } from '@duckdb/node-bindings';
import type { ByteSink } from './byte-sink.js';
import { RenderedEncoder } from './rendered.js';
import { StringVector } from './string-vector.js';

const HEX_DIGITS = Buffer.from('0123456789abcdef');
const BACKSLASH = 0x5c;

/** BLOB as bytea in text, in the form bytea_output names. Its binary form is the bytes themselves (`StringEncoder`). */
export class BlobTextEncoder extends RenderedEncoder {
  readonly #strings = new StringVector();
  readonly #output: 'hex' | 'escape';

  constructor(output: 'hex' | 'escape') {
    super();
    this.#output = output;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#strings.load(vector, count, this.validity);
  }

  protected override render(index: number, sink: ByteSink): void {
    const bytes = this.#strings.bytes(index);
    if (this.#output === 'hex') {
      renderHex(bytes, sink);
    } else {
      renderEscape(bytes, sink);
    }
  }
}

function renderHex(bytes: Buffer, sink: ByteSink): void {
  const out = sink.reserve(2 + bytes.length * 2).bytes;
  let at = sink.length;
  out[at++] = BACKSLASH;
  out[at++] = 0x78;
  for (const byte of bytes) {
    out[at++] = HEX_DIGITS[byte >> 4] ?? 0;
    out[at++] = HEX_DIGITS[byte & 15] ?? 0;
  }
  sink.length = at;
}

function renderEscape(bytes: Buffer, sink: ByteSink): void {
  // At most `\ooo` a byte.
  const out = sink.reserve(bytes.length * 4).bytes;
  let at = sink.length;
  for (const byte of bytes) {
    if (byte === BACKSLASH) {
      out[at++] = BACKSLASH;
      out[at++] = BACKSLASH;
    } else if (byte < 0x20 || byte > 0x7e) {
      out[at++] = BACKSLASH;
      out[at++] = 0x30 + (byte >> 6);
      out[at++] = 0x30 + ((byte >> 3) & 7);
      out[at++] = 0x30 + (byte & 7);
    } else {
      out[at++] = byte;
    }
  }
  sink.length = at;
}

/** BIT as bit varying: a first byte counts the padding bits before the value's own. */
export class BitEncoder extends RenderedEncoder {
  readonly #strings = new StringVector();
  readonly #binary: boolean;

  constructor(binary: boolean) {
    super();
    this.#binary = binary;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#strings.load(vector, count, this.validity);
  }

  protected override render(index: number, sink: ByteSink): void {
    const bytes = this.#strings.bytes(index);
    const padding = bytes[0] ?? 0;
    const count = (bytes.length - 1) * 8 - padding;
    const bit = (position: number): number => ((bytes[1 + ((position + padding) >> 3)] ?? 0) >> (7 - ((position + padding) & 7))) & 1;
    if (!this.#binary) {
      for (let position = 0; position < count; position++) {
        sink.byte(0x30 + bit(position));
      }
      return;
    }
    sink.int32(count);
    for (let start = 0; start < count; start += 8) {
      let byte = 0;
      for (let offset = 0; offset < 8 && start + offset < count; offset++) {
        byte |= bit(start + offset) << (7 - offset);
      }
      sink.byte(byte);
    }
  }
}
