import { readInsert } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { TEMPORARY_SCHEMA, ownSchemas } from '../session/session-catalog.js';
import { temporaryRelation, writeTemporaryRows } from '../session/temporary-tables.js';
import { command } from './command.js';
import { QueryStatement } from './query.js';
import { translateInsert } from './translate-insert.js';

/** INSERT INTO a temporary table. */
export async function prepareInsert(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const request = readInsert(statement);
  if (request.hasReturning || request.hasConflictClause) {
    throw new SqlError(SQLSTATE.feature_not_supported, `INSERT with ${request.hasReturning ? 'RETURNING' : 'ON CONFLICT'} is not supported`);
  }
  await findTarget(session, request);
  const query = new QueryStatement(session, statement, declaredTypes, (parsed, environment, types) => {
    const target = session.catalog.find(TEMPORARY_SCHEMA, request.name);
    if (target === undefined) {
      throw new SqlError(SQLSTATE.undefined_table, `relation "${request.name}" does not exist`);
    }
    return translateInsert(parsed, request.columns, target, environment, types);
  });
  await query.translate();
  return command(
    statement,
    async (options) => {
      const table = await findTarget(session, request);
      const written = await writeTemporaryRows(session, table, query, options);
      const files = table.source.kind === 'files' ? table.source.files : [];
      session.catalog.put(temporaryRelation(table.name, table.columns, [...files, ...written.files]), true);
      return { tag: `INSERT 0 ${written.rowCount}` };
    },
    query.parameterTypes,
  );
}

async function findTarget(session: Session, request: { readonly schema: string | undefined; readonly name: string }): Promise<Relation> {
  const own = ownSchemas(request.schema)
    .map((schema) => session.catalog.find(schema, request.name))
    .find((relation) => relation !== undefined);
  if (own?.source.kind === 'view') {
    throw new SqlError(SQLSTATE.object_not_in_prerequisite_state, `cannot insert into view "${request.name}"`);
  }
  if (own !== undefined) {
    return own;
  }
  const snapshot = await session.services.datasets.snapshot();
  if (snapshot.has(request.schema ?? 'public', request.name)) {
    throw new SqlError(SQLSTATE.feature_not_supported, `cannot insert into "${request.name}"`, {
      detail: 'It is a file or folder under the data directory.',
      hint: "COPY (SELECT ...) TO 'name' (APPEND) adds files to a dataset.",
    });
  }
  throw new SqlError(SQLSTATE.undefined_table, `relation "${request.name}" does not exist`);
}
