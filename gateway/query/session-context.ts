import { readCatalogState } from '../catalog/session-catalog-state.js';
import type { Session } from '../session/session.js';
import type { StatementNames } from '../session/session-names.js';
import type { QueryContext } from './query-context.js';

/** The context of one statement of a session. */
export function sessionQueryContext(session: Session, names: StatementNames): QueryContext {
  const { services } = session;
  return {
    pool: session.queries.engine,
    binder: services.binder,
    objects: services.objects,
    names: () => Promise.resolve(names),
    loadRelation: (schema, name, version) => names.load(schema, name, version),
    loadFileFunction: (call, via) => names.loadFileFunction(call, via),
    catalogState: (sql) => readCatalogState(session, names, sql),
    setting: (name) => session.settings.require(name),
    outputSettings: () => session.settings.output(),
    dataRoot: services.dataRoot,
  };
}
