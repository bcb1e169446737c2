import { decimal, list, scalar, SCALAR_TYPE_NAMES, type DataType, type ScalarTypeName, type StructField } from '../types/data-type.js';
import type { JsonObject } from './json-text.js';
import { arrayField, indexField, isObject, objectField, objectsField, textField, unknown } from './json-fields.js';

const SCALARS: ReadonlyMap<string, DataType> = new Map(SCALAR_TYPE_NAMES.map((name: ScalarTypeName) => [name, scalar(name)]));

/** Reads DuckDB's LogicalType. Collations are dropped: the binder has already turned them into function calls. */
export function readType(json: JsonObject): DataType {
  const id = textField(json, 'id');
  const info = isObject(json['type_info']) ? json['type_info'] : null;
  const alias = info === null ? '' : textField(info, 'alias');
  if (alias === 'JSON' && id === 'VARCHAR') {
    return scalar('JSON');
  }
  if (alias !== '') {
    return unknown(`type ${alias} is not known`);
  }
  if (info === null || id === 'VARCHAR') {
    return SCALARS.get(id) ?? unknown(`type ${id} is not known`);
  }
  return readNestedType(id, info);
}

/** Reads a list of types. */
export function readTypes(json: readonly JsonObject[]): readonly DataType[] {
  return json.map(readType);
}

function readNestedType(id: string, info: JsonObject): DataType {
  switch (id) {
    case 'DECIMAL':
      return decimal(indexField(info, 'width'), indexField(info, 'scale'));
    case 'LIST':
      return list(readType(objectField(info, 'child_type')));
    case 'ARRAY':
      return {
        kind: 'array',
        element: readType(objectField(info, 'child_type')),
        length: indexField(info, 'size'),
      };
    case 'STRUCT':
      return { kind: 'struct', fields: readFields(info) };
    case 'UNION':
      // The first field is the tag that DuckDB keeps for itself.
      return { kind: 'union', members: readFields(info).slice(1) };
    case 'MAP':
      return readMap(info);
    case 'ENUM':
      return {
        kind: 'enum',
        values: arrayField(info, 'values').map((value) => (typeof value === 'string' ? value : unknown('an ENUM label is not a text'))),
      };
    default:
      return unknown(`type ${id} is not known`);
  }
}

function readMap(info: JsonObject): DataType {
  const entry = readType(objectField(info, 'child_type'));
  if (entry.kind !== 'struct') {
    return unknown('a MAP without key and value');
  }
  const [key, value] = entry.fields;
  return key === undefined || value === undefined ? unknown('a MAP without key and value') : { kind: 'map', key: key.type, value: value.type };
}

function readFields(info: JsonObject): readonly StructField[] {
  return objectsField(info, 'child_types').map((field) => ({
    name: textField(field, 'first'),
    type: readType(objectField(field, 'second')),
  }));
}

/** True when a type holds a struct made by row(), whose fields have no names. */
export function hasUnnamedField(type: DataType): boolean {
  switch (type.kind) {
    case 'scalar':
    case 'decimal':
    case 'enum':
      return false;
    case 'list':
    case 'array':
      return hasUnnamedField(type.element);
    case 'map':
      return hasUnnamedField(type.key) || hasUnnamedField(type.value);
    case 'struct':
      return type.fields.some((field) => field.name === '' || hasUnnamedField(field.type));
    case 'union':
      return type.members.some((member) => hasUnnamedField(member.type));
  }
}
