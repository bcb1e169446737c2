import { DuckDBInstance } from '@duckdb/node-api';
import type { LakeColumn, LakeTableData } from '../../fs/lake/model.js';
import type { TextRow } from './ducklake-extension.js';

/** A column's type as DuckDB writes it. */
export function typeText(column: LakeColumn): string {
  const [first, second] = column.children;
  switch (column.type) {
    case 'list':
      return `${first === undefined ? '' : typeText(first)}[]`;
    case 'map':
      return `MAP(${[first, second].map((child) => (child === undefined ? '' : typeText(child))).join(', ')})`;
    case 'struct':
      return `STRUCT(${column.children.map((child) => `${/^[a-z]+$/.test(child.name) ? child.name : `"${child.name}"`} ${typeText(child)}`).join(', ')})`;
    default:
      return TYPE_NAMES[column.type] ?? column.type.toUpperCase();
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
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
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  timetz: 'TIME WITH TIME ZONE',
};

/** A column and all below it. */
export function flat(column: LakeColumn): readonly LakeColumn[] {
  return [column, ...column.children.flatMap(flat)];
}

/** Rows that are in the files and in no delete file. */
export async function countLive({ files, inlined }: LakeTableData): Promise<number> {
  const parts = [
    ...files.map(
      ({ path, deletes }) =>
        `SELECT file_row_number FROM read_parquet('${path}', file_row_number => true)${deletes === null ? '' : ` WHERE file_row_number NOT IN (SELECT pos FROM read_parquet('${deletes.path}'))`}`,
    ),
    ...(inlined === null ? [] : [`SELECT 0 FROM read_parquet('${inlined.path}')`]),
  ];
  return parts.length === 0 ? 0 : Number((await readParquet(`SELECT count(*) FROM (${parts.join(' UNION ALL ')})`))[0]?.[0]);
}

/** Rows of a query of DuckDB's, as texts. */
export async function readParquet(sql: string): Promise<readonly TextRow[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const reader = await connection.runAndReadAll(sql);
    return reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
