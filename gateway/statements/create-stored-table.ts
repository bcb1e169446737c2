import type { LakeTransaction, NewLakeColumn } from '../../fs/lake/lake.js';
import type { LakeTable } from '../../fs/lake/model.js';
import type { CreateTableAsRequest, CreateTableRequest, LikeRequest, TableHead } from '../../planner/parse/read-create-table.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { TypeName } from '../../planner/parse/syntax-tree.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { declaredType } from '../../planner/translate/declared-type.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { dataTypeOf, formatPostgresType } from '../../planner/types/postgres-type.js';
import { newLakeColumn } from '../lake/lake-types.js';
import { writeTableFiles } from '../lake/write-table.js';
import { sessionQueryContext } from '../query/session-context.js';
import { translateWithNames } from '../query/translate-query.js';
import { COLUMN_SEQUENCE_TAG, IDENTITY_TAG, dropTableAndSequences } from '../sequences/column-sequence.js';
import type { ExecuteOptions } from '../session/backend.js';
import { guardedTable } from '../security/guarded.js';
import type { Session } from '../session/session.js';
import { onCommitTags } from '../session/temporary-tables.js';
import { bindParameters } from './bind-parameters.js';
import type { ColumnSequenceRequest } from './column-sequences.js';
import { addColumnSequence } from './column-sequences.js';
import { storedDefault, withStoredDefault } from './column-default.js';
import type { CommandOutcome } from './command.js';
import { KEYS_TAG, declaredKeys, nameKeys } from './declared-keys.js';
import { describeColumns, requireDistinctNames } from './describe-columns.js';
import type { QueryStatement } from './query.js';
import type { CreationPlace } from './stored-names.js';
import { creationPlace, findStored, requireFreeName } from './stored-names.js';
import { readLayout } from './table-layout.js';

/** CREATE TABLE (columns). */
export async function createStoredTable(session: Session, statement: ParsedStatement, request: CreateTableRequest): Promise<CommandOutcome> {
  const transaction = await session.lake.writable('CREATE TABLE', request.temporary ? 'temporary' : 'new');
  const place = await creationPlace(session, transaction, request);
  if (skipsExisting(transaction, place, request)) {
    return existsAlready(request.name, 'CREATE TABLE');
  }
  const { columns, keys: copiedKeys, sequences } = await readElements(session, statement, request, transaction);
  const names = columns.map((column) => column.name);
  requireDistinctNames(names);
  const keys = nameKeys(request.name, names, copiedKeys, request.keys);
  const primary = new Set(keys.filter((key) => key.kind === 'primary').flatMap((key) => key.columns));
  await makeRoom(session, transaction, place, request);
  const table = transaction.createTable({
    schema: place.lakeSchema,
    name: request.name,
    columns: columns.map((column) => (primary.has(column.name) ? { ...column, nullable: false } : column)),
    ...readLayout(request, names),
    tags: new Map([...onCommitTags(request.onCommit), ...(keys.length === 0 ? [] : [[KEYS_TAG, JSON.stringify(keys)] as const])]),
  });
  for (const { column, request: wanted } of sequences) {
    await addColumnSequence(session, transaction, place, table, column, wanted);
  }
  return { tag: 'CREATE TABLE' };
}

/** CREATE TABLE ... AS. */
export async function createStoredTableAs(
  session: Session,
  request: CreateTableAsRequest,
  query: QueryStatement,
  options: ExecuteOptions,
): Promise<CommandOutcome> {
  const transaction = await session.lake.writable('CREATE TABLE AS', request.temporary ? 'temporary' : 'new');
  const place = await creationPlace(session, transaction, request);
  if (skipsExisting(transaction, place, request)) {
    return existsAlready(request.name, 'CREATE TABLE AS');
  }
  const columns = await describeColumns(query, request.columnNames, 'too many column names were specified');
  // The query may read the very table that it replaces: it is translated while that is still there.
  const { query: translated, context } = await query.translate();
  const parameters = bindParameters(translated.parameterTypes, options, context.outputSettings());
  await makeRoom(session, transaction, place, request);
  const layout = readLayout(
    request,
    columns.map((column) => column.name),
  );
  const table = transaction.createTable({
    schema: place.lakeSchema,
    name: request.name,
    columns: columns.map(newLakeColumn),
    tags: onCommitTags(request.onCommit),
    ...layout,
  });
  if (!request.withData) {
    return { tag: 'CREATE TABLE AS' };
  }
  const written = await writeTableFiles(session, transaction, table, translated, parameters, options);
  transaction.appendFiles(transaction.current.findTable(place.lakeSchema, request.name) ?? table, written.files);
  return { tag: `SELECT ${written.rowCount}` };
}

/** The type a column is declared with; 0A000 for one that cannot be stored. */
export function declaredColumnType(
  statement: ParsedStatement,
  environment: TranslationEnvironment,
  type: TypeName,
): Pick<Column, 'type'> & { readonly postgres: NonNullable<Column['postgres']> } {
  const postgres = declaredType(statement, environment, type);
  const duckdb = dataTypeOf(postgres);
  if (duckdb === undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, `columns of type ${formatPostgresType(postgres)} are not supported`);
  }
  return { type: duckdb, postgres };
}

/** The session's names as an environment for types and relations that stand outside of a query. */
export async function withEnvironment<T>(session: Session, use: (environment: TranslationEnvironment) => T): Promise<T> {
  const names = await session.names.current();
  return (await translateWithNames(sessionQueryContext(session, names), names, use)).translated;
}

function skipsExisting(transaction: LakeTransaction, place: CreationPlace, request: TableHead): boolean {
  const { current } = transaction;
  return request.ifNotExists && (current.findTable(place.lakeSchema, request.name) ?? current.findView(place.lakeSchema, request.name)) !== undefined;
}

/** 42P07 where the name is taken, unless what has it is a table to be replaced: that goes. */
async function makeRoom(session: Session, transaction: LakeTransaction, place: CreationPlace, request: TableHead): Promise<void> {
  const existing = transaction.current.findTable(place.lakeSchema, request.name);
  if (request.replace && existing !== undefined) {
    session.access.requireOwner(transaction.current, guardedTable(existing));
    dropTableAndSequences(transaction, existing);
  }
  if (request.replace && transaction.current.findView(place.lakeSchema, request.name) !== undefined) {
    throw new SqlError(SQLSTATE.wrong_object_type, `"${request.name}" is not a table`);
  }
  await requireFreeName(session, transaction, place, request.name);
}

async function readElements(
  session: Session,
  statement: ParsedStatement,
  request: CreateTableRequest,
  transaction: LakeTransaction,
): Promise<{
  readonly columns: readonly NewLakeColumn[];
  readonly keys: ReturnType<typeof declaredKeys>;
  readonly sequences: readonly { readonly column: string; readonly request: ColumnSequenceRequest }[];
}> {
  const columns: NewLakeColumn[] = [];
  const sequences: { readonly column: string; readonly request: ColumnSequenceRequest }[] = [];
  const keys: ReturnType<typeof declaredKeys>[number][] = [];
  for (const element of request.elements) {
    if (element.kind === 'like') {
      const source = findStored(session, transaction.current, element.like);
      const copied =
        source?.kind === 'table' ? copyColumns(source.table, element.like) : (await findRelation(session, element.like)).columns.map(newLakeColumn);
      columns.push(...copied);
      if (source?.kind === 'table' && element.like.includingKeys) {
        keys.push(
          ...declaredKeys(source.table)
            .filter((key) => key.kind !== 'foreign')
            .map((key) => ({ ...key, name: key.name.replace(source.table.name, request.name) })),
        );
      }
      continue;
    }
    const { name, notNull, defaultValue, type, sequence } = element.column;
    if (sequence !== null) {
      sequences.push({ column: name, request: sequence });
    }
    const declared = await withEnvironment(session, (environment) => declaredColumnType(statement, environment, type));
    const column: Column = { name, ...declared, notNull };
    const plain: NewLakeColumn = { ...newLakeColumn(column), nullable: !notNull };
    columns.push(defaultValue === null ? plain : withStoredDefault(plain, await storedDefault(session, column, defaultValue)));
  }
  return { columns, keys, sequences };
}

/** Columns of a stored table for another: names, types and NOT NULL always, the rest as asked for. */
function copyColumns(table: LakeTable, like: LikeRequest): readonly NewLakeColumn[] {
  return table.columns.map((column) => ({
    name: column.name,
    type: column.type,
    nullable: column.nullable,
    children: column.children,
    ...(like.includingDefaults && !column.tags.has(IDENTITY_TAG) ? { defaultValue: column.defaultValue } : {}),
    tags: new Map([...column.tags].filter(([key]) => isCopied(key, like))),
  }));
}

/** An identity is its table's own; a sequence may fill the columns of several. */
function isCopied(tag: string, like: LikeRequest): boolean {
  switch (tag) {
    case 'comment':
      return like.includingComments;
    case IDENTITY_TAG:
      return false;
    case COLUMN_SEQUENCE_TAG:
      return like.includingDefaults;
    default:
      return true;
  }
}

async function findRelation(session: Session, like: LikeRequest): Promise<Relation> {
  const relation = await withEnvironment(session, (environment) => environment.findRelation(like.schema, like.name));
  if (relation === undefined) {
    throw new SqlError(SQLSTATE.undefined_table, `relation "${like.name}" does not exist`);
  }
  return relation;
}

function existsAlready(name: string, tag: string): CommandOutcome {
  return { tag, notices: [{ severity: 'NOTICE', sqlstate: SQLSTATE.duplicate_table, message: `relation "${name}" already exists, skipping` }] };
}
