import { readDrop } from '../../planner/parse/read-names.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { TEMPORARY_SCHEMA } from '../session/session-catalog.js';
import { command } from './command.js';

/** DROP TABLE and DROP VIEW of the session's own objects. */
export function prepareDrop(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readDrop(statement);
  if (request.kind !== 'table' && request.kind !== 'view') {
    throw new SqlError(SQLSTATE.feature_not_supported, `DROP ${request.kind.toUpperCase()} is not supported`);
  }
  return Promise.resolve(
    command(statement, async () => {
      const notices: SqlNotice[] = [];
      const snapshot = await session.services.datasets.snapshot();
      for (const { schema, name } of request.names) {
        const found = [schema ?? TEMPORARY_SCHEMA, ...(schema === undefined ? ['public'] : [])].find(
          (candidate) => session.catalog.find(candidate, name) !== undefined,
        );
        if (found !== undefined) {
          dropOwn(session, found, name, request.kind);
        } else if (snapshot.has(schema ?? 'public', name)) {
          throw new SqlError(SQLSTATE.feature_not_supported, `cannot drop "${name}"`, {
            detail: 'It is a file or folder under the data directory.',
            hint: 'Remove the files themselves.',
          });
        } else if (request.missingOk) {
          notices.push({ severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message: `${request.kind} "${name}" does not exist, skipping` });
        } else {
          throw new SqlError(SQLSTATE.undefined_table, `${request.kind} "${name}" does not exist`);
        }
      }
      return { tag: `DROP ${request.kind.toUpperCase()}`, notices };
    }),
  );
}

function dropOwn(session: Session, schema: string, name: string, kind: string): void {
  const relation = session.catalog.find(schema, name);
  if (relation !== undefined && (relation.source.kind === 'view') !== (kind === 'view')) {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${name}" is not a ${kind}`, { hint: `Use DROP ${kind === 'view' ? 'TABLE' : 'VIEW'} to remove it.` });
  }
  session.catalog.remove(schema, name);
}
