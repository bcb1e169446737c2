import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DataType } from '../../planner/types/data-type.js';
import { list, printDataType, quoteName, quoteText, sameDataType, scalar } from '../../planner/types/data-type.js';
import type { DescribedColumn } from '../engine.js';

/** A row of literal data by column name; what is missing is NULL. */
export type Item = Readonly<Record<string, unknown>>;

/** Whole numbers beyond this are not told apart by JavaScript's numbers: those that hold them are doubles. */
const INTEGER_MAX = Number.MAX_SAFE_INTEGER;

/** Columns of literal rows with the types their values have: bigint, float8, text, boolean, timestamptz, bytea, lists and structs of them. */
export function columnsOfItems(items: readonly Item[]): readonly DescribedColumn[] {
  const types = new Map<string, DataType>();
  for (const item of items) {
    for (const [name, value] of Object.entries(item)) {
      types.set(name, commonType(types.get(name) ?? NULL_TYPE, typeOfValue(value, name), name));
    }
  }
  return [...types].map(([name, type]) => ({ name, type: withoutNulls(type) }));
}

const NULL_TYPE = scalar('NULL');

function typeOfValue(value: unknown, name: string): DataType {
  if (value === null || value === undefined) {
    return NULL_TYPE;
  }
  switch (typeof value) {
    case 'string':
      return scalar('VARCHAR');
    case 'boolean':
      return scalar('BOOLEAN');
    case 'bigint':
      return value >= -(1n << 63n) && value < 1n << 63n ? scalar('BIGINT') : scalar('HUGEINT');
    case 'number':
      return Number.isInteger(value) && Math.abs(value) <= INTEGER_MAX && !Object.is(value, -0) ? scalar('BIGINT') : scalar('DOUBLE');
    case 'object':
      return typeOfObject(value, name);
    case 'undefined':
    case 'function':
    case 'symbol':
      break;
  }
  throw new SqlError(SQLSTATE.datatype_mismatch, `a value of column "${name}" is a ${typeof value}`);
}

function typeOfObject(value: object, name: string): DataType {
  if (value instanceof Date) {
    return scalar('TIMESTAMP WITH TIME ZONE');
  }
  if (value instanceof Uint8Array) {
    return scalar('BLOB');
  }
  if (Array.isArray(value)) {
    return list(value.map((element: unknown) => typeOfValue(element, name)).reduce((a, b) => commonType(a, b, name), NULL_TYPE));
  }
  const fields = Object.entries(value).map(([field, inner]: [string, unknown]) => ({ name: field, type: typeOfValue(inner, `${name}.${field}`) }));
  return { kind: 'struct', fields };
}

/** One type for values of both; 42804 where there is none. */
function commonType(a: DataType, b: DataType, name: string): DataType {
  if (isNull(a) || sameDataType(a, b)) {
    return b;
  }
  if (isNull(b)) {
    return a;
  }
  if (isNumber(a) && isNumber(b)) {
    return isDouble(a) || isDouble(b) ? scalar('DOUBLE') : scalar('HUGEINT');
  }
  if (a.kind === 'list' && b.kind === 'list') {
    return list(commonType(a.element, b.element, name));
  }
  if (a.kind === 'struct' && b.kind === 'struct') {
    const fields = new Map(a.fields.map((field) => [field.name, field.type]));
    for (const field of b.fields) {
      fields.set(field.name, commonType(fields.get(field.name) ?? NULL_TYPE, field.type, name));
    }
    return { kind: 'struct', fields: [...fields].map(([field, type]) => ({ name: field, type })) };
  }
  throw new SqlError(SQLSTATE.datatype_mismatch, `values of column "${name}" are of unlike types: ${printDataType(a)} and ${printDataType(b)}`);
}

function isNull(type: DataType): boolean {
  return type.kind === 'scalar' && type.name === 'NULL';
}

function isDouble(type: DataType): boolean {
  return type.kind === 'scalar' && type.name === 'DOUBLE';
}

function isNumber(type: DataType): boolean {
  return type.kind === 'scalar' && (type.name === 'BIGINT' || type.name === 'HUGEINT' || type.name === 'DOUBLE');
}

/** What is NULL in every row is text. */
function withoutNulls(type: DataType): DataType {
  switch (type.kind) {
    case 'scalar':
      return isNull(type) ? scalar('VARCHAR') : type;
    case 'list':
      return list(withoutNulls(type.element));
    case 'struct':
      return type.fields.length === 0
        ? scalar('JSON')
        : { kind: 'struct', fields: type.fields.map((field) => ({ name: field.name, type: withoutNulls(field.type) })) };
    case 'decimal':
    case 'array':
    case 'map':
    case 'union':
    case 'enum':
      return type;
  }
}

/** Literal rows as lines of JSON, every value in a form that DuckDB casts to its column's type without loss. */
export function* jsonLines(items: Iterable<Item>): Generator<string> {
  for (const item of items) {
    yield `${JSON.stringify(Object.fromEntries(Object.entries(item).map(([name, value]) => [name, jsonValue(value)])))}\n`;
  }
}

/** The same as one JSON array. */
export function jsonRows(items: Iterable<Item>): string {
  return JSON.stringify(Array.from(items, (item) => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, jsonValue(value)]))));
}

function jsonValue(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : value) : String(value);
    case 'object':
      if (value === null) {
        return null;
      }
      if (value instanceof Date) {
        return Number.isNaN(value.getTime()) ? null : value.toISOString();
      }
      if (value instanceof Uint8Array) {
        return [...value].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
      }
      if (Array.isArray(value)) {
        return value.map(jsonValue);
      }
      return Object.fromEntries(Object.entries(value).map(([name, inner]: [string, unknown]) => [name, jsonValue(inner)]));
    case 'string':
    case 'boolean':
    case 'undefined':
    case 'function':
    case 'symbol':
      return value;
  }
}

/** DuckDB's own limit of a line, by which it sizes its buffers. */
const OBJECT_BYTES = 16 * 1024 * 1024;

/** DuckDB SQL that reads a file of such lines, none longer than that, with exactly these columns. */
export function readLinesSql(path: string, columns: readonly DescribedColumn[], lineBytesMax: number): string {
  const types = columns.map(({ name, type }) => `${quoteText(name)}: ${quoteText(printDataType(readAs(type)))}`);
  const values = columns.map(({ name, type }) =>
    readAs(type) === type ? quoteName(name) : `CAST(${quoteName(name)} AS ${printDataType(type)}) AS ${quoteName(name)}`,
  );
  return `SELECT ${values.join(', ')} FROM read_json(${quoteText(path)}, format => 'newline_delimited', auto_detect => false, columns => {${types.join(', ')}}, maximum_object_size => ${Math.max(OBJECT_BYTES, lineBytesMax + 1)})`;
}

/** The type that JSON's reader is told: escapes of blobs are read by a cast, which it does not do. The same object where nothing differs. */
export function readAs(type: DataType): DataType {
  switch (type.kind) {
    case 'scalar':
      return type.name === 'BLOB' ? scalar('VARCHAR') : type;
    case 'list': {
      const element = readAs(type.element);
      return element === type.element ? type : list(element);
    }
    case 'array':
      // Its reader knows lists only.
      return list(readAs(type.element));
    case 'struct': {
      const fields = type.fields.map((field) => ({ name: field.name, type: readAs(field.type) }));
      return fields.every((field, index) => field.type === type.fields[index]?.type) ? type : { kind: 'struct', fields };
    }
    case 'map': {
      const [key, value] = [readAs(type.key), readAs(type.value)];
      return key === type.key && value === type.value ? type : { kind: 'map', key, value };
    }
    case 'decimal':
    case 'union':
    case 'enum':
      return type;
  }
}
