import { LakeError } from './lake-error.js';
import type { LakeColumn } from './model.js';

/** DuckDB's names of DuckLake's simple types. */
const DUCKDB_TYPES: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  int8: 'TINYINT',
  int16: 'SMALLINT',
  int32: 'INTEGER',
  int64: 'BIGINT',
  int128: 'HUGEINT',
  uint8: 'UTINYINT',
  uint16: 'USMALLINT',
  uint32: 'UINTEGER',
  uint64: 'UBIGINT',
  uint128: 'UHUGEINT',
  float32: 'FLOAT',
  float64: 'DOUBLE',
  time: 'TIME',
  time_ns: 'TIME_NS',
  timetz: 'TIME WITH TIME ZONE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  timestamp_us: 'TIMESTAMP',
  timestamp_ms: 'TIMESTAMP_MS',
  timestamp_ns: 'TIMESTAMP_NS',
  timestamp_s: 'TIMESTAMP_S',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  interval: 'INTERVAL',
  varchar: 'VARCHAR',
  json: 'JSON',
  blob: 'BLOB',
  uuid: 'UUID',
};

/** Types that Parquet gives back as another one: in files they are text, which DuckDB casts when it reads. */
const TEXT_IN_FILES: ReadonlySet<string> = new Set(['int128', 'uint128', 'timetz', 'interval', 'time_ns']);

type TypedColumn = Pick<LakeColumn, 'name' | 'type' | 'children'>;

/** A column's type in DuckDB's SQL. Throws LakeError `unsupported`. */
export function duckdbType(column: TypedColumn): string {
  const [first, second] = column.children;
  switch (column.type) {
    case 'list':
      return `${first === undefined ? 'INTEGER' : duckdbType(first)}[]`;
    case 'struct':
      return `STRUCT(${column.children.map((child) => `"${child.name.replaceAll('"', '""')}" ${duckdbType(child)}`).join(', ')})`;
    case 'map':
      if (first !== undefined && second !== undefined) {
        return `MAP(${duckdbType(first)}, ${duckdbType(second)})`;
      }
      break;
    default:
  }
  const name = /^decimal\(\d+,\s*\d+\)$/.test(column.type) ? column.type.toUpperCase() : DUCKDB_TYPES[column.type];
  if (name === undefined) {
    throw new LakeError('unsupported', `column ${column.name} is of type ${column.type}, which Sluice does not read`);
  }
  return name;
}

/** The type a column has inside data files. */
export function duckdbTypeInFiles(column: TypedColumn): string {
  return TEXT_IN_FILES.has(column.type) ? 'VARCHAR' : duckdbType(column);
}

/** COPY's FIELD_IDS for a table's columns: names with the ids of the catalog, nested ones inside. */
export function fieldIds(columns: readonly LakeColumn[]): string {
  return `{${columns.map((column) => `'${column.name.replaceAll("'", "''")}': ${fieldId(column)}`).join(', ')}}`;
}

function fieldId(column: LakeColumn): string {
  if (column.children.length === 0) {
    return String(column.id);
  }
  const children = column.children.map((child) => `'${child.name.replaceAll("'", "''")}': ${fieldId(child)}`);
  return `{__duckdb_field_id: ${[String(column.id), ...children].join(', ')}}`;
}
