import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { printDataType } from '../../planner/types/data-type.js';
import type { DataType } from '../../planner/types/data-type.js';
import type { InputSettings, ParameterCodec } from './codec.js';
import { invalidBinary } from './codec.js';

/** Postgres's own limit. */
const DIMENSIONS_MAX = 6;
/** Bounds the memory that a few bytes of header can ask for. */
const ELEMENTS_MAX = 16_777_216;

/** An array as read: elements are literals or, in more dimensions, arrays. */
type Items = readonly (string | Items)[];

/** Arrays over an element type: `{...}` text with quotes and nesting, and the binary form. */
export function arrayCodec(element: ParameterCodec, elementType: DataType): ParameterCodec {
  return {
    text: (text, settings) => {
      const reader = new ArrayReader(text, (value) => element.text(value, settings), printDataType(elementType));
      return reader.read();
    },
    binary: (bytes, settings) => readBinary(bytes, element, elementType, settings),
  };
}

function arrayLiteral(items: Items, dimensions: number, elementType: string): string {
  return `CAST(${printItems(items)} AS ${elementType}${'[]'.repeat(Math.max(dimensions, 1))})`;
}

function printItems(items: Items): string {
  return `[${items.map((item) => (typeof item === 'string' ? item : printItems(item))).join(', ')}]`;
}

class ArrayReader {
  readonly #text: string;
  readonly #element: (text: string) => string;
  readonly #elementType: string;
  #at = 0;
  #sizes: (number | undefined)[] = [];
  #depthMax = 0;

  constructor(text: string, element: (text: string) => string, elementType: string) {
    this.#text = text;
    this.#element = element;
    this.#elementType = elementType;
  }

  read(): string {
    this.#skipBounds();
    this.#skipSpace();
    const items = this.#list(0);
    this.#skipSpace();
    if (this.#at !== this.#text.length) {
      throw this.#malformed('Junk after closing right brace.');
    }
    return arrayLiteral(items, this.#depthMax, this.#elementType);
  }

  /** `[1:3]={...}`: bounds are read over, for DuckDB's lists start at 1. */
  #skipBounds(): void {
    const bounds = /^\s*(?:\[[+-]?\d+(?::[+-]?\d+)?\]\s*)+=/.exec(this.#text);
    this.#at = bounds === null ? 0 : bounds[0].length;
  }

  #skipSpace(): void {
    while (/[ \t\n\r\v\f]/.test(this.#text[this.#at] ?? '')) {
      this.#at++;
    }
  }

  #list(depth: number): Items {
    if (this.#text[this.#at] !== '{') {
      throw this.#malformed(depth === 0 ? 'Array value must start with "{" or dimension information.' : 'Unexpected array element.');
    }
    if (depth >= DIMENSIONS_MAX) {
      throw new SqlError(SQLSTATE.program_limit_exceeded, `number of array dimensions (${depth + 1}) exceeds the maximum allowed (${DIMENSIONS_MAX})`);
    }
    this.#depthMax = Math.max(this.#depthMax, depth + 1);
    this.#at++;
    this.#skipSpace();
    const items: (string | Items)[] = [];
    if (this.#text[this.#at] === '}' && depth === 0) {
      this.#at++;
      return items;
    }
    for (;;) {
      this.#skipSpace();
      items.push(this.#text[this.#at] === '{' ? this.#list(depth + 1) : this.#leaf(depth));
      this.#skipSpace();
      const next = this.#text[this.#at++];
      if (next === '}') {
        break;
      }
      if (next !== ',') {
        throw this.#malformed(next === undefined ? 'Unexpected end of input.' : 'Unexpected array element.');
      }
    }
    if (this.#sizes[depth] !== undefined && this.#sizes[depth] !== items.length) {
      throw this.#malformed('Multidimensional arrays must have sub-arrays with matching dimensions.');
    }
    this.#sizes[depth] = items.length;
    return items;
  }

  #leaf(depth: number): string {
    if (depth + 1 !== this.#depthMax) {
      throw this.#malformed('Unexpected array element.');
    }
    if (this.#text[this.#at] === '"') {
      return this.#element(this.#quoted());
    }
    let value = '';
    while (this.#at < this.#text.length && !/[{},"]/.test(this.#text[this.#at] ?? '')) {
      if (this.#text[this.#at] === '\\') {
        this.#at++;
      }
      value += this.#text[this.#at++] ?? '';
    }
    const trimmed = value.replace(/[ \t\n\r\v\f]+$/, '');
    if (trimmed === '') {
      throw this.#malformed(`Unexpected "${this.#text[this.#at] ?? 'end of input'}" character.`);
    }
    return trimmed.toUpperCase() === 'NULL' ? 'NULL' : this.#element(trimmed);
  }

  #quoted(): string {
    let value = '';
    this.#at++;
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === undefined) {
        throw this.#malformed('Unexpected end of input.');
      }
      if (character === '"') {
        return value;
      }
      value += character === '\\' ? (this.#text[this.#at++] ?? '') : character;
    }
  }

  #malformed(detail: string): SqlError {
    return new SqlError(SQLSTATE.invalid_text_representation, `malformed array literal: "${this.#text}"`, { detail });
  }
}

function readBinary(bytes: Buffer, element: ParameterCodec, elementType: DataType, settings: InputSettings): string {
  const typeName = printDataType(elementType);
  if (bytes.length < 12) {
    throw invalidBinary('array');
  }
  const dimensions = bytes.readInt32BE(0);
  if (dimensions < 0 || dimensions > DIMENSIONS_MAX || bytes.length < 12 + dimensions * 8) {
    throw invalidBinary('array');
  }
  const sizes = Array.from({ length: dimensions }, (_, index) => bytes.readInt32BE(12 + index * 8));
  const total = sizes.reduce((product, size) => product * size, 1);
  if (sizes.some((size) => size < 0) || total > ELEMENTS_MAX) {
    throw invalidBinary('array');
  }
  if (dimensions === 0 || total === 0) {
    return arrayLiteral([], 1, typeName);
  }
  let at = 12 + dimensions * 8;
  const readElement = (): string => {
    if (at + 4 > bytes.length) {
      throw invalidBinary('array');
    }
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length === -1) {
      return 'NULL';
    }
    if (length < 0 || at + length > bytes.length) {
      throw invalidBinary('array');
    }
    at += length;
    return element.binary(bytes.subarray(at - length, at), settings);
  };
  const readDimension = (depth: number): Items =>
    Array.from({ length: sizes[depth] ?? 0 }, () => (depth + 1 < dimensions ? readDimension(depth + 1) : readElement()));
  const items = readDimension(0);
  if (at !== bytes.length) {
    throw invalidBinary('array');
  }
  return arrayLiteral(items, dimensions, typeName);
}
