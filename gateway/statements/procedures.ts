import type { LakeSnapshot, LakeTable } from '../../fs/lake/model.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { OID } from '../../planner/types/postgres-type.js';
import { timestampMicros } from '../parameters/date-time.js';
import { intervalMilliseconds } from '../parameters/interval.js';
import { guardedTable } from '../security/guarded.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { ConstantColumn } from '../session/constant-rows.js';
import { textColumn } from '../session/constant-rows.js';
import { withLakeErrors } from '../session/lake-failures.js';
import { sqlSchemaName } from '../session/lake-schemas.js';
import type { Session } from '../session/session.js';
import { parseByteSize, parseWholeNumber } from '../settings/values.js';
import { expireOldSnapshots, removeUnnamedFiles } from '../upkeep/clean-up.js';
import { compactTable } from '../upkeep/compact-table.js';
import { DELETED_SHARE_MAX, REMOVAL_AGE_MS, TARGET_FILE_BYTES } from '../upkeep/defaults.js';
import { maintain } from '../upkeep/maintain.js';
import { findStored, missing, requireOwned } from './stored-names.js';

/** Arguments by the names of their parameters; null for NULL. */
type Arguments = ReadonlyMap<string, string | null>;

/** A procedure of the server's. */
export interface Procedure {
  /** Names of its parameters in order; all may be left out unless it says otherwise. */
  readonly parameters: readonly string[];
  readonly columns: readonly ConstantColumn[];
  readonly run: (
    session: Session,
    given: Arguments,
    options: ExecuteOptions,
  ) => Promise<{ readonly rows: readonly (readonly (string | null)[])[]; readonly notices?: readonly SqlNotice[] }>;
}

function countColumn(name: string): ConstantColumn {
  return { name, type: { oid: OID.int8, modifier: -1 } };
}

const compact: Procedure = {
  parameters: ['table_name', 'target_file_size', 'deleted_share'],
  columns: [textColumn('table_name'), ...['files_before', 'files_after', 'bytes_before', 'bytes_after', 'rows_flushed'].map(countColumn)],
  run: async (session, given, options) => {
    const limits = {
      targetByteCount: Number(parseByteSize('target_file_size', given.get('target_file_size') ?? String(TARGET_FILE_BYTES))),
      deletedShareMax: readShare(given.get('deleted_share')),
      inlinedRowCountMin: 1,
    };
    if (limits.targetByteCount < 1) {
      throw new SqlError(SQLSTATE.invalid_parameter_value, 'target_file_size must be at least one byte');
    }
    const snapshot = await session.services.lake.snapshot();
    const name = given.get('table_name') ?? null;
    const rows: (readonly string[])[] = [];
    const notices: SqlNotice[] = [];
    for (const table of name === null
      ? snapshot.tables.filter((each) => session.access.owns(snapshot, guardedTable(each)))
      : [await namedTable(session, snapshot, name)]) {
      const sqlName = `${sqlSchemaName(snapshot, table.schema)}.${table.name}`;
      try {
        const done = await withLakeErrors(() => compactTable(session, table.id, limits, options));
        if (done !== null) {
          rows.push([sqlName, ...[done.filesBefore, done.filesAfter, done.bytesBefore, done.bytesAfter, done.flushedRowCount].map(String)]);
        }
      } catch (error) {
        // Of all tables one that cannot be compacted keeps no other from it.
        if (name !== null || options.signal.aborted || !(error instanceof SqlError)) {
          throw error;
        }
        notices.push({ severity: 'WARNING', sqlstate: error.sqlstate, message: `table "${sqlName}" was not compacted: ${error.message}` });
      }
    }
    return { rows, notices };
  },
};

const expire: Procedure = {
  parameters: ['older_than', 'retain_last'],
  columns: [countColumn('snapshots_expired'), countColumn('oldest_snapshot')],
  run: async (session, given) => {
    const olderThan = given.get('older_than') ?? null;
    if (olderThan === null) {
      throw new SqlError(SQLSTATE.invalid_parameter_value, "sluice_expire_snapshots takes older_than: an interval such as '7 days', or a time");
    }
    await session.access.requireSuperuser('expire snapshots');
    const retainLast = Number(parseWholeNumber('retain_last', given.get('retain_last') ?? '1', 1, Number.MAX_SAFE_INTEGER));
    const { services } = session;
    const count = await expireOldSnapshots(services, momentOf(session, 'older_than', olderThan), retainLast);
    const [oldest] = await services.lake.history();
    return { rows: [[String(count), oldest === undefined ? null : String(oldest.snapshotId)]] };
  },
};

const remove: Procedure = {
  parameters: ['older_than'],
  columns: [textColumn('kind'), countColumn('files_removed'), countColumn('bytes_removed')],
  run: async (session, given) => {
    const olderThan = given.get('older_than') ?? null;
    await session.access.requireSuperuser('remove files');
    const beforeMs = olderThan === null ? Date.now() - REMOVAL_AGE_MS : momentOf(session, 'older_than', olderThan);
    const { expired, orphans } = await removeUnnamedFiles(session.services, beforeMs);
    return {
      rows: [
        ['expired', String(expired.fileCount), String(expired.byteCount)],
        ['orphan', String(orphans.fileCount), String(orphans.byteCount)],
      ],
    };
  },
};

const maintenance: Procedure = {
  parameters: [],
  columns: ['task', 'table_name', 'result'].map(textColumn),
  run: async (session, _, options) => {
    await session.access.requireSuperuser('run maintenance');
    const steps = await maintain(session, options);
    if (steps === null) {
      throw new SqlError(SQLSTATE.object_in_use, 'maintenance is running already', { detail: 'Another session, or another gateway on this catalog, does it.' });
    }
    return { rows: steps.map(({ task, table, result, failed }) => [task, table, failed ? `failed: ${result}` : result]) };
  },
};

/** The server's procedures by name. */
export const PROCEDURES: ReadonlyMap<string, Procedure> = new Map([
  ['sluice_compact', compact],
  ['sluice_expire_snapshots', expire],
  ['sluice_remove_files', remove],
  ['sluice_maintain', maintenance],
]);

function readShare(given: string | null | undefined): number {
  const share = Number(given ?? DELETED_SHARE_MAX);
  if (!(share >= 0 && share <= 1)) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `deleted_share must be between 0 and 1, not ${given ?? ''}`);
  }
  return share;
}

/** An interval before now, or a time itself, in milliseconds since 1970. */
function momentOf(session: Session, name: string, text: string): number {
  const age = intervalMilliseconds(text);
  if (age !== null && age < 0) {
    throw new SqlError(SQLSTATE.invalid_parameter_value, `${name} must not be negative: "${text}"`);
  }
  return age === null ? Number(timestampMicros(text, session.settings.output()) / 1000n) : Date.now() - age;
}

/** A stored table by a name in a text, quoted where it must be, as in `'sales."Odd name"'`. */
async function namedTable(session: Session, snapshot: LakeSnapshot, text: string): Promise<LakeTable> {
  const parts = [...text.matchAll(/\s*(?:"((?:[^"]|"")+)"|([^\s".]+))\s*(?:\.|$)/gy)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? '',
  );
  const [first, second, ...others] = parts;
  if (first === undefined || others.length > 0) {
    throw new SqlError(SQLSTATE.invalid_name, `invalid name syntax: "${text}"`);
  }
  const name = second === undefined ? { schema: undefined, name: first } : { schema: first, name: second };
  const found = findStored(session, snapshot, name);
  if (found?.kind === 'view') {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${name.name}" is not a table`);
  }
  if (found === undefined) {
    throw await missing(session, name, 'relation', 'compact');
  }
  requireOwned(session, snapshot, found);
  return found.table;
}
