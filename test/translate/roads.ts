import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { DuckDBDecimalValue, DuckDBIntervalValue, DuckDBListValue, DuckDBTimestampTZValue, DuckDBBlobValue } from '@duckdb/node-api';
import type { Client } from 'pg';
import { parseStatements } from '../../planner/parse/parser.js';
import { SqlError } from '../../planner/sql-error.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { translateQuery } from '../../planner/translate/query.js';
import { fillTemplate } from '../../planner/translate/translated.js';
import type { Relation } from '../../planner/relation/relation.js';
import { quoteName } from '../../planner/types/data-type.js';
import { OID } from '../../planner/types/postgres-type.js';
import { RELATIONS } from './tables.js';

/** What a statement gives: columns and rows as Postgres's texts, or the SQLSTATE of its error (null when only DuckDB's own words are known). */
export type Outcome =
  | { readonly kind: 'rows'; readonly names: readonly string[]; readonly oids: readonly number[]; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly kind: 'error'; readonly sqlstate: string | null; readonly message: string };

/** Runs a statement on PostgreSQL. */
export async function askPostgres(client: Client, sql: string): Promise<Outcome> {
  try {
    const result = await client.query<(string | null)[]>({
      text: sql,
      rowMode: 'array',
      types: { getTypeParser: () => (value: string | Buffer) => String(value) },
    });
    return { kind: 'rows', names: result.fields.map((field) => field.name), oids: result.fields.map((field) => field.dataTypeID), rows: result.rows };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    return { kind: 'error', sqlstate: code, message: error instanceof Error ? error.message : String(error) };
  }
}

/** A DuckDB with the settings every executor has. */
export async function openDuckDB(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'; SET autoload_known_extensions = false; SET autoinstall_known_extensions = false");
  // The catalog's macros are another folder's; these stand for them.
  await connection.run('CREATE MACRO pg_regtype_in(name) AS name');
  await connection.run('CREATE MACRO pg_regtype_out(oid) AS oid');
  return connection;
}

/** An environment over the test tables. */
export const TEST_ENVIRONMENT: TranslationEnvironment = {
  searchPath: ['pg_catalog', 'translate'],
  findRelation: (schema, name): Relation | undefined => (schema === undefined || schema === 'translate' ? RELATIONS.get(name) : undefined),
  findFileFunction: () => undefined,
  currentDatabase: 'postgres',
  currentUser: 'postgres',
  sessionUser: 'postgres',
  transactionTimestampMicros: 1_700_000_000_123_456n,
  timeZone: 'UTC',
  setting: (name) => (name === 'server_version_num' ? '150020' : undefined),
};

/** Translates a statement and runs it on DuckDB. */
export async function askSluice(connection: DuckDBConnection, sql: string): Promise<Outcome & { readonly translated?: string }> {
  let translated = '';
  try {
    const [statement] = parseStatements(sql);
    if (statement === undefined) {
      throw new Error('no statement');
    }
    const query = translateQuery(statement, TEST_ENVIRONMENT, []);
    translated = fillTemplate(query, { reference: (reference) => quoteName(reference.relation.name), parameter: (number) => `$${number}` });
    const reader = await connection.runAndReadAll(translated);
    const columns = query.columns ?? [];
    const oids = columns.map((column) => column.type?.oid ?? 0);
    const rows = reader.getRows().map((row) => row.map((value, index) => valueText(value, oids[index] ?? 0)));
    return { kind: 'rows', names: columns.map((column) => column.name), oids, rows, translated };
  } catch (error) {
    if (error instanceof SqlError) {
      return { kind: 'error', sqlstate: error.sqlstate, message: error.message, translated };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'error', sqlstate: /SLUICE:(\w{5}):/.exec(message)?.[1] ?? null, message, translated };
  }
}

/** A DuckDB value in Postgres's text form, near enough to compare: numbers and intervals are normalised by the caller. */
export function valueText(value: DuckDBValue, oid: number): string | null {
  if (value === null) {
    return null;
  }
  if (typeof value === 'boolean') {
    return value ? 't' : 'f';
  }
  if (value instanceof DuckDBDecimalValue || typeof value === 'bigint' || typeof value === 'number') {
    return String(value);
  }
  if (value instanceof DuckDBListValue) {
    return `{${value.items.map((item) => listItem(item)).join(',')}}`;
  }
  if (value instanceof DuckDBIntervalValue) {
    return `${value.months}m ${value.days}d ${value.micros}us`;
  }
  if (value instanceof DuckDBBlobValue) {
    return `\\x${Buffer.from(value.bytes).toString('hex')}`;
  }
  if (value instanceof DuckDBTimestampTZValue || oid === OID.timestamptz) {
    return String(value).replace(/\+00(?::00)?$/, '+00');
  }
  return String(value);
}

function listItem(value: DuckDBValue): string {
  if (value === null) {
    return 'NULL';
  }
  const text = valueText(value, 0) ?? 'NULL';
  return typeof value === 'string' && (text === '' || /[\s{},"\\]/.test(text) || text.toUpperCase() === 'NULL')
    ? `"${text.replace(/(["\\])/g, '\\$1')}"`
    : text;
}
