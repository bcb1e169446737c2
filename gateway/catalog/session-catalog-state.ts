import type { LakeSnapshot } from '../../fs/lake/model.js';
import type { Relation } from '../../planner/relation/relation.js';
import { byteCount, estimateRowCount } from '../../planner/relation/relation.js';
import { seesAllQueries } from '../activity/visibility.js';
import { rolesOf } from '../security/roles.js';
import { SqlError } from '../../planner/sql-error.js';
import type { Session } from '../session/session.js';
import type { StatementNames } from '../session/session-names.js';
import type { CatalogRelation, CatalogState } from './pg/catalog-state.js';
import { describeAccess, heldPrivileges, knownRoles, schemaAccess } from './access-state.js';
import { assignOids } from './pg/catalog-state.js';
import { describeStored, storedOidNames, storedRelations, storedSchemaComments, storedSchemas } from './stored-state.js';

/** What the system catalogs show to this session now: files' tables, stored and temporary tables and views. `sql` is what will read it. */
export async function readCatalogState(session: Session, names: StatementNames, sql: string): Promise<CatalogState> {
  const { identity, settings, services } = session;
  const files: Relation[] = [];
  for (const summary of names.snapshot.relations()) {
    if (names.isStored(summary.schema, summary.name)) {
      continue;
    }
    const relation = await loadReadable(session, names, summary.schema, summary.name);
    if (relation !== undefined) {
      files.push(relation);
    }
  }
  const roles = knownRoles(names.lake, session.access.currentUser);
  const stored = await storedRelations(names.lake);
  const oids = assignOids([...files.map(relationKey), ...stored.flatMap(storedOidNames)]);
  return {
    relationsVersion: JSON.stringify([
      names.snapshot.version,
      // Staged changes and temporary objects are one session's alone.
      names.lake.schemaVersion,
      names.lake.id,
      ...(session.lake.hasChanges ? [identity.processId, session.lake.changeCount] : []),
      session.access.currentUser,
      identity.database,
    ]),
    settingsVersion: `${identity.processId}.${settings.version}`,
    searchPath: names.searchPath,
    database: identity.database,
    user: session.access.currentUser,
    roles,
    privilegesOf: (object, role) => heldPrivileges(names.lake, object, role),
    schemaAccess: new Map(names.lake.schemas.map((schema) => schemaAccess(names.lake, schema))),
    schemas: [...new Set([...files.map((relation) => relation.schema), ...storedSchemas(names.lake)].filter((schema) => schema !== 'public'))],
    schemaComments: storedSchemaComments(names.lake),
    relations: [
      ...files.map((relation) => describeRelation(names.lake, relation, oids.get(relationKey(relation)) ?? 0)),
      ...stored.map((relation) => describeStored(relation, oids, names.lake.tables, (guarded) => describeAccess(names.lake, guarded))),
    ],
    ...(sql.includes('sluice_snapshots') ? { snapshots: await readHistory(session) } : {}),
    ...(sql.includes('sluice_jobs') ? { jobs: await readJobs(session, names) } : {}),
    ...(sql.includes('sluice_executors') ? { executors: services.executors() } : {}),
    ...(QUERY_RELATIONS.test(sql) ? { queries: readQueries(session, names) } : {}),
    settings: settings.all(),
    sessions: services.sessions.list(),
  };
}

/** What shows queries. */
const QUERY_RELATIONS = /sluice_(?:queries|stages|tasks|shuffles|task_sql)/;

/** A role's own queries, or all for one that may read all statistics. */
function readQueries({ services, access, identity }: Session, names: StatementNames): NonNullable<CatalogState['queries']> {
  const { activity } = services;
  activity.settle();
  const queries = activity.list();
  return seesAllQueries(rolesOf(names.lake), access.role(names.lake)) ? queries : queries.filter(({ user }) => user === identity.user);
}

/** A role's own jobs, or all for a superuser. */
async function readJobs({ services, access }: Session, names: StatementNames): Promise<NonNullable<CatalogState['jobs']>> {
  const jobs = (await services.jobs?.list()) ?? [];
  return access.role(names.lake).superuser ? jobs : jobs.filter(({ role }) => role === access.currentUser);
}

async function readHistory(session: Session): Promise<NonNullable<CatalogState['snapshots']>> {
  const history = await session.services.lake.history();
  return history.map((entry) => ({
    id: entry.snapshotId,
    time: timestampText(entry.timeMicros),
    schemaVersion: entry.schemaVersion,
    changes: entry.changes,
  }));
}

/** A time as text with its microseconds, in UTC. */
function timestampText(micros: bigint): string {
  const seconds = new Date(Number(micros / 1000n)).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}.${String(micros % 1_000_000n).padStart(6, '0')}+00`;
}

/** A table whose files cannot be read as one table must not make every listing fail: it is left out, and the log says why. */
async function loadReadable(session: Session, names: StatementNames, schema: string, name: string): Promise<Relation | undefined> {
  try {
    return await names.snapshot.load(schema, name);
  } catch (error) {
    if (!(error instanceof SqlError)) {
      throw error;
    }
    session.services.log('warn', { schema, table: name, error: error.message }, 'a table cannot be read and is left out of the catalogs');
    return undefined;
  }
}

function relationKey(relation: Relation): string {
  return `${relation.schema}.${relation.name}`;
}

function describeRelation(lake: LakeSnapshot, relation: Relation, oid: number): CatalogRelation {
  return {
    oid,
    access: describeAccess(lake, { kind: 'file', schema: relation.schema, name: relation.name }),
    schema: relation.schema,
    name: relation.name,
    kind: 'table',
    temporary: false,
    columns: relation.columns,
    rowCount: estimateRowCount(relation),
    byteCount: byteCount(relation),
  };
}
