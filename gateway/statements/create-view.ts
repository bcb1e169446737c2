import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeSnapshot } from '../../fs/lake/model.js';
import type { CreateViewRequest } from '../../planner/parse/read-definitions.js';
import { readCreateView } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { quoteName } from '../../planner/types/data-type.js';
import { formatPostgresType, postgresTypeOf } from '../../planner/types/postgres-type.js';
import { findSystemRelation } from '../catalog/pg/system-catalog.js';
import { VIEW_COLUMNS_TAG, VIEW_DIALECT, VIEW_READS_TAG, VIEW_TEXT_TAG, relationOfView } from '../session/lake-relations.js';
import { isTemporarySchema, lakeSchemaName, sqlSchemaName } from '../session/lake-schemas.js';
import { guardedView } from '../security/guarded.js';
import { keepingOwner } from '../security/privileges.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';
import { isTemporary } from './creation-schema.js';
import { describeColumns } from './describe-columns.js';
import { QueryStatement } from './query.js';
import type { CreationPlace } from './stored-names.js';
import { creationPlace, requireFreeName } from './stored-names.js';
import { renameRelations } from './view-text.js';

/** CREATE [OR REPLACE] VIEW, stored or TEMP. A view that reads something temporary is temporary itself. */
export async function prepareCreateView(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readCreateView(statement);
  const query = new QueryStatement(session, request.inner, []);
  await query.translate();
  if (query.parameterTypes.length > 0) {
    throw new SqlError(SQLSTATE.undefined_parameter, 'views must not contain parameters');
  }
  return command(statement, async () => {
    const columns = await describeColumns(query, request.columnNames, 'CREATE VIEW specifies more column names than columns');
    const reads = await findReads(session, query);
    const wantsTemporary = isTemporary(request);
    const becomesTemporary = !wantsTemporary && reads.some(({ schema }) => isTemporarySchema(schema));
    await createView(session, query, { ...request, temporary: wantsTemporary || becomesTemporary }, columns, reads);
    return { tag: 'CREATE VIEW', notices: becomesTemporary ? [temporaryNotice(request.name)] : [] };
  });
}

/** A relation's place in SQL. */
interface RelationName {
  readonly schema: string;
  readonly name: string;
}

/** The relations a query's names mean now, those inside views too; not the system's, and no older versions: these stay as they were. */
async function findReads(session: Session, query: QueryStatement): Promise<readonly RelationName[]> {
  const { lookups } = await query.translate();
  const names = await session.names.current();
  const reads = lookups.filter(
    ({ schema, name, version }) =>
      version === undefined && findSystemRelation(schema, name) === undefined && (names.has(schema, name) || names.hasView(schema, name)),
  );
  // Views inside name the lake's schemas.
  const bySqlName = reads.map(({ schema, name }) =>
    names.isStored(schema, name) ? { schema: sqlSchemaName(names.lake, lakeSchemaName(names.lake, schema)), name } : { schema, name },
  );
  return bySqlName.filter(({ schema, name }, index) => bySqlName.findIndex((other) => other.schema === schema && other.name === name) === index);
}

async function createView(
  session: Session,
  query: QueryStatement,
  request: CreateViewRequest,
  columns: readonly Column[],
  reads: readonly RelationName[],
): Promise<void> {
  const transaction = await session.lake.writable('CREATE VIEW', request.temporary ? 'temporary' : 'new');
  const place = await creationPlace(session, transaction, request);
  const existing = transaction.current.findView(place.lakeSchema, request.name);
  if (existing !== undefined && request.replace) {
    session.access.requireOwner(transaction.current, guardedView(existing));
    checkReplacement(relationOfView(transaction.current, existing, 'list'), columns);
    transaction.dropView(existing);
  }
  if (request.replace && transaction.current.findTable(place.lakeSchema, request.name) !== undefined) {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${request.name}" is not a view`);
  }
  await requireFreeName(session, transaction, place, request.name);
  // Others read it with a search_path of their own, and the tables may get more columns: names and columns are written out.
  const { searchPath } = await session.names.current();
  const { lookups } = await query.translate();
  const known = [...reads, ...lookups.filter(({ version, found }) => version !== undefined && found !== undefined)];
  const firstOf = (name: string): RelationName | undefined =>
    searchPath.map((schema) => known.find((read) => read.schema === schema && read.name === name)).find((read) => read !== undefined);
  const body = renameRelations(request.body, (schema, name, version) => {
    const read = schema === undefined ? firstOf(name) : { schema, name };
    return read === undefined ? null : inLake(transaction.current, read, version !== undefined);
  });
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  const named = request.columnNames.length === 0 ? body : `SELECT * FROM (${body}\n) AS ${quoteName(request.name)}(${names})`;
  storeView(transaction, {
    place,
    name: request.name,
    columns,
    body: named,
    text: request.body,
    reads,
    tags: existing === undefined ? new Map() : keepingOwner(existing.tags),
  });
}

/** A view to be stored. */
interface StoredViewRequest {
  readonly place: CreationPlace;
  readonly name: string;
  readonly columns: readonly Column[];
  /** Its query, names of relations with their schemas. */
  readonly body: string;
  /** Its query as it was written. */
  readonly text: string;
  readonly reads: readonly RelationName[];
  /** Further tags. */
  readonly tags: ReadonlyMap<string, string>;
}

/** Stages a view; its name is free. */
export function storeView(transaction: LakeTransaction, view: StoredViewRequest): void {
  transaction.createView({
    schema: view.place.lakeSchema,
    name: view.name,
    dialect: VIEW_DIALECT,
    sql: `SELECT ${view.columns.map((column) => quoteName(column.name)).join(', ')} FROM (${view.body}\n) AS ${quoteName(view.name)}`,
    columnNames: view.columns.map((column) => column.name),
    tags: new Map([
      ...view.tags,
      [VIEW_COLUMNS_TAG, JSON.stringify(view.columns)],
      [VIEW_READS_TAG, JSON.stringify(view.reads.map(({ schema, name }) => [schema, name]))],
      [VIEW_TEXT_TAG, view.text],
    ]),
  });
}

/** A stored relation by its schema's name in the lake, for others who read the view there (`public` is DuckLake's `main`); files have SQL's alone. */
function inLake(snapshot: LakeSnapshot, { schema, name }: RelationName, isStored: boolean): RelationName {
  const lakeSchema = lakeSchemaName(snapshot, schema);
  const isThere = isStored || snapshot.findTable(lakeSchema, name) !== undefined || snapshot.findView(lakeSchema, name) !== undefined;
  return { schema: isThere ? lakeSchema : schema, name };
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
