import { LakeError } from '../lake-error.js';
import type { CatalogDatabase } from '../catalog-database.js';
import type { LakeColumn } from '../model.js';
import { sqlText, type SqlValue } from './catalog-sql.js';

/** How a DuckLake type is kept in an inlined table: by DuckDB as itself, by PostgreSQL as what holds all its values, as DuckLake does. */
interface InlinedType {
  readonly duckdb: string;
  readonly postgres: string;
}

const INLINED_TYPES: Readonly<Record<string, InlinedType>> = {
  boolean: { duckdb: 'BOOLEAN', postgres: 'BOOLEAN' },
  int8: { duckdb: 'TINYINT', postgres: 'SMALLINT' },
  int16: { duckdb: 'SMALLINT', postgres: 'SMALLINT' },
  int32: { duckdb: 'INTEGER', postgres: 'INTEGER' },
  int64: { duckdb: 'BIGINT', postgres: 'BIGINT' },
  int128: { duckdb: 'HUGEINT', postgres: 'VARCHAR' },
  uint8: { duckdb: 'UTINYINT', postgres: 'INTEGER' },
  uint16: { duckdb: 'USMALLINT', postgres: 'INTEGER' },
  uint32: { duckdb: 'UINTEGER', postgres: 'BIGINT' },
  uint64: { duckdb: 'UBIGINT', postgres: 'VARCHAR' },
  uint128: { duckdb: 'UHUGEINT', postgres: 'VARCHAR' },
  float32: { duckdb: 'FLOAT', postgres: 'REAL' },
  float64: { duckdb: 'DOUBLE', postgres: 'DOUBLE PRECISION' },
  time: { duckdb: 'TIME', postgres: 'TIME' },
  timetz: { duckdb: 'TIME WITH TIME ZONE', postgres: 'TIME WITH TIME ZONE' },
  date: { duckdb: 'DATE', postgres: 'VARCHAR' },
  timestamp: { duckdb: 'TIMESTAMP', postgres: 'VARCHAR' },
  timestamp_us: { duckdb: 'TIMESTAMP', postgres: 'VARCHAR' },
  timestamp_ms: { duckdb: 'TIMESTAMP_MS', postgres: 'VARCHAR' },
  timestamp_ns: { duckdb: 'TIMESTAMP_NS', postgres: 'VARCHAR' },
  timestamp_s: { duckdb: 'TIMESTAMP_S', postgres: 'VARCHAR' },
  timestamptz: { duckdb: 'TIMESTAMP WITH TIME ZONE', postgres: 'VARCHAR' },
  interval: { duckdb: 'INTERVAL', postgres: 'INTERVAL' },
  varchar: { duckdb: 'VARCHAR', postgres: 'BYTEA' },
  json: { duckdb: 'JSON', postgres: 'BYTEA' },
  blob: { duckdb: 'BLOB', postgres: 'BYTEA' },
  uuid: { duckdb: 'UUID', postgres: 'UUID' },
};

/** Names DuckLake's inlined tables use for themselves. */
const OWN_NAMES = new Set(['row_id', 'begin_snapshot', 'end_snapshot', '_ducklake_internal_snapshot_id', '_ducklake_internal_row_id']);

/** PostgreSQL cuts longer identifiers. */
const NAME_BYTES_MAX = 63;

/** True when rows with these columns may be kept in the catalog: no nested types, no name that is taken or too long. */
export function canInlineColumns(columns: readonly LakeColumn[]): boolean {
  return columns.every(
    ({ name, type, children }) =>
      children.length === 0 && inlinedType(type) !== null && !OWN_NAMES.has(name.toLowerCase()) && Buffer.byteLength(name) <= NAME_BYTES_MAX,
  );
}

/** The catalog database's type for a column of an inlined table. */
export function inlinedColumnType(kind: CatalogDatabase['kind'], type: string): string {
  return requireInlinedType(type)[kind];
}

/** A value's text, as DuckDB casts it to the column's type, as a constant for an inlined table. */
export function inlinedValue(kind: CatalogDatabase['kind'], type: string, text: string | null): SqlValue {
  if (text === null) {
    return 'NULL';
  }
  const columnType = inlinedColumnType(kind, type);
  if (columnType === 'BYTEA') {
    return `'\\x${(type === 'blob' ? bytesOfBlobText(text) : Buffer.from(text)).toString('hex')}'`;
  }
  return `CAST(${sqlText(text)} AS ${columnType})`;
}

/** DuckDB writes a BLOB as its printable ASCII characters and `\xHH` for every other byte. */
function bytesOfBlobText(text: string): Buffer {
  const pieces = text.split(/(\\x[0-9A-Fa-f]{2})/);
  return Buffer.concat(pieces.map((piece, index) => (index % 2 === 1 ? Buffer.from(piece.slice(2), 'hex') : Buffer.from(piece))));
}

function requireInlinedType(type: string): InlinedType {
  const found = inlinedType(type);
  if (found === null) {
    throw new LakeError('unsupported', `values of type ${type} cannot be kept in the catalog`);
  }
  return found;
}

function inlinedType(type: string): InlinedType | null {
  if (/^decimal\(\d+,\s*\d+\)$/.test(type)) {
    return { duckdb: type.toUpperCase(), postgres: type.toUpperCase() };
  }
  return INLINED_TYPES[type] ?? null;
}
