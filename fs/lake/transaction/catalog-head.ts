import type { CatalogQueries } from '../catalog-database.js';
import { LakeError } from '../lake-error.js';
import { integer, textOrNull } from '../snapshot/row-values.js';

/** The newest snapshot's counters, advanced while a group of transactions is planned. */
export class CatalogHead {
  snapshotId: number;
  schemaVersion: number;
  nextCatalogId: number;
  nextFileId: number;

  constructor(counters: { readonly snapshotId: number; readonly schemaVersion: number; readonly nextCatalogId: number; readonly nextFileId: number }) {
    this.snapshotId = counters.snapshotId;
    this.schemaVersion = counters.schemaVersion;
    this.nextCatalogId = counters.nextCatalogId;
    this.nextFileId = counters.nextFileId;
  }

  copy(): CatalogHead {
    return new CatalogHead(this);
  }

  takeCatalogId(): number {
    this.nextCatalogId += 1;
    return this.nextCatalogId - 1;
  }

  takeFileId(): number {
    this.nextFileId += 1;
    return this.nextFileId - 1;
  }
}

/** A committed snapshot's list of changes. */
export interface CommittedChanges {
  readonly snapshotId: number;
  readonly changes: string;
}

/** Reads the newest snapshot and the changes since another, in one round trip. Throws `catalog` when there is no snapshot. */
export async function readHead(
  queries: CatalogQueries,
  prefix: string,
  since: number,
): Promise<{ readonly head: CatalogHead; readonly changes: readonly CommittedChanges[] }> {
  const rows = await queries.query(
    `SELECT s.snapshot_id, s.schema_version, s.next_catalog_id, s.next_file_id, c.changes_made
     FROM ${prefix}ducklake_snapshot s LEFT JOIN ${prefix}ducklake_snapshot_changes c ON c.snapshot_id = s.snapshot_id
     WHERE s.snapshot_id > ${since} OR s.snapshot_id = (SELECT max(snapshot_id) FROM ${prefix}ducklake_snapshot)
     ORDER BY s.snapshot_id`,
  );
  const newest = rows.at(-1);
  if (newest === undefined) {
    throw new LakeError('catalog', 'the catalog has no snapshot');
  }
  const head = new CatalogHead({
    snapshotId: integer(newest, 'snapshot_id'),
    schemaVersion: integer(newest, 'schema_version'),
    nextCatalogId: integer(newest, 'next_catalog_id'),
    nextFileId: integer(newest, 'next_file_id'),
  });
  const changes = rows
    .map((row) => ({ snapshotId: integer(row, 'snapshot_id'), changes: textOrNull(row, 'changes_made') ?? '' }))
    .filter(({ snapshotId }) => snapshotId > since);
  return { head, changes };
}
