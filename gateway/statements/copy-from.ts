import type { CopyRequest } from '../../planner/parse/read-copy.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';

/** COPY ... FROM. */
export function prepareCopyFrom(_session: Session, _statement: ParsedStatement, _request: CopyRequest): Promise<SessionStatement> {
  return Promise.reject(new SqlError(SQLSTATE.feature_not_supported, 'COPY FROM is not supported', { hint: 'Put the file under the data directory and read it as a table, or with read_csv and its kin.' }));
}
