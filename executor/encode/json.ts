import duckdb from '@duckdb/node-bindings';
import type { Vector } from '@duckdb/node-bindings';
import type { DataType } from '../../planner/types/data-type.js';
import type { ByteSink } from './byte-sink.js';
import { RenderedEncoder } from './rendered.js';
import { targetOver } from './target.js';
import type { ValueEncoder } from './value-encoder.js';
import { isNullAt, readData, readValidity } from './value-encoder.js';
import { ListLevel } from './list-levels.js';

/** Makes the text encoder of a type without parts. */
export type LeafFactory = (type: DataType) => ValueEncoder;

/** Structs, maps, and anything else reported as json: JSON text laid out as Postgres's row_to_json does. */
export class JsonEncoder extends RenderedEncoder {
  readonly #node: JsonNode;
  readonly #versioned: boolean;

  /** `versioned` puts the version byte of binary jsonb first. */
  constructor(type: DataType, leaf: LeafFactory, versioned: boolean) {
    super();
    this.#node = jsonNode(type, leaf);
    this.#versioned = versioned;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#node.load(vector, count);
  }

  protected override render(index: number, sink: ByteSink): void {
    if (this.#versioned) {
      sink.byte(1);
    }
    sink.text(this.#node.text(index));
  }
}

/** A part of a nested type: reads its vector, then gives each value's JSON. */
interface JsonNode {
  load(vector: Vector, count: number): void;
  text(index: number): string;
}

function jsonNode(type: DataType, leaf: LeafFactory): JsonNode {
  switch (type.kind) {
    case 'struct':
      return new JsonStruct(
        type.fields.map((field) => ({
          key: JSON.stringify(field.name),
          node: jsonNode(field.type, leaf),
        })),
      );
    case 'union':
      return new JsonUnion(type.members.map((member) => jsonNode(member.type, leaf)));
    case 'list':
      return new JsonList(null, jsonNode(type.element, leaf));
    case 'array':
      return new JsonList(type.length, jsonNode(type.element, leaf));
    case 'map':
      return new JsonMap(new JsonLeaf(type.key, leaf(type.key)), jsonNode(type.value, leaf));
    case 'scalar':
    case 'decimal':
    case 'enum':
      return new JsonLeaf(type, leaf(type));
  }
}

/** The text one value is written as. */
export function textOf(encoder: ValueEncoder, index: number): string {
  const bytes = Buffer.allocUnsafe(encoder.length(index));
  encoder.write(index, targetOver(bytes), 0);
  return bytes.toString('utf8');
}

class JsonLeaf implements JsonNode {
  readonly #type: DataType;
  readonly #encoder: ValueEncoder;

  constructor(type: DataType, encoder: ValueEncoder) {
    this.#type = type;
    this.#encoder = encoder;
  }

  load(vector: Vector, count: number): void {
    this.#encoder.load(vector, count);
  }

  plain(index: number): string {
    return this.#encoder.isNull(index) ? 'null' : textOf(this.#encoder, index);
  }

  text(index: number): string {
    return this.#encoder.isNull(index) ? 'null' : jsonScalar(this.#type, textOf(this.#encoder, index));
  }
}

function jsonScalar(type: DataType, text: string): string {
  if (type.kind === 'decimal') {
    return text;
  }
  if (type.kind !== 'scalar') {
    return JSON.stringify(text);
  }
  switch (type.name) {
    case 'JSON':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
    case 'HUGEINT':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
    case 'UBIGINT':
    case 'UHUGEINT':
    case 'BIGNUM':
    case 'NULL':
      return text;
    case 'BOOLEAN':
      return text === 't' ? 'true' : 'false';
    case 'FLOAT':
    case 'DOUBLE':
      return /[a-z]$|y$/i.test(text) ? JSON.stringify(text) : text;
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
      return JSON.stringify(text.replace(' ', 'T'));
    case 'TIMESTAMP WITH TIME ZONE':
      return JSON.stringify(text.replace(' ', 'T').replace(/([+-]\d\d)( BC)?$/, '$1:00$2'));
    case 'VARCHAR':
    case 'BLOB':
    case 'BIT':
    case 'UUID':
    case 'DATE':
    case 'TIME':
    case 'TIME WITH TIME ZONE':
    case 'TIME_NS':
    case 'INTERVAL':
      return JSON.stringify(text);
  }
}

class JsonStruct implements JsonNode {
  readonly #fields: readonly { readonly key: string; readonly node: JsonNode }[];
  #validity: Uint8Array | null = null;

  constructor(fields: readonly { readonly key: string; readonly node: JsonNode }[]) {
    this.#fields = fields;
  }

  load(vector: Vector, count: number): void {
    this.#validity = readValidity(vector, count);
    this.#fields.forEach((field, position) => {
      field.node.load(duckdb.struct_vector_get_child(vector, position), count);
    });
  }

  text(index: number): string {
    if (isNullAt(this.#validity, index)) {
      return 'null';
    }
    return `{${this.#fields.map((field) => `${field.key}:${field.node.text(index)}`).join(',')}}`;
  }
}

class JsonUnion implements JsonNode {
  readonly #members: readonly JsonNode[];
  #tags: Uint8Array = new Uint8Array(0);
  #validity: Uint8Array | null = null;

  constructor(members: readonly JsonNode[]) {
    this.#members = members;
  }

  load(vector: Vector, count: number): void {
    const tags = duckdb.struct_vector_get_child(vector, 0);
    this.#validity = readValidity(tags, count);
    this.#tags = readData(tags, count);
    this.#members.forEach((member, position) => {
      member.load(duckdb.struct_vector_get_child(vector, position + 1), count);
    });
  }

  text(index: number): string {
    if (isNullAt(this.#validity, index)) {
      return 'null';
    }
    return this.#members[this.#tags[index] ?? 0]?.text(index) ?? 'null';
  }
}

class JsonList implements JsonNode {
  readonly #level: ListLevel;
  readonly #element: JsonNode;

  constructor(length: number | null, element: JsonNode) {
    this.#element = element;
    this.#level = new ListLevel(length, element);
  }

  load(vector: Vector, count: number): void {
    this.#level.load(vector, count);
  }

  text(index: number): string {
    if (this.#level.isNull(index)) {
      return 'null';
    }
    const start = this.#level.start(index);
    return `[${Array.from({ length: this.#level.size(index) }, (_, offset) => this.#element.text(start + offset)).join(',')}]`;
  }
}

/** A map is a list of (key, value) structs; keys become member names. */
class JsonMap implements JsonNode {
  readonly #level: ListLevel;
  readonly #key: JsonLeaf;
  readonly #value: JsonNode;

  constructor(key: JsonLeaf, value: JsonNode) {
    this.#key = key;
    this.#value = value;
    this.#level = new ListLevel(null, {
      load: (vector, count) => {
        key.load(duckdb.struct_vector_get_child(vector, 0), count);
        value.load(duckdb.struct_vector_get_child(vector, 1), count);
      },
    });
  }

  load(vector: Vector, count: number): void {
    this.#level.load(vector, count);
  }

  text(index: number): string {
    if (this.#level.isNull(index)) {
      return 'null';
    }
    const start = this.#level.start(index);
    const members = Array.from(
      { length: this.#level.size(index) },
      (_, offset) => `${JSON.stringify(this.#key.plain(start + offset))}:${this.#value.text(start + offset)}`,
    );
    return `{${members.join(',')}}`;
  }
}
