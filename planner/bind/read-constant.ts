import type { ConstantValue, Expression } from '../plan/expressions.js';
import type { DataType, ScalarTypeName } from '../types/data-type.js';
import { booleanField, isObject, objectField, objectsField, unknown } from './json-fields.js';
import { NumberText, type Json, type JsonObject } from './json-text.js';
import { hasUnnamedField, readType } from './read-type.js';
import { dateText, intervalText, timeNanosText, timestampText, timeText, timeWithZoneText } from './time-text.js';

/** A constant with its type. */
export interface TypedConstant {
  readonly type: DataType;
  readonly value: ConstantValue;
}

/** Reads DuckDB's Value. */
export function readConstant(json: JsonObject): TypedConstant {
  const type = readType(objectField(json, 'type'));
  const isRow = type.kind === 'struct' && type.fields[0]?.name === '' && !booleanField(json, 'is_null');
  if (!isRow && hasUnnamedField(type)) {
    return unknown('a constant of rows without field names cannot be written in SQL');
  }
  if (booleanField(json, 'is_null')) {
    return { type, value: { kind: 'null' } };
  }
  return { type, value: readValue(type, json['value'] ?? '') };
}

/** Reads DuckDB's Value as an expression. */
export function readConstantExpression(json: JsonObject): Expression {
  return { kind: 'constant', ...readConstant(json) };
}

function readValue(type: DataType, value: Json): ConstantValue {
  switch (type.kind) {
    case 'scalar':
      return text(scalarText(type.name, value));
    case 'decimal':
      return text(decimalText(wideInteger(value), type.scale));
    case 'enum':
      return text(type.values[Number(integer(value))] ?? unknown('a constant outside its ENUM'));
    case 'list':
    case 'array':
    case 'map':
      return { kind: 'list', items: children(value) };
    case 'struct':
      return {
        kind: 'struct',
        fields: children(value).map((child, index) => ({
          name: type.fields[index]?.name ?? '',
          ...child,
        })),
      };
    case 'union':
      return unionValue(type.members, children(value));
  }
}

function unionValue(members: readonly { readonly name: string }[], values: readonly TypedConstant[]): ConstantValue {
  // DuckDB gives the tag, then the value of each member.
  const tag = values[0]?.value;
  const index = tag?.kind === 'text' ? Number(tag.text) : -1;
  const member = members[index];
  const value = values[index + 1];
  return member === undefined || value === undefined
    ? unknown('a UNION constant without its member')
    : { kind: 'struct', fields: [{ name: member.name, ...value }] };
}

function children(value: Json): readonly TypedConstant[] {
  return isObject(value) ? objectsField(value, 'children').map(readConstant) : unknown('a nested constant without children');
}

function text(value: string): ConstantValue {
  return { kind: 'text', text: value };
}

function scalarText(name: ScalarTypeName, value: Json): string {
  switch (name) {
    case 'BOOLEAN':
      return typeof value === 'boolean' ? String(value) : unknown('a BOOLEAN constant that is none');
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
    case 'UBIGINT':
      return integer(value).toString();
    case 'HUGEINT':
    case 'UHUGEINT':
      return wideInteger(value).toString();
    case 'FLOAT':
    case 'DOUBLE':
      return value instanceof NumberText ? value.text : integer(value).toString();
    case 'VARCHAR':
    case 'JSON':
    case 'BLOB':
      return typeof value === 'string' ? value : unknown(`a ${name} constant that is no text`);
    case 'UUID':
      return uuidText(wideInteger(value));
    case 'INTERVAL':
      return isObject(value)
        ? intervalText(integer(value['months']), integer(value['days']), integer(value['micros']))
        : unknown('an INTERVAL constant that is none');
    case 'BIGNUM':
    case 'BIT':
    case 'NULL':
      return unknown(`constants of type ${name} are not known`);
    case 'DATE':
    case 'TIME':
    case 'TIME WITH TIME ZONE':
    case 'TIME_NS':
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
    case 'TIMESTAMP WITH TIME ZONE':
      return timeLikeText(name, integer(value));
  }
}

type TimeTypeName = Extract<ScalarTypeName, `${'DATE' | 'TIME'}${string}`>;

function timeLikeText(name: TimeTypeName, value: bigint): string {
  switch (name) {
    case 'DATE':
      return dateText(value);
    case 'TIME':
      return timeText(value);
    case 'TIME_NS':
      return timeNanosText(value);
    case 'TIME WITH TIME ZONE':
      return timeWithZoneText(value);
    case 'TIMESTAMP':
      return timestampText(value, 1_000_000n);
    case 'TIMESTAMP_S':
      return timestampText(value, 1n);
    case 'TIMESTAMP_MS':
      return timestampText(value, 1000n);
    case 'TIMESTAMP_NS':
      return timestampText(value, 1_000_000_000n);
    case 'TIMESTAMP WITH TIME ZONE': {
      const utc = timestampText(value, 1_000_000n);
      return utc.endsWith('infinity') ? utc : `${utc}+00`;
    }
  }
}

function integer(value: Json | undefined): bigint {
  return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : unknown('a whole number that is none');
}

/** 128-bit numbers come as halves: the upper one signed (or unsigned for UHUGEINT), the lower unsigned. */
function wideInteger(value: Json): bigint {
  return isObject(value) ? (integer(value['upper']) << 64n) + integer(value['lower']) : integer(value);
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function uuidText(stored: bigint): string {
  // DuckDB flips the top bit so that signed order is the UUIDs' order.
  const bits = BigInt.asUintN(128, stored) ^ (1n << 127n);
  const hex = bits.toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
