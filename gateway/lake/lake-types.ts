import type { NewLakeColumn } from '../../fs/lake/lake.js';
import type { LakeColumn } from '../../fs/lake/model.js';
import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DataType, ScalarTypeName } from '../../planner/types/data-type.js';
import { decimal, list, printDataType, scalar } from '../../planner/types/data-type.js';
import type { PostgresColumnType } from '../../planner/types/postgres-type.js';
import { postgresTypeOf } from '../../planner/types/postgres-type.js';

/** Tag of a column with the PostgreSQL type it was declared with, where DuckLake's type says less: `oid:modifier`. */
export const TYPE_TAG = 'sluice.type';

/** DuckDB's simple types by DuckLake's names. */
const SCALARS: Readonly<Record<string, ScalarTypeName>> = {
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
  varchar: 'VARCHAR',
  json: 'JSON',
  blob: 'BLOB',
  uuid: 'UUID',
  date: 'DATE',
  time: 'TIME',
  timetz: 'TIME WITH TIME ZONE',
  timestamp: 'TIMESTAMP',
  timestamp_us: 'TIMESTAMP',
  timestamp_s: 'TIMESTAMP_S',
  timestamp_ms: 'TIMESTAMP_MS',
  timestamp_ns: 'TIMESTAMP_NS',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  interval: 'INTERVAL',
};

/** DuckLake's name of a type by DuckDB's; `timestamp` goes before its other name. */
const LAKE_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(SCALARS)
    .filter(([lake]) => lake !== 'timestamp_us')
    .map(([lake, duckdb]) => [duckdb, lake]),
);

/** Types that Parquet gives back as another one: in data files they are text, which the reader casts back. */
const TEXT_IN_FILES: ReadonlySet<ScalarTypeName> = new Set(['HUGEINT', 'UHUGEINT', 'TIME WITH TIME ZONE', 'INTERVAL']);

/** A column for a stored table. 0A000 for types that DuckLake cannot hold. */
export function newLakeColumn(column: Column): NewLakeColumn {
  const given = column.postgres;
  const plain = postgresTypeOf(column.type);
  const isSaidByType = given === undefined || (given.oid === plain.oid && given.modifier === plain.modifier);
  return {
    ...lakeColumn(column.name, column.type),
    nullable: column.notNull !== true,
    ...(isSaidByType ? {} : { tags: new Map([[TYPE_TAG, `${given.oid}:${given.modifier}`]]) }),
  };
}

function lakeColumn(name: string, type: DataType): NewLakeColumn {
  return { name, nullable: true, ...typeOf(name, type) };
}

function typeOf(name: string, type: DataType): { readonly type: string; readonly children: readonly NewLakeColumn[] } {
  switch (type.kind) {
    case 'scalar': {
      const known = LAKE_NAMES.get(type.name);
      if (known === undefined) {
        throw unsupported(name, type);
      }
      return { type: known, children: [] };
    }
    case 'decimal':
      return { type: `decimal(${type.width},${type.scale})`, children: [] };
    case 'list':
      return { type: 'list', children: [lakeColumn('element', type.element)] };
    case 'struct':
      return { type: 'struct', children: type.fields.map((field) => lakeColumn(field.name, field.type)) };
    case 'map':
      return { type: 'map', children: [lakeColumn('key', type.key), lakeColumn('value', type.value)] };
    case 'array':
    case 'union':
    case 'enum':
      throw unsupported(name, type);
  }
}

function unsupported(name: string, type: DataType): SqlError {
  return new SqlError(SQLSTATE.feature_not_supported, `column "${name}" cannot be stored: type ${printDataType(type)} is not supported`);
}

/** A stored column as a relation's. 0A000 for types Sluice does not know. */
export function columnOfLake(column: LakeColumn): Column {
  const declared = declaredType(column.tags.get(TYPE_TAG));
  return {
    name: column.name,
    type: dataTypeOfLake(column),
    ...(declared === null ? {} : { postgres: declared }),
    ...(column.nullable ? {} : { notNull: true }),
  };
}

function declaredType(tag: string | undefined): PostgresColumnType | null {
  const [, oid, modifier] = /^(\d+):(-?\d+)$/.exec(tag ?? '') ?? [];
  return oid === undefined || modifier === undefined ? null : { oid: Number(oid), modifier: Number(modifier) };
}

/** The type a stored column is computed in. */
export function dataTypeOfLake(column: Pick<LakeColumn, 'name' | 'type' | 'children'>): DataType {
  const [first, second] = column.children;
  if (column.type === 'list' && first !== undefined) {
    return list(dataTypeOfLake(first));
  }
  if (column.type === 'map' && first !== undefined && second !== undefined) {
    return { kind: 'map', key: dataTypeOfLake(first), value: dataTypeOfLake(second) };
  }
  if (column.type === 'struct') {
    return { kind: 'struct', fields: column.children.map((child) => ({ name: child.name, type: dataTypeOfLake(child) })) };
  }
  const digits = /^decimal\((\d+),\s*(\d+)\)$/.exec(column.type);
  if (digits !== null) {
    return decimal(Number(digits[1]), Number(digits[2]));
  }
  const known = SCALARS[column.type];
  if (known === undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, `column "${column.name}" is of the DuckLake type ${column.type}, which is not supported`);
  }
  return scalar(known);
}

/** The type a column has inside data files; the very same object where it is the column's own. */
export function fileType(type: DataType): DataType {
  switch (type.kind) {
    case 'scalar':
      return TEXT_IN_FILES.has(type.name) ? scalar('VARCHAR') : type;
    case 'list': {
      const element = fileType(type.element);
      return element === type.element ? type : list(element);
    }
    case 'map': {
      const [key, value] = [fileType(type.key), fileType(type.value)];
      return key === type.key && value === type.value ? type : { kind: 'map', key, value };
    }
    case 'struct': {
      const fields = type.fields.map((field) => ({ name: field.name, type: fileType(field.type) }));
      return fields.every((field, index) => field.type === type.fields[index]?.type) ? type : { kind: 'struct', fields };
    }
    case 'decimal':
    case 'array':
    case 'union':
    case 'enum':
      return type;
  }
}
