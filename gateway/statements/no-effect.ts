import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';

/** libpg-query's number of ACCESS SHARE, the lock that every read takes. */
const ACCESS_SHARE_LOCK = 1;

/**
 * Statements that drivers send to be sure, and that are true without doing anything: unlistening where nobody listens, and
 * locking immutable files against changes nobody can make.
 */
export function prepareNoEffect(statement: ParsedStatement): Promise<SessionStatement> {
  const { node } = statement;
  if (node !== null && 'UnlistenStmt' in node) {
    return Promise.resolve(command(statement, () => ({ tag: 'UNLISTEN' })));
  }
  if (node !== null && 'LockStmt' in node && node.LockStmt.mode === ACCESS_SHARE_LOCK) {
    return Promise.resolve(command(statement, () => ({ tag: 'LOCK TABLE' })));
  }
  throw new SqlError(SQLSTATE.feature_not_supported, `${statement.kind.toUpperCase()} is not supported`);
}
