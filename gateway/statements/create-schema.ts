import { readCreateSchema } from '../../planner/parse/read-objects.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { lakeSchemaName } from '../session/lake-schemas.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';
import { isFolderSchema } from './stored-names.js';

/** CREATE SCHEMA. */
export function prepareCreateSchema(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCreateSchema(statement);
  return Promise.resolve(
    command(statement, async () => {
      if (request.name.startsWith('pg_') || request.name === 'information_schema') {
        throw new SqlError(SQLSTATE.invalid_name, `unacceptable schema name "${request.name}"`, { detail: 'The prefix "pg_" is reserved for system schemas.' });
      }
      const transaction = await session.lake.writable('CREATE SCHEMA');
      session.access.require(transaction.current, { kind: 'database' }, 'CREATE');
      const lakeName = lakeSchemaName(transaction.current, request.name);
      const exists = transaction.current.findSchema(lakeName) !== undefined || (await isFolderSchema(session, request.name));
      if (exists && request.ifNotExists) {
        return {
          tag: 'CREATE SCHEMA',
          notices: [{ severity: 'NOTICE', sqlstate: SQLSTATE.duplicate_schema, message: `schema "${request.name}" already exists, skipping` }],
        };
      }
      if (exists) {
        throw new SqlError(SQLSTATE.duplicate_schema, `schema "${request.name}" already exists`);
      }
      transaction.createSchema(lakeName);
      return { tag: 'CREATE SCHEMA' };
    }),
  );
}
