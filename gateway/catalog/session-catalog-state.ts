import type { Relation } from '../../planner/relation/relation.js';
import { byteCount, estimateRowCount } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import type { Session } from '../session/session.js';
import { TEMPORARY_SCHEMA } from '../session/session-catalog.js';
import type { StatementNames } from '../session/session-names.js';
import type { CatalogRelation, CatalogState } from './pg/catalog-state.js';
import { assignOids } from './pg/catalog-state.js';
import { TEMPORARY_SCHEMA_NAME } from './pg/views/schemas.js';

/** What the system catalogs show to this session now: the files' tables and the session's own views and temporary tables. */
export async function readCatalogState(session: Session, names: StatementNames): Promise<CatalogState> {
  const { identity, settings, services } = session;
  const files: Relation[] = [];
  for (const summary of names.snapshot.relations()) {
    const relation = await loadReadable(session, names, summary.schema, summary.name);
    if (relation !== undefined) {
      files.push(relation);
    }
  }
  const own = session.catalog.all();
  const oids = assignOids([...files, ...own].map(relationKey));
  return {
    // Temporary objects belong to one session, so its process id is part of the version once it has any.
    relationsVersion: JSON.stringify([
      names.snapshot.version,
      identity.user,
      identity.database,
      ...(own.length === 0 ? [] : [identity.processId, session.catalog.version]),
    ]),
    settingsVersion: `${identity.processId}.${settings.version}`,
    searchPath: names.searchPath.map((schema) => (schema === TEMPORARY_SCHEMA ? TEMPORARY_SCHEMA_NAME : schema)),
    database: identity.database,
    user: identity.user,
    schemas: [...new Set(files.map((relation) => relation.schema).filter((schema) => schema !== 'public'))],
    relations: [...files, ...own].map((relation) => describeRelation(relation, oids.get(relationKey(relation)) ?? 0)),
    settings: settings.all(),
    sessions: services.sessions.list(),
  };
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

function describeRelation(relation: Relation, oid: number): CatalogRelation {
  return {
    oid,
    schema: relation.schema === TEMPORARY_SCHEMA ? TEMPORARY_SCHEMA_NAME : relation.schema,
    name: relation.name,
    kind: relation.source.kind === 'view' ? 'view' : 'table',
    temporary: relation.schema === TEMPORARY_SCHEMA,
    columns: relation.columns,
    rowCount: estimateRowCount(relation),
    byteCount: byteCount(relation),
    ...(relation.source.kind === 'view' ? { definition: relation.source.sql } : {}),
  };
}
