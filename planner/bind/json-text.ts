/**
 * JSON as DuckDB writes it, without loss: whole numbers stay exact (bigint beyond 2^53), other numbers keep their text,
 * and the bare Infinity, -Infinity and NaN that JSON itself does not know are numbers too.
 */
export type Json = null | boolean | number | bigint | string | NumberText | readonly Json[] | JsonObject;

/** An object by its field names. */
export interface JsonObject {
  readonly [field: string]: Json;
}

/** A number that is no integer, as written. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The text is not what DuckDB writes: cut short, or with bytes that are no text (a BIT or BIGNUM constant). */
export class JsonTextError extends Error {}

/** Nesting beyond which a text is refused, so that a hostile expression cannot overflow the stack. */
const DEPTH_MAX = 2000;

const NUMBER = /-?(?:Infinity|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|NaN/y;
const INTEGER = /^-?\d+$/;
const PLAIN_STRING = /"[^"\\]*"/y;
const ESCAPED_STRING = /"(?:[^"\\]|\\.)*"/sy;

/** Decimal digits (with sign) that surely fit a double exactly. */
const SAFE_INTEGER_LENGTH = 15;

/** Parses a whole JSON text. Throws JsonTextError. */
export function parseJsonText(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  value(depth: number): Json {
    if (depth > DEPTH_MAX) {
      throw new JsonTextError('nested too deeply');
    }
    switch (this.peek()) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  end(): void {
    if (this.peek() !== '') {
      throw new JsonTextError(`unexpected text at ${this.at}`);
    }
  }

  private peek(): string {
    let code = this.text.charCodeAt(this.at);
    while (code === 32 || code === 10 || code === 13 || code === 9) {
      code = this.text.charCodeAt(++this.at);
    }
    return this.text.charAt(this.at);
  }

  private expect(character: string): void {
    if (this.peek() !== character) {
      throw new JsonTextError(`expected ${character} at ${this.at}`);
    }
    this.at += 1;
  }

  private object(depth: number): JsonObject {
    const object: Record<string, Json> = {};
    this.expect('{');
    if (this.peek() === '}') {
      this.at += 1;
      return object;
    }
    for (;;) {
      this.peek();
      const name = this.string();
      this.expect(':');
      object[name] = this.value(depth + 1);
      if (this.peek() !== ',') {
        break;
      }
      this.at += 1;
    }
    this.expect('}');
    return object;
  }

  private array(depth: number): readonly Json[] {
    const items: Json[] = [];
    this.expect('[');
    if (this.peek() === ']') {
      this.at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.peek() !== ',') {
        break;
      }
      this.at += 1;
    }
    this.expect(']');
    return items;
  }

  private string(): string {
    PLAIN_STRING.lastIndex = this.at;
    if (PLAIN_STRING.test(this.text)) {
      const start = this.at + 1;
      this.at = PLAIN_STRING.lastIndex;
      return this.text.slice(start, this.at - 1);
    }
    ESCAPED_STRING.lastIndex = this.at;
    if (!ESCAPED_STRING.test(this.text)) {
      throw new JsonTextError(`expected a string at ${this.at}`);
    }
    const start = this.at;
    this.at = ESCAPED_STRING.lastIndex;
    return unescape(this.text.slice(start, this.at));
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) {
      throw new JsonTextError(`unexpected text at ${this.at}`);
    }
    this.at += word.length;
    return value;
  }

  private number(): Json {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (found === null) {
      throw new JsonTextError(`unexpected text at ${this.at}`);
    }
    this.at = NUMBER.lastIndex;
    const text = found[0];
    if (!INTEGER.test(text)) {
      return new NumberText(text);
    }
    return text.length <= SAFE_INTEGER_LENGTH ? Number(text) : BigInt(text);
  }
}

function unescape(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch (error) {
    throw new JsonTextError('malformed string', { cause: error });
  }
}
