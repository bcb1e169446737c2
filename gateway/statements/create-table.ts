import { readCreateTable, readCreateTableAs } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { declaredType } from '../../planner/translate/declared-type.js';
import { dataTypeOf, formatPostgresType } from '../../planner/types/postgres-type.js';
import { RecordingEnvironment } from '../query/environment.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { TEMPORARY_SCHEMA } from '../session/session-catalog.js';
import { temporaryRelation, writeTemporaryRows } from '../session/temporary-tables.js';
import type { CommandOutcome } from './command.js';
import { command } from './command.js';
import type { CreationTarget } from './creation-schema.js';
import { isTemporary } from './creation-schema.js';
import { describeColumns, requireDistinctNames } from './describe-columns.js';
import { QueryStatement } from './query.js';

/** CREATE TEMP TABLE (columns). */
export async function prepareCreateTable(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCreateTable(statement);
  requireTemporary(request);
  refuseOptions(statement);
  requireDistinctNames(request.columns.map((column) => column.name));
  const environment = new RecordingEnvironment(await session.names.current());
  const columns = request.columns.map((column): Column => {
    const postgres = declaredType(statement, environment, column.type);
    const type = dataTypeOf(postgres);
    if (type === undefined) {
      throw new SqlError(SQLSTATE.feature_not_supported, `columns of type ${formatPostgresType(postgres)} are not supported`);
    }
    return { name: column.name, type, postgres, notNull: column.notNull };
  });
  return command(statement, () => {
    if (isThere(session, request)) {
      return existsAlready(request, 'CREATE TABLE');
    }
    session.catalog.put(temporaryRelation(request.name, columns, []), false);
    return { tag: 'CREATE TABLE' };
  });
}

/** CREATE TEMP TABLE ... AS query. */
export async function prepareCreateTableAs(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const request = readCreateTableAs(statement);
  requireTemporary(request);
  refuseOptions(statement);
  if (request.inner.kind !== 'select') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'CREATE TABLE AS is supported for queries only');
  }
  const query = new QueryStatement(session, request.inner, declaredTypes);
  await query.translate();
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

function requireTemporary(request: CreationTarget): void {
  if (!isTemporary(request)) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'tables can be created as TEMP only', {
      hint: "Write a dataset with COPY (SELECT ...) TO 'name', or use CREATE TEMP TABLE; stored tables come with the table catalog.",
    });
  }
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
          : create?.partspec !== undefined
            ? 'PARTITION BY'
            : null;
  if (refused !== null) {
    throw new SqlError(SQLSTATE.feature_not_supported, `${refused} is not supported for temporary tables`);
  }
}
