import { readCreateView } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteName } from '../../planner/types/data-type.js';
import { formatPostgresType, postgresTypeOf } from '../../planner/types/postgres-type.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { TEMPORARY_SCHEMA } from '../session/session-catalog.js';
import { command } from './command.js';
import { isTemporary } from './creation-schema.js';
import { describeColumns } from './describe-columns.js';
import { QueryStatement } from './query.js';

/** CREATE [OR REPLACE] [TEMP] VIEW: kept in the session; a stored view needs the table catalog. */
export async function prepareCreateView(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCreateView(statement);
  const wantedSchema = isTemporary(request) ? TEMPORARY_SCHEMA : (request.schema ?? 'public');
  if (wantedSchema !== TEMPORARY_SCHEMA && wantedSchema !== 'public') {
    throw new SqlError(SQLSTATE.invalid_schema_name, `views can be created in schema "public" or as TEMP, not in "${wantedSchema}"`);
  }
  const query = new QueryStatement(session, request.inner, []);
  await query.translate();
  if (query.parameterTypes.length > 0) {
    throw new SqlError(SQLSTATE.undefined_parameter, 'views must not contain parameters');
  }
  return command(statement, async () => {
    const columns = await describeColumns(query, request.columnNames, 'CREATE VIEW specifies more column names than columns');
    const { lookups } = await query.translate();
    const reads = lookups.map(({ schema, name }) => session.catalog.find(schema, name)).filter((relation) => relation !== undefined);
    const becomesTemporary = wantedSchema !== TEMPORARY_SCHEMA && reads.some(({ schema }) => schema === TEMPORARY_SCHEMA);
    const schema = becomesTemporary ? TEMPORARY_SCHEMA : wantedSchema;
    if (schema !== TEMPORARY_SCHEMA) {
      session.requireWritable('CREATE VIEW');
    }
    const snapshot = await session.services.datasets.snapshot();
    if (snapshot.has(schema, request.name)) {
      throw new SqlError(SQLSTATE.duplicate_table, `relation "${request.name}" already exists`);
    }
    const existing = session.catalog.find(schema, request.name);
    if (existing !== undefined && request.replace) {
      checkReplacement(existing, columns);
    }
    const sql =
      request.columnNames.length === 0
        ? request.body
        : `SELECT * FROM (${request.body}\n) AS ${quoteName(request.name)}(${columns.map((column) => quoteName(column.name)).join(', ')})`;
    session.catalog.put({ schema, name: request.name, columns, source: { kind: 'view', sql } }, request.replace, reads);
    return { tag: 'CREATE VIEW', notices: becomesTemporary ? [temporaryNotice(request.name)] : [] };
  });
}

/** OR REPLACE may add columns at the end; what is there already keeps its names and types, for others rely on them. */
function checkReplacement(existing: Relation, columns: readonly Column[]): void {
  if (existing.source.kind !== 'view') {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${existing.name}" is not a view`);
  }
  if (columns.length < existing.columns.length) {
    throw new SqlError(SQLSTATE.invalid_table_definition, 'cannot drop columns from view');
  }
  for (const [index, before] of existing.columns.entries()) {
    const after = columns[index] ?? before;
    if (after.name !== before.name) {
      throw new SqlError(SQLSTATE.invalid_table_definition, `cannot change name of view column "${before.name}" to "${after.name}"`, {
        hint: 'DROP the view first to give it other columns.',
      });
    }
    if (typeName(after) !== typeName(before)) {
      throw new SqlError(
        SQLSTATE.invalid_table_definition,
        `cannot change data type of view column "${before.name}" from ${typeName(before)} to ${typeName(after)}`,
      );
    }
  }
}

function typeName(column: Column): string {
  return formatPostgresType(column.postgres ?? postgresTypeOf(column.type));
}

function temporaryNotice(name: string): SqlNotice {
  return { severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message: `view "${name}" will be a temporary view` };
}
