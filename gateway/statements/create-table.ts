import type { OnCommit } from '../../planner/parse/read-create-table.js';
import { readCreateTable, readCreateTableAs } from '../../planner/parse/read-create-table.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';
import { createStoredTable, createStoredTableAs } from './create-stored-table.js';
import { isTemporary } from './creation-schema.js';
import { QueryStatement } from './query.js';

/** CREATE TABLE (columns), stored or TEMP. */
export function prepareCreateTable(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCreateTable(statement);
  const temporary = isTemporary(request);
  refuseOptions(statement, request.onCommit, temporary);
  return Promise.resolve(command(statement, () => createStoredTable(session, statement, { ...request, temporary })));
}

/** CREATE TABLE ... AS query, stored or TEMP. */
export async function prepareCreateTableAs(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const request = readCreateTableAs(statement);
  const temporary = isTemporary(request);
  refuseOptions(statement, request.onCommit, temporary);
  if (request.inner.kind !== 'select') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'CREATE TABLE AS is supported for queries only');
  }
  const query = new QueryStatement(session, request.inner, declaredTypes);
  await query.translate();
  return command(statement, (options) => createStoredTableAs(session, { ...request, temporary }, query, options), query.parameterTypes);
}

/** Clauses that would change what the table does are refused, not passed over. */
function refuseOptions({ node }: ParsedStatement, onCommit: OnCommit, temporary: boolean): void {
  if (!temporary && onCommit !== 'preserve rows') {
    throw new SqlError(SQLSTATE.invalid_table_definition, 'ON COMMIT can only be used on temporary tables');
  }
  if (node !== null && 'CreateStmt' in node && node.CreateStmt.inhRelations !== undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'INHERITS is not supported');
  }
}
