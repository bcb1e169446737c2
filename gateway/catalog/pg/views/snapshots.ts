import type { CatalogView } from '../catalog-view.js';

/** sluice_snapshots: the catalog's snapshots, oldest first. */
export const sluiceSnapshots: CatalogView = {
  name: 'pg_catalog.sluice_snapshots',
  changes: 'with_relations',
  rows: (state) =>
    (state.snapshots ?? []).map((snapshot) => ({
      snapshot_id: snapshot.id,
      snapshot_time: snapshot.time,
      schema_version: snapshot.schemaVersion,
      changes: snapshot.changes,
    })),
};
