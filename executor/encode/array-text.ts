import type { Vector } from '@duckdb/node-bindings';
import type { ByteSink } from './byte-sink.js';
import type { ArrayLevel } from './list-levels.js';
import { ListLevel } from './list-levels.js';
import { RenderedEncoder } from './rendered.js';
import type { ValueEncoder } from './value-encoder.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NULL_TEXT = 'NULL';

/** Characters that make an element's text need quotes: those of the syntax and white space. */
const SPECIAL = new Uint8Array(256);
for (const character of '{},"\\ \t\n\r\v\f') {
  SPECIAL[character.charCodeAt(0)] = 1;
}

/** Lists as Postgres's array text, `{1,NULL,"a b"}`. */
export class ArrayTextEncoder extends RenderedEncoder {
  readonly #level: ArrayLevel;

  constructor(level: ArrayLevel) {
    super();
    this.#level = level;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#level.load(vector, count);
  }

  protected override render(index: number, sink: ByteSink): void {
    if (hasElement(this.#level, index)) {
      renderList(this.#level, index, sink);
    } else {
      // Postgres has one empty array, whatever its dimensions.
      sink.text('{}');
    }
  }
}

/** True when anything but empty lists is in a list. */
function hasElement(level: ArrayLevel, index: number): boolean {
  const child = level.child;
  const size = level.size(index);
  if (!(child instanceof ListLevel)) {
    return size > 0;
  }
  const start = level.start(index);
  for (let element = start; element < start + size; element++) {
    if (child.isNull(element) || hasElement(child, element)) {
      return true;
    }
  }
  return false;
}

function renderList(level: ArrayLevel, index: number, sink: ByteSink): void {
  const child = level.child;
  const start = level.start(index);
  const end = start + level.size(index);
  sink.byte(0x7b);
  for (let element = start; element < end; element++) {
    if (element > start) {
      sink.byte(0x2c);
    }
    if (child.isNull(element)) {
      sink.text(NULL_TEXT);
    } else if (child instanceof ListLevel) {
      renderList(child, element, sink);
    } else {
      renderElement(child, element, sink);
    }
  }
  sink.byte(0x7d);
}

function renderElement(encoder: ValueEncoder, index: number, sink: ByteSink): void {
  const length = encoder.length(index);
  // Room for the worst case at once: growing the sink keeps only what its length covers.
  const target = sink.reserve(length * 2 + 2);
  const from = sink.length;
  const to = encoder.write(index, target, from);
  let quoted = length === 0;
  let escapes = 0;
  for (let at = from; at < to; at++) {
    const byte = target.bytes[at] ?? 0;
    if (SPECIAL[byte] === 1) {
      quoted = true;
      if (byte === QUOTE || byte === BACKSLASH) {
        escapes++;
      }
    }
  }
  if (!quoted && (length !== NULL_TEXT.length || target.bytes.toString('latin1', from, to).toUpperCase() !== NULL_TEXT)) {
    sink.length = to;
    return;
  }
  // Shift the text right, from its end, to make room for quotes and escapes.
  const bytes = target.bytes;
  let out = from + length + escapes + 2;
  sink.length = out;
  bytes[--out] = QUOTE;
  for (let at = to - 1; at >= from; at--) {
    const byte = bytes[at] ?? 0;
    bytes[--out] = byte;
    if (byte === QUOTE || byte === BACKSLASH) {
      bytes[--out] = BACKSLASH;
    }
  }
  bytes[--out] = QUOTE;
}

/** Lists reported as int2vector or oidvector, whose text is the numbers with spaces between. */
export class VectorTextEncoder extends RenderedEncoder {
  readonly #level: ArrayLevel;

  constructor(level: ArrayLevel) {
    super();
    this.#level = level;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#level.load(vector, count);
  }

  protected override render(index: number, sink: ByteSink): void {
    const child = this.#level.child;
    const start = this.#level.start(index);
    for (let element = start; element < start + this.#level.size(index); element++) {
      if (element > start) {
        sink.byte(0x20);
      }
      if (!(child instanceof ListLevel) && !child.isNull(element)) {
        renderElement(child, element, sink);
      }
    }
  }
}
