/**
 * DuckDB's logical types as data. Shapes: `decimal` has 1 <= width <= 38 and 0 <= scale <= width;
 * `array` has a fixed positive length; `json` is DuckDB's VARCHAR with the alias JSON.
 */
export type DataType =
  | { readonly kind: 'scalar'; readonly name: ScalarTypeName }
  | { readonly kind: 'decimal'; readonly width: number; readonly scale: number }
  | { readonly kind: 'list'; readonly element: DataType }
  | { readonly kind: 'array'; readonly element: DataType; readonly length: number }
  | { readonly kind: 'struct'; readonly fields: readonly StructField[] }
  | { readonly kind: 'union'; readonly members: readonly StructField[] }
  | { readonly kind: 'map'; readonly key: DataType; readonly value: DataType }
  | { readonly kind: 'enum'; readonly values: readonly string[] };

/** A named member of a struct or a union. */
export interface StructField {
  readonly name: string;
  readonly type: DataType;
}

/** DuckDB's types without parameters, by the names DuckDB prints. */
export const SCALAR_TYPE_NAMES = [
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'UHUGEINT',
  'FLOAT',
  'DOUBLE',
  'BIGNUM',
  'VARCHAR',
  'JSON',
  'BLOB',
  'BIT',
  'UUID',
  'DATE',
  'TIME',
  'TIME WITH TIME ZONE',
  'TIME_NS',
  'TIMESTAMP',
  'TIMESTAMP_S',
  'TIMESTAMP_MS',
  'TIMESTAMP_NS',
  'TIMESTAMP WITH TIME ZONE',
  'INTERVAL',
  'NULL',
] as const;

/** One of the names above. */
export type ScalarTypeName = (typeof SCALAR_TYPE_NAMES)[number];

/** Shorthand for a type without parameters. */
export function scalar(name: ScalarTypeName): DataType {
  return { kind: 'scalar', name };
}

/** Shorthand for DECIMAL(width, scale). */
export function decimal(width: number, scale: number): DataType {
  return { kind: 'decimal', width, scale };
}

/** Shorthand for a variable-length list. */
export function list(element: DataType): DataType {
  return { kind: 'list', element };
}

/** A type as DuckDB SQL writes it, for casts and column definitions. */
export function printDataType(type: DataType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name === 'NULL' ? '"NULL"' : type.name;
    case 'decimal':
      return `DECIMAL(${type.width}, ${type.scale})`;
    case 'list':
      return `${printDataType(type.element)}[]`;
    case 'array':
      return `${printDataType(type.element)}[${type.length}]`;
    case 'struct':
      return `STRUCT(${printFields(type.fields)})`;
    case 'union':
      return `UNION(${printFields(type.members)})`;
    case 'map':
      return `MAP(${printDataType(type.key)}, ${printDataType(type.value)})`;
    case 'enum':
      return `ENUM(${type.values.map(quoteText).join(', ')})`;
  }
}

/** True when two types are the same in every parameter. */
export function sameDataType(a: DataType, b: DataType): boolean {
  return printDataType(a) === printDataType(b);
}

function printFields(fields: readonly StructField[]): string {
  return fields.map((field) => `${quoteName(field.name)} ${printDataType(field.type)}`).join(', ');
}

/** A name as a quoted SQL identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a SQL string literal. DuckDB and Postgres (standard_conforming_strings) read it alike. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
