import type { ColumnRequest, CreateTableRequest } from '../../planner/parse/read-create-table.js';
import { readCreateTable, readCreateTableAs } from '../../planner/parse/read-create-table.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { RecordingEnvironment } from '../query/environment.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { TEMPORARY_SCHEMA } from '../session/session-catalog.js';
import { temporaryRelation, writeTemporaryRows } from '../session/temporary-tables.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import { createStoredTable, createStoredTableAs, declaredColumnType } from './create-stored-table.js';
import { isTemporary } from './creation-schema.js';
import { describeColumns, requireDistinctNames } from './describe-columns.js';
import { QueryStatement } from './query.js';

/** CREATE TABLE (columns), stored or TEMP. */
export async function prepareCreateTable(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCreateTable(statement);
  refuseOptions(statement);
  if (!isTemporary(request)) {
    return command(statement, () => createStoredTable(session, statement, request));
  }
  const requested = temporaryColumns(request);
  requireDistinctNames(requested.map((column) => column.name));
  const environment = new RecordingEnvironment(await session.names.current());
  const columns = requested.map((column): Column => ({
    name: column.name,
    ...declaredColumnType(statement, environment, column.type),
    notNull: column.notNull,
  }));
  return command(statement, () => {
    if (isThere(session, request)) {
      return existsAlready(request, 'CREATE TABLE');
    }
    session.catalog.put(temporaryRelation(request.name, columns, []), false);
    return { tag: 'CREATE TABLE' };
  });
}

/** A temporary table's columns; 0A000 for what only stored tables have. */
function temporaryColumns(request: CreateTableRequest): readonly ColumnRequest[] {
  const columns = request.elements.flatMap((element) => (element.kind === 'column' ? [element.column] : []));
  const [key] = request.keys;
  const refused =
    columns.length < request.elements.length
      ? 'LIKE is'
      : key !== undefined
        ? `${key.kind === 'primary' ? 'PRIMARY KEY' : key.kind === 'unique' ? 'UNIQUE' : 'FOREIGN KEY'} constraints are`
        : columns.some((column) => column.defaultValue !== null)
          ? 'DEFAULT is'
          : request.partitionStrategy !== null
            ? 'PARTITION BY is'
            : request.replace
              ? 'OR REPLACE is'
              : null;
  if (refused !== null) {
    throw new SqlError(SQLSTATE.feature_not_supported, `${refused} not supported for temporary tables`);
  }
  return columns;
}

/** CREATE TABLE ... AS query, stored or TEMP. */
export async function prepareCreateTableAs(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const request = readCreateTableAs(statement);
  refuseOptions(statement);
  if (request.inner.kind !== 'select') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'CREATE TABLE AS is supported for queries only');
  }
  const query = new QueryStatement(session, request.inner, declaredTypes);
  await query.translate();
  if (!isTemporary(request)) {
    return command(statement, (options) => createStoredTableAs(session, request, query, options), query.parameterTypes);
  }
  return command(
    statement,
    async (options) => {
      if (isThere(session, request)) {
        return existsAlready(request, 'CREATE TABLE AS');
      }
      const columns = await describeColumns(query, request.columnNames, 'too many column names were specified');
      const empty = temporaryRelation(request.name, columns, []);
      if (!request.withData) {
        session.catalog.put(empty, false);
        return { tag: 'CREATE TABLE AS' };
      }
      const written = await writeTemporaryRows(session, empty, query, options);
      session.catalog.put(temporaryRelation(request.name, columns, written.files), false);
      return { tag: `SELECT ${written.rowCount}` };
    },
    query.parameterTypes,
  );
}

function isThere(session: Session, request: { readonly name: string }): boolean {
  return session.catalog.find(TEMPORARY_SCHEMA, request.name) !== undefined;
}

function existsAlready(request: { readonly name: string; readonly ifNotExists: boolean }, tag: string): CommandOutcome {
  if (!request.ifNotExists) {
    throw new SqlError(SQLSTATE.duplicate_table, `relation "${request.name}" already exists`);
  }
  return {
    tag,
    notices: [{ severity: 'NOTICE', sqlstate: SQLSTATE.duplicate_table, message: `relation "${request.name}" already exists, skipping` }],
  };
}

/** Clauses that would change what the table does are refused, not passed over. */
function refuseOptions({ node }: ParsedStatement): void {
  if (node === null) {
    return;
  }
  const create = 'CreateStmt' in node ? node.CreateStmt : undefined;
  const into = 'CreateTableAsStmt' in node ? node.CreateTableAsStmt.into : undefined;
  const onCommit = create?.oncommit ?? into?.onCommit ?? 'ONCOMMIT_NOOP';
  const refused =
    onCommit === 'ONCOMMIT_DROP'
      ? 'ON COMMIT DROP'
      : onCommit === 'ONCOMMIT_DELETE_ROWS'
        ? 'ON COMMIT DELETE ROWS'
        : create?.inhRelations !== undefined
          ? 'INHERITS'
          : null;
  if (refused !== null) {
    throw new SqlError(
      SQLSTATE.feature_not_supported,
      `${refused} is not supported for ${create?.relation?.relpersistence === 't' || into?.rel?.relpersistence === 't' ? 'temporary' : 'stored'} tables`,
    );
  }
}
