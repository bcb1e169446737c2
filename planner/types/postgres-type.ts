import type { DataType, ScalarTypeName } from './data-type.js';
import { decimal, list, printDataType, scalar } from './data-type.js';

/** A Postgres base type: what RowDescription, pg_type and parameter inference need of it. */
export interface PostgresType {
  readonly oid: number;
  /** Internal name (`int4`), as in pg_type.typname. */
  readonly name: string;
  /** Name as `format_type` prints it (`integer`). */
  readonly sqlName: string;
  /** OID of the array over this type; 0 where there is none. */
  readonly arrayOid: number;
  /** OID of the element type; 0 for types that are no arrays. */
  readonly elementOid: number;
  /** Bytes of the binary form; -1 when it varies. */
  readonly size: number;
  /** pg_type.typcategory: B boolean, N numeric, S string, D date/time, T timespan, U other, A array, X unknown, P pseudo. */
  readonly category: string;
  /** True for the type its category prefers in ambiguous expressions. */
  readonly preferred: boolean;
}

type BaseRow = readonly [oid: number, name: string, sqlName: string, arrayOid: number, size: number, category: string, preferred?: true];

// OIDs are PostgreSQL's own (src/include/catalog/pg_type.dat); drivers have them built in.
const BASE_ROWS: readonly BaseRow[] = [
  [16, 'bool', 'boolean', 1000, 1, 'B', true],
  [17, 'bytea', 'bytea', 1001, -1, 'U'],
  [18, 'char', '"char"', 1002, 1, 'Z'],
  [19, 'name', 'name', 1003, 64, 'S'],
  [20, 'int8', 'bigint', 1016, 8, 'N'],
  [21, 'int2', 'smallint', 1005, 2, 'N'],
  [23, 'int4', 'integer', 1007, 4, 'N'],
  [24, 'regproc', 'regproc', 1008, 4, 'N'],
  [25, 'text', 'text', 1009, -1, 'S', true],
  [26, 'oid', 'oid', 1028, 4, 'N', true],
  [27, 'tid', 'tid', 1010, 6, 'U'],
  [28, 'xid', 'xid', 1011, 4, 'U'],
  [114, 'json', 'json', 199, -1, 'U'],
  [194, 'pg_node_tree', 'pg_node_tree', 0, -1, 'Z'],
  [700, 'float4', 'real', 1021, 4, 'N'],
  [701, 'float8', 'double precision', 1022, 8, 'N', true],
  [705, 'unknown', 'unknown', 0, -2, 'X'],
  [869, 'inet', 'inet', 1041, -1, 'I', true],
  [1033, 'aclitem', 'aclitem', 1034, 16, 'U'],
  [1042, 'bpchar', 'character', 1014, -1, 'S'],
  [1043, 'varchar', 'character varying', 1015, -1, 'S'],
  [1082, 'date', 'date', 1182, 4, 'D'],
  [1083, 'time', 'time without time zone', 1183, 8, 'D'],
  [1114, 'timestamp', 'timestamp without time zone', 1115, 8, 'D'],
  [1184, 'timestamptz', 'timestamp with time zone', 1185, 8, 'D', true],
  [1186, 'interval', 'interval', 1187, 16, 'T', true],
  [1266, 'timetz', 'time with time zone', 1270, 12, 'D'],
  [1560, 'bit', 'bit', 1561, -1, 'V'],
  [1562, 'varbit', 'bit varying', 1563, -1, 'V', true],
  [1700, 'numeric', 'numeric', 1231, -1, 'N'],
  [2202, 'regprocedure', 'regprocedure', 2207, 4, 'N'],
  [2203, 'regoper', 'regoper', 2208, 4, 'N'],
  [2204, 'regoperator', 'regoperator', 2209, 4, 'N'],
  [2205, 'regclass', 'regclass', 2210, 4, 'N'],
  [2206, 'regtype', 'regtype', 2211, 4, 'N'],
  [2249, 'record', 'record', 2287, -1, 'P'],
  [2277, 'anyarray', 'anyarray', 0, -1, 'P'],
  [2278, 'void', 'void', 0, 4, 'P'],
  [2950, 'uuid', 'uuid', 2951, 16, 'U'],
  [3734, 'regconfig', 'regconfig', 3735, 4, 'N'],
  [3769, 'regdictionary', 'regdictionary', 3770, 4, 'N'],
  [3802, 'jsonb', 'jsonb', 3807, -1, 'U'],
  [4089, 'regnamespace', 'regnamespace', 4090, 4, 'N'],
  [4096, 'regrole', 'regrole', 4097, 4, 'N'],
  [22, 'int2vector', 'int2vector', 1006, -1, 'A'],
  [30, 'oidvector', 'oidvector', 1013, -1, 'A'],
];

const byOid = new Map<number, PostgresType>();
const byName = new Map<string, PostgresType>();

for (const [oid, name, sqlName, arrayOid, size, category, preferred] of BASE_ROWS) {
  const elementOid = name === 'int2vector' ? 21 : name === 'oidvector' ? 26 : 0;
  const base: PostgresType = { oid, name, sqlName, arrayOid, elementOid, size, category, preferred: preferred ?? false };
  byOid.set(oid, base);
  byName.set(name, base);
  if (arrayOid !== 0) {
    const array: PostgresType = {
      oid: arrayOid,
      name: `_${name}`,
      sqlName: `${sqlName}[]`,
      arrayOid: 0,
      elementOid: oid,
      size: -1,
      category: 'A',
      preferred: false,
    };
    byOid.set(arrayOid, array);
    byName.set(array.name, array);
  }
}

/** The type with this OID, or undefined. */
export function postgresTypeByOid(oid: number): PostgresType | undefined {
  return byOid.get(oid);
}

/** The type with this internal name (`int4`, `_text`), or undefined. */
export function postgresTypeByName(name: string): PostgresType | undefined {
  return byName.get(name);
}

/** Every type Sluice knows, arrays included. */
export function allPostgresTypes(): readonly PostgresType[] {
  return [...byOid.values()];
}

/** The OIDs code refers to by name. */
export const OID = {
  bool: 16,
  bytea: 17,
  char: 18,
  name: 19,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  unknown: 705,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
  timetz: 1266,
  varbit: 1562,
  numeric: 1700,
  regclass: 2205,
  regtype: 2206,
  record: 2249,
  void: 2278,
  uuid: 2950,
  jsonb: 3802,
} as const;

const OID_BY_SCALAR: Readonly<Record<ScalarTypeName, number>> = {
  BOOLEAN: OID.bool,
  TINYINT: OID.int2,
  SMALLINT: OID.int2,
  INTEGER: OID.int4,
  BIGINT: OID.int8,
  HUGEINT: OID.numeric,
  UTINYINT: OID.int2,
  USMALLINT: OID.int4,
  UINTEGER: OID.int8,
  UBIGINT: OID.numeric,
  UHUGEINT: OID.numeric,
  FLOAT: OID.float4,
  DOUBLE: OID.float8,
  BIGNUM: OID.numeric,
  VARCHAR: OID.text,
  JSON: OID.json,
  BLOB: OID.bytea,
  BIT: OID.varbit,
  UUID: OID.uuid,
  DATE: OID.date,
  TIME: OID.time,
  TIME_NS: OID.time,
  'TIME WITH TIME ZONE': OID.timetz,
  TIMESTAMP: OID.timestamp,
  TIMESTAMP_S: OID.timestamp,
  TIMESTAMP_MS: OID.timestamp,
  TIMESTAMP_NS: OID.timestamp,
  'TIMESTAMP WITH TIME ZONE': OID.timestamptz,
  INTERVAL: OID.interval,
  NULL: OID.text,
};

/** A Postgres type with its modifier, as RowDescription reports a column. */
export interface PostgresColumnType {
  readonly oid: number;
  /** pg_attribute.atttypmod: -1 for none; numeric(p, s) is ((p << 16) | s) + 4. */
  readonly modifier: number;
}

/** The Postgres type that a DuckDB type is reported as when nothing else says so. Structs and maps go out as json, unions and enums as text. */
export function postgresTypeOf(type: DataType): PostgresColumnType {
  switch (type.kind) {
    case 'scalar':
      return { oid: OID_BY_SCALAR[type.name], modifier: -1 };
    case 'decimal':
      return { oid: OID.numeric, modifier: numericModifier(type.width, type.scale) };
    case 'list':
    case 'array': {
      let element: DataType = type.element;
      while (element.kind === 'list' || element.kind === 'array') {
        element = element.element;
      }
      const inner = postgresTypeByOid(postgresTypeOf(element).oid);
      return { oid: inner === undefined || inner.arrayOid === 0 ? 1009 : inner.arrayOid, modifier: -1 };
    }
    case 'struct':
    case 'map':
      return { oid: OID.json, modifier: -1 };
    case 'union':
    case 'enum':
      return { oid: OID.text, modifier: -1 };
  }
}

/** atttypmod of numeric(precision, scale). */
export function numericModifier(precision: number, scale: number): number {
  return ((precision << 16) | scale) + 4;
}

const SCALAR_BY_OID: ReadonlyMap<number, DataType> = new Map<number, DataType>([
  [OID.bool, scalar('BOOLEAN')],
  [OID.bytea, scalar('BLOB')],
  [OID.char, scalar('VARCHAR')],
  [OID.name, scalar('VARCHAR')],
  [OID.int8, scalar('BIGINT')],
  [OID.int2, scalar('SMALLINT')],
  [OID.int4, scalar('INTEGER')],
  [OID.text, scalar('VARCHAR')],
  [OID.oid, scalar('BIGINT')],
  [OID.json, scalar('JSON')],
  [OID.jsonb, scalar('JSON')],
  [OID.float4, scalar('FLOAT')],
  [OID.float8, scalar('DOUBLE')],
  [OID.unknown, scalar('VARCHAR')],
  [OID.bpchar, scalar('VARCHAR')],
  [OID.varchar, scalar('VARCHAR')],
  [OID.date, scalar('DATE')],
  [OID.time, scalar('TIME')],
  [OID.timetz, scalar('TIME WITH TIME ZONE')],
  [OID.timestamp, scalar('TIMESTAMP')],
  [OID.timestamptz, scalar('TIMESTAMP WITH TIME ZONE')],
  [OID.interval, scalar('INTERVAL')],
  [OID.varbit, scalar('BIT')],
  [1560, scalar('BIT')],
  [OID.uuid, scalar('UUID')],
]);

/**
 * The DuckDB type a Postgres type is computed in. numeric without a modifier is DECIMAL(38, 16) (DuckDB has no
 * unbounded decimal); reg* types are their OIDs as BIGINT. Undefined for types Sluice cannot compute with.
 */
export function dataTypeOf(column: PostgresColumnType): DataType | undefined {
  const type = postgresTypeByOid(column.oid);
  if (type === undefined) {
    return undefined;
  }
  if (type.oid === OID.numeric) {
    if (column.modifier < 4) {
      return decimal(38, 16);
    }
    const packed = column.modifier - 4;
    return decimal(Math.min(packed >> 16, 38), packed & 0xffff);
  }
  if (type.elementOid !== 0) {
    const element = dataTypeOf({ oid: type.elementOid, modifier: column.modifier });
    return element === undefined ? undefined : list(element);
  }
  const known = SCALAR_BY_OID.get(type.oid);
  if (known !== undefined) {
    return known;
  }
  return type.name.startsWith('reg') || type.name === 'xid'
    ? scalar('BIGINT')
    : type.category === 'S' || type.category === 'U' || type.category === 'Z'
      ? scalar('VARCHAR')
      : undefined;
}

/** `format_type`: how Postgres prints a type with its modifier. */
export function formatPostgresType(column: PostgresColumnType): string {
  const type = postgresTypeByOid(column.oid);
  if (type === undefined) {
    return '???';
  }
  if (type.elementOid !== 0 && type.category === 'A' && type.arrayOid === 0) {
    return `${formatPostgresType({ oid: type.elementOid, modifier: column.modifier })}[]`;
  }
  if (column.modifier < 4) {
    return type.sqlName;
  }
  if (type.oid === OID.numeric) {
    return `numeric(${(column.modifier - 4) >> 16},${(column.modifier - 4) & 0xffff})`;
  }
  if (type.oid === OID.varchar || type.oid === OID.bpchar) {
    return `${type.sqlName}(${column.modifier - 4})`;
  }
  return type.sqlName;
}

/** A DuckDB type's name for messages: its Postgres spelling where there is one. */
export function displayTypeName(type: DataType): string {
  return type.kind === 'struct' || type.kind === 'map' || type.kind === 'union' || type.kind === 'enum'
    ? printDataType(type)
    : formatPostgresType(postgresTypeOf(type));
}
