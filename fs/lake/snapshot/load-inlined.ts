import type { CatalogDatabase, CatalogQueries } from '../catalog-database.js';
import type { InlinedRow } from '../inlined-cache.js';
import type { LakeTable } from '../model.js';
import { livesAt } from './load-definitions.js';
import { integer, text, textOrNull } from './row-values.js';

/** A column of an inlined table: its name there, and what the catalog calls it. */
interface InlinedColumn {
  readonly id: number;
  readonly name: string;
  readonly type: string;
}

/** The rows of a table in the catalog as they were at a snapshot, in the order of their ids. */
export interface InlinedState {
  readonly rows: readonly InlinedRow[];
  readonly snapshotId: number;
}

/**
 * The rows of a table that live in the catalog at a snapshot, in the order of their ids. Given an earlier state only what
 * came and went since is read; its rows are the answer when nothing did.
 */
export async function readInlined(
  queries: CatalogQueries,
  prefix: string,
  kind: CatalogDatabase['kind'],
  table: LakeTable,
  snapshotId: number,
  before: InlinedState | null,
): Promise<readonly InlinedRow[]> {
  const homes = await queries.query(
    `SELECT table_name, schema_version FROM ${prefix}ducklake_inlined_data_tables WHERE table_id = ${table.id} ORDER BY schema_version`,
  );
  const live = livesAt(snapshotId);
  const since = before === null ? 'true' : `begin_snapshot > ${before.snapshotId}`;
  const gone = new Set<number>();
  const added: InlinedRow[] = [];
  let liveCount = 0;
  for (const home of homes) {
    const columns = await readColumns(queries, prefix, table, integer(home, 'schema_version'));
    const list = columns.map(({ name }, index) => `CAST("${name.replaceAll('"', '""')}" AS VARCHAR) AS v${index}`);
    const place = `${prefix}"${text(home, 'table_name').replaceAll('"', '""')}"`;
    for (const row of await queries.query(`SELECT ${['row_id', ...list].join(', ')} FROM ${place} WHERE ${since} AND ${live}`)) {
      const values = columns.map(({ id, type }, index) => [id, valueText(kind, type, textOrNull(row, `v${index}`))] as const);
      added.push({ rowId: integer(row, 'row_id'), values: new Map(values) });
    }
    if (before !== null) {
      for (const row of await queries.query(`SELECT row_id FROM ${place} WHERE end_snapshot > ${before.snapshotId} AND end_snapshot <= ${snapshotId}`)) {
        gone.add(integer(row, 'row_id'));
      }
      const [count] = await queries.query(`SELECT count(*) AS n FROM ${place} WHERE ${live}`);
      liveCount += count === undefined ? 0 : integer(count, 'n');
    }
  }
  if (before === null) {
    return added.toSorted(byRowId);
  }
  if (added.length === 0 && gone.size === 0 && before.rows.length === liveCount) {
    return before.rows;
  }
  const rows = [...(gone.size === 0 ? before.rows : before.rows.filter(({ rowId }) => !gone.has(rowId))), ...added].toSorted(byRowId);
  // Rows that went may have been removed from the catalog since: then it is read as if nothing were known.
  return rows.length === liveCount ? rows : await readInlined(queries, prefix, kind, table, snapshotId, null);
}

function byRowId(a: InlinedRow, b: InlinedRow): number {
  return a.rowId - b.rowId;
}

/** An inlined table has the columns of its schema version, under the names of then. */
async function readColumns(queries: CatalogQueries, prefix: string, table: LakeTable, schemaVersion: number): Promise<readonly InlinedColumn[]> {
  const rows = await queries.query(
    `SELECT column_id, column_name, column_type FROM ${prefix}ducklake_column WHERE table_id = ${table.id} AND parent_column IS NULL AND ${livesAtVersion(prefix, table, schemaVersion)} ORDER BY column_order`,
  );
  return rows.map((row) => ({ id: integer(row, 'column_id'), name: text(row, 'column_name'), type: text(row, 'column_type') }));
}

function livesAtVersion(prefix: string, table: LakeTable, schemaVersion: number): string {
  // The version's first snapshot may have been expired: what the table itself remembers comes first.
  const start = `coalesce((SELECT min(begin_snapshot) FROM ${prefix}ducklake_schema_versions WHERE table_id = ${table.id} AND schema_version = ${schemaVersion}),
    (SELECT min(snapshot_id) FROM ${prefix}ducklake_snapshot WHERE schema_version >= ${schemaVersion}))`;
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
