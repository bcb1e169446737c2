import { readCreateView } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteName } from '../../planner/types/data-type.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { TEMPORARY_SCHEMA } from '../session/session-catalog.js';
import { command } from './command.js';
import { describeColumns } from './describe-columns.js';
import { QueryStatement } from './query.js';

/** CREATE [OR REPLACE] [TEMP] VIEW: kept in the session; a stored view needs the table catalog. */
export async function prepareCreateView(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCreateView(statement);
  const schema = request.temporary ? TEMPORARY_SCHEMA : (request.schema ?? 'public');
  if (schema !== TEMPORARY_SCHEMA && schema !== 'public') {
    throw new SqlError(SQLSTATE.invalid_schema_name, `views can be created in schema "public" or as TEMP, not in "${schema}"`);
  }
  const query = new QueryStatement(session, request.inner, []);
  const { query: translated } = await query.translate();
  if (translated.parameterTypes.length > 0) {
    throw new SqlError(SQLSTATE.undefined_parameter, 'views must not contain parameters');
  }
  return command(statement, async () => {
    const columns = nameColumns(await describeColumns(query), request.columnNames);
    const snapshot = await session.services.datasets.snapshot();
    if (snapshot.has(schema, request.name)) {
      throw new SqlError(SQLSTATE.duplicate_table, `relation "${request.name}" already exists`);
    }
    const existing = session.catalog.find(schema, request.name);
    if (existing !== undefined && existing.source.kind !== 'view') {
      throw new SqlError(SQLSTATE.wrong_object_type, `"${request.name}" is not a view`);
    }
    const sql =
      request.columnNames.length === 0
        ? request.body
        : `SELECT * FROM (${request.body}) AS ${quoteName(request.name)}(${columns.map((column) => quoteName(column.name)).join(', ')})`;
    session.catalog.put({ schema, name: request.name, columns, source: { kind: 'view', sql } }, request.replace);
    return { tag: 'CREATE VIEW' };
  });
}

function nameColumns(columns: readonly Column[], names: readonly string[]): readonly Column[] {
  if (names.length > columns.length) {
    throw new SqlError(SQLSTATE.syntax_error, 'CREATE VIEW specifies more column names than columns');
  }
  return columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
}
