import { readComment } from '../../planner/parse/read-objects.js';
import type { CommentRequest } from '../../planner/parse/read-objects.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { lakeSchemaName } from '../session/lake-schemas.js';
import { kindOfView } from '../session/lake-relations.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';
import { findSchema } from './grant-targets.js';
import { findStored, missing, requireOwned, requireStoredTable } from './stored-names.js';

/** The tag DuckLake keeps comments in. */
const COMMENT_TAG = 'comment';

/** COMMENT ON TABLE, VIEW, FOREIGN TABLE, COLUMN and SCHEMA. */
export function prepareComment(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readComment(statement);
  return Promise.resolve(
    command(statement, async () => {
      await comment(session, request);
      return { tag: 'COMMENT' };
    }),
  );
}

async function comment(session: Session, request: CommentRequest): Promise<void> {
  const transaction = await session.lake.writable('COMMENT');
  switch (request.kind) {
    case 'schema': {
      const schema = transaction.current.findSchema(lakeSchemaName(transaction.current, request.name));
      if (schema === undefined) {
        throw new SqlError(SQLSTATE.invalid_schema_name, `schema "${request.name}" does not exist`);
      }
      session.access.requireOwner(transaction.current, findSchema(transaction.current, request.name));
      transaction.setTag(schema, COMMENT_TAG, request.comment);
      return;
    }
    case 'view':
    case 'foreign table':
    case 'sequence': {
      const found = findStored(session, transaction.current, request);
      if (found !== undefined && (found.kind === 'table' || kindOfView(found.view) !== request.kind)) {
        throw new SqlError(SQLSTATE.wrong_object_type, `"${request.name}" is not a ${request.kind}`);
      }
      if (found === undefined) {
        throw await missing(session, request, 'relation', 'comment on');
      }
      requireOwned(session, transaction.current, found);
      transaction.setTag(found.view, COMMENT_TAG, request.comment);
      return;
    }
    case 'table':
      transaction.setTag(await requireStoredTable(session, transaction, request, 'comment on'), COMMENT_TAG, request.comment);
      return;
    case 'column': {
      const table = await requireStoredTable(session, transaction, request, 'comment on');
      const column = table.columns.find((candidate) => candidate.name === request.column);
      if (column === undefined) {
        throw new SqlError(SQLSTATE.undefined_column, `column "${request.column}" of relation "${request.name}" does not exist`);
      }
      transaction.setColumnTag(table, column.id, COMMENT_TAG, request.comment);
    }
  }
}
