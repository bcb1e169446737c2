import type { DataType, ScalarTypeName, StructField } from '../../planner/types/data-type.js';
import { printDataType, quoteName, quoteText } from '../../planner/types/data-type.js';

/**
 * How a value crosses a Parquet file: as it is; as it is but read back as another type (`cast`); or in another form.
 * Measured on DuckDB 1.5.6, value by value (see the codec's test).
 */
type Carriage = 'exact' | 'cast' | 'encoded';

/** An SQL expression of `type` in a form that Parquet carries without loss. `depth` keeps lambda variables apart. */
export function encodeValue(expression: string, type: DataType, depth = 0): string {
  if (carriageOf(type) !== 'encoded') {
    return expression;
  }
  const variable = `v${depth}`;
  const inner = (part: string, partType: DataType): string => encodeValue(part, partType, depth + 1);
  switch (type.kind) {
    case 'scalar':
      return type.name === 'INTERVAL' ? encodeInterval(expression) : type.name === 'NULL' ? `CAST(${expression} AS BOOLEAN)` : `CAST(${expression} AS VARCHAR)`;
    case 'enum':
      return `CAST(${expression} AS VARCHAR)`;
    case 'decimal':
      return expression;
    case 'list':
      return `list_transform(${expression}, lambda ${variable}: ${inner(variable, type.element)})`;
    case 'array':
      return `list_transform(CAST(${expression} AS ${printDataType(type.element)}[]), lambda ${variable}: ${inner(variable, type.element)})`;
    case 'map':
      return `list_transform(map_entries(${expression}), lambda ${variable}: {'k': ${inner(`${variable}.key`, type.key)}, 'v': ${inner(`${variable}.value`, type.value)}})`;
    case 'struct':
      return unlessNull(expression, packStruct(type.fields.map((field, index) => [`f${index}`, inner(structPart(expression, field, index), field.type)])));
    case 'union':
      return unlessNull(
        expression,
        packStruct([
          ['tag', `CAST(union_tag(${expression}) AS VARCHAR)`],
          ...type.members.map((member, index): readonly [string, string] => [
            `f${index}`,
            inner(`union_extract(${expression}, ${quoteText(member.name)})`, member.type),
          ]),
        ]),
      );
  }
}

/** The inverse of `encodeValue`, over what read_parquet gives. The result has exactly `type`. */
export function decodeValue(expression: string, type: DataType, depth = 0): string {
  switch (carriageOf(type)) {
    case 'exact':
      return expression;
    case 'cast':
      return `CAST(${expression} AS ${printDataType(type)})`;
    case 'encoded':
      return decodeParts(expression, type, depth);
  }
}

// Casts stand only where the parts do not already give the type: an unnamed struct's type cannot be written in SQL.
function decodeParts(expression: string, type: DataType, depth: number): string {
  const variable = `v${depth}`;
  const inner = (part: string, partType: DataType): string => decodeValue(part, partType, depth + 1);
  const cast = (value: string): string => `CAST(${value} AS ${printDataType(type)})`;
  switch (type.kind) {
    case 'scalar':
      return type.name === 'INTERVAL' ? decodeInterval(expression) : cast(expression);
    case 'enum':
    case 'decimal':
      return cast(expression);
    case 'list':
      return `list_transform(${expression}, lambda ${variable}: ${inner(variable, type.element)})`;
    case 'array':
      return cast(`list_transform(${expression}, lambda ${variable}: ${inner(variable, type.element)})`);
    case 'map':
      return `map_from_entries(list_transform(${expression}, lambda ${variable}: {'key': ${inner(`${variable}.k`, type.key)}, 'value': ${inner(`${variable}.v`, type.value)}}))`;
    case 'struct': {
      const parts = type.fields.map((field, index): readonly [string, string] => [field.name, inner(`${expression}.f${index}`, field.type)]);
      return unlessNull(expression, packFields(parts));
    }
    case 'union': {
      const cases = type.members.map(
        (member, index) =>
          `WHEN ${quoteText(member.name)} THEN ${cast(`union_value(${quoteName(member.name)} := ${inner(`${expression}.f${index}`, member.type)})`)}`,
      );
      return `CASE ${expression}.tag ${cases.join(' ')} END`;
    }
  }
}

/** NULL of a type. */
export function nullOf(type: DataType): string {
  if (!hasUnnamed(type)) {
    return `CAST(NULL AS ${printDataType(type)})`;
  }
  switch (type.kind) {
    case 'struct':
      return `CASE WHEN false THEN ${packFields(type.fields.map((field) => [field.name, nullOf(field.type)]))} END`;
    case 'list':
      return `CASE WHEN false THEN [${nullOf(type.element)}] END`;
    case 'map':
      return `CASE WHEN false THEN map([${nullOf(type.key)}], [${nullOf(type.value)}]) END`;
    case 'array':
      return `CASE WHEN false THEN array_value(${Array.from({ length: type.length }, () => nullOf(type.element)).join(', ')}) END`;
    case 'scalar':
    case 'decimal':
    case 'enum':
    case 'union':
      // Scalars hold no struct, and a union's members need a written type already to be made.
      return `CAST(NULL AS ${printDataType(type)})`;
  }
}

function hasUnnamed(type: DataType): boolean {
  switch (type.kind) {
    case 'scalar':
    case 'decimal':
    case 'enum':
      return false;
    case 'list':
    case 'array':
      return hasUnnamed(type.element);
    case 'map':
      return hasUnnamed(type.key) || hasUnnamed(type.value);
    case 'struct':
      return isUnnamed(type.fields) || type.fields.some((field) => hasUnnamed(field.type));
    case 'union':
      return type.members.some((member) => hasUnnamed(member.type));
  }
}

const CAST_SCALARS: ReadonlySet<ScalarTypeName> = new Set<ScalarTypeName>(['TIMESTAMP_MS', 'JSON']);

/** Parquet makes these DOUBLE, text, UTC times or unsigned milliseconds, or refuses them. */
const ENCODED_SCALARS: ReadonlySet<ScalarTypeName> = new Set<ScalarTypeName>([
  'HUGEINT',
  'UHUGEINT',
  'BIGNUM',
  'BIT',
  'TIME WITH TIME ZONE',
  'TIMESTAMP_S',
  'INTERVAL',
  'NULL',
]);

function carriageOf(type: DataType): Carriage {
  switch (type.kind) {
    case 'scalar':
      return ENCODED_SCALARS.has(type.name) ? 'encoded' : CAST_SCALARS.has(type.name) ? 'cast' : 'exact';
    case 'decimal':
      return 'exact';
    case 'enum':
    case 'union':
    case 'array':
      return 'encoded';
    case 'list':
      return carriageOf(type.element);
    case 'map':
      return widest([carriageOf(type.key), carriageOf(type.value)]);
    case 'struct':
      return isUnnamed(type.fields) ? 'encoded' : widest(type.fields.map((field) => carriageOf(field.type)));
  }
}

function widest(carriages: readonly Carriage[]): Carriage {
  return carriages.includes('encoded') ? 'encoded' : carriages.includes('cast') ? 'cast' : 'exact';
}

/** Months, days and microseconds are independent in an interval; its text form cannot hold the largest ones. */
function encodeInterval(expression: string): string {
  const part = (name: string): string => `datepart('${name}', ${expression})`;
  return unlessNull(
    expression,
    packStruct([
      ['months', `CAST(${part('year')} * 12 + ${part('month')} AS INTEGER)`],
      ['days', `CAST(${part('day')} AS INTEGER)`],
      ['micros', `${part('hour')} * 3600000000 + ${part('minute')} * 60000000 + ${part('microsecond')}`],
    ]),
  );
}

function decodeInterval(expression: string): string {
  return `(to_months(${expression}.months) + to_days(${expression}.days) + to_microseconds(${expression}.micros))`;
}

function structPart(expression: string, field: StructField, index: number): string {
  return field.name === '' ? `struct_extract(${expression}, ${index + 1})` : `struct_extract(${expression}, ${quoteText(field.name)})`;
}

function packFields(parts: readonly (readonly [name: string, expression: string])[]): string {
  return parts.every(([name]) => name === '') ? `row(${parts.map(([, part]) => part).join(', ')})` : packStruct(parts);
}

function packStruct(parts: readonly (readonly [name: string, expression: string])[]): string {
  return `struct_pack(${parts.map(([name, part]) => `${quoteName(name)} := ${part}`).join(', ')})`;
}

function unlessNull(expression: string, value: string): string {
  return `CASE WHEN ${expression} IS NOT NULL THEN ${value} END`;
}

function isUnnamed(fields: readonly StructField[]): boolean {
  return fields.every((field) => field.name === '');
}
