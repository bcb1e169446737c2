import type { CatalogDatabase } from '../catalog-database.js';
import { LakeError } from '../lake-error.js';
import type { SnapshotTime } from '../lake.js';
import { integer, integerOrNull, text } from './row-values.js';

/**
 * The id of a snapshot that is still in the catalog. Throws `snapshot_expired` for one that is not any more, `no_snapshot` for
 * one that never was or is newer than may be seen.
 */
export async function findSnapshot(database: CatalogDatabase, at: SnapshotTime): Promise<number> {
  const { prefix, kind } = database;
  const micros = kind === 'duckdb' ? 'epoch_us(snapshot_time)' : 'CAST(extract(epoch FROM snapshot_time) * 1000000 AS BIGINT)';
  const bound = at.newest === undefined ? 'true' : `snapshot_id <= ${at.newest}`;
  const wanted = 'version' in at ? `snapshot_id = ${at.version}` : `${micros} <= ${at.timeMicros}`;
  const [found] = await database.query(
    `SELECT max(CASE WHEN ${wanted} THEN snapshot_id END) AS id, min(snapshot_id) AS oldest, max(snapshot_id) AS newest
     FROM ${prefix}ducklake_snapshot WHERE ${bound}`,
  );
  const id = found === undefined ? null : integerOrNull(found, 'id');
  if (id !== null) {
    return id;
  }
  if (found === undefined || integerOrNull(found, 'oldest') === null) {
    throw new LakeError('catalog', 'the catalog has no snapshot');
  }
  const oldest = integer(found, 'oldest');
  const time =
    kind === 'duckdb'
      ? "strftime(snapshot_time AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%f')"
      : "to_char(snapshot_time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
  const [row] = await database.query(`SELECT ${time} AS time FROM ${prefix}ducklake_snapshot WHERE snapshot_id = ${oldest}`);
  const detail = `The oldest snapshot that is kept is ${oldest}, of ${row === undefined ? 'an unknown time' : `${text(row, 'time')}+00`}.`;
  if ('timeMicros' in at) {
    throw new LakeError(oldest > 0 ? 'snapshot_expired' : 'no_snapshot', 'there is no snapshot as old as that', { detail });
  }
  const newest = integer(found, 'newest');
  if (at.version > newest) {
    throw new LakeError('no_snapshot', `snapshot ${at.version} does not exist`, { detail: `The newest is ${newest}. ${detail}` });
  }
  throw new LakeError('snapshot_expired', `snapshot ${at.version} was expired`, { detail });
}
