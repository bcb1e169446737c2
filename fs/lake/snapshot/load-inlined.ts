import type { CatalogDatabase } from '../catalog-database.js';
import type { InlinedFiles, InlinedRow } from '../inlined-cache.js';
import type { LakeInlinedRows, LakeTable } from '../model.js';
import { livesAt } from './load-definitions.js';
import { integer, text, textOrNull } from './row-values.js';

/** A column of an inlined table: its name there, and what the catalog calls it. */
interface InlinedColumn {
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

/** The rows of a table that live in the catalog at a snapshot, as a file of the cache. */
export async function loadInlined(database: CatalogDatabase, cache: InlinedFiles, table: LakeTable, snapshotId: number): Promise<LakeInlinedRows | null> {
  const { prefix } = database;
  const homes = await database.query(
    `SELECT table_name, schema_version FROM ${prefix}ducklake_inlined_data_tables WHERE table_id = ${table.id} ORDER BY schema_version`,
  );
  const rows: InlinedRow[] = [];
  for (const home of homes) {
    rows.push(...(await readHome(database, table, text(home, 'table_name'), integer(home, 'schema_version'), snapshotId)));
  }
  return await cache.write(
    table.columns,
    rows.toSorted((a, b) => a.rowId - b.rowId),
  );
}

async function readHome(database: CatalogDatabase, table: LakeTable, name: string, schemaVersion: number, snapshotId: number): Promise<readonly InlinedRow[]> {
  const { prefix } = database;
  // The table has the columns of its schema version, under the names of then.
  const columnRows = await database.query(
    `SELECT column_id, column_name, column_type FROM ${prefix}ducklake_column WHERE table_id = ${table.id} AND parent_column IS NULL AND ${livesAtVersion(prefix, schemaVersion)} ORDER BY column_order`,
  );
  const columns = columnRows.map((row): InlinedColumn => ({ id: integer(row, 'column_id'), name: text(row, 'column_name'), type: text(row, 'column_type') }));
  const list = columns.map(({ name: column }, index) => `CAST("${column.replaceAll('"', '""')}" AS VARCHAR) AS v${index}`);
  const rows = await database.query(`SELECT ${['row_id', ...list].join(', ')} FROM ${prefix}"${name.replaceAll('"', '""')}" WHERE ${livesAt(snapshotId)}`);
  return rows.map((row) => ({
    rowId: integer(row, 'row_id'),
    values: new Map(columns.map((column, index) => [column.id, valueText(database.kind, column.type, textOrNull(row, `v${index}`))])),
  }));
}

function livesAtVersion(prefix: string, schemaVersion: number): string {
  const start = `(SELECT min(snapshot_id) FROM ${prefix}ducklake_snapshot WHERE schema_version >= ${schemaVersion})`;
  return `begin_snapshot <= ${start} AND (end_snapshot IS NULL OR end_snapshot > ${start})`;
}

/** PostgreSQL keeps texts as bytes, since its own text has no NUL; their text is hexadecimal. */
function valueText(kind: CatalogDatabase['kind'], type: string, value: string | null): string | null {
  if (value === null || kind === 'duckdb' || !['varchar', 'json', 'blob'].includes(type) || !value.startsWith('\\x')) {
    return value;
  }
  const bytes = Buffer.from(value.slice(2), 'hex');
  return type === 'blob' ? [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('') : bytes.toString('utf8');
}
