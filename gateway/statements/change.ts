import { ROW_FILE_COLUMN, ROW_POSITION_COLUMN } from '../lake/lake-relation.js';
import { applyDeletes, appendStaged } from '../lake/apply-changes.js';
import { stageRows } from '../lake/staged-rows.js';
import type { LakeTable } from '../../fs/lake/model.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ChangeRequest, DefaultOf } from '../../planner/translate/dml/change-query.js';
import { TARGET_SCHEMA, changeQuery, readChange } from '../../planner/translate/dml/change-query.js';
import type { TranslationEnvironment } from '../../planner/translate/environment.js';
import { translateAssigned } from '../../planner/translate/query.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { scalar } from '../../planner/types/data-type.js';
import { OID, postgresTypeOf } from '../../planner/types/postgres-type.js';
import { relationOfTable } from '../session/lake-relations.js';
import { changeKindOf } from '../session/temporary-tables.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { bindParameters } from './bind-parameters.js';
import { asTableRows } from './not-null.js';
import { QueryStatement } from './query.js';
import { emptyRows, returningQuery, runReturning } from './returning.js';
import type { ReturningSource } from './returning-sources.js';
import { describeSources } from './returning-sources.js';
import { defaultsOf } from './stored-defaults.js';
import { requireAllowed, requireStoredTable } from './stored-names.js';
import { locatedTarget, withTarget } from './target-environment.js';

const LOCATION = [ROW_FILE_COLUMN, ROW_POSITION_COLUMN] as const;

const LOCATION_COLUMNS: readonly Column[] = [
  { name: ROW_FILE_COLUMN, type: scalar('VARCHAR') },
  { name: ROW_POSITION_COLUMN, type: scalar('BIGINT') },
];

/** UPDATE and DELETE of stored tables: one query finds the rows and makes the new ones, then files are written from its result. */
export async function prepareChange(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const request = readChange(statement);
  const word = request.kind.toUpperCase();
  const table = await findTarget(session, request);
  // Names that RETURNING mentions may mean something else at every run: what a prepared statement reads can change.
  let sources: readonly ReturningSource[] = [];
  const describe = async (): Promise<void> => {
    sources = await describeSources(session, statement, declaredTypes, request, (environment) => targetEnvironment(environment, request));
  };
  await describe();
  const query = new QueryStatement(session, statement, declaredTypes, (parsed, environment, types) =>
    translateChange(parsed, request, sources, defaultsOf(table), environment, types),
  );
  await query.translate();
  const returningOver = (returning: readonly Node[], types: readonly number[], rows: Relation, columns: readonly Column[]): QueryStatement =>
    returningQuery(session, statement, types, returning, request.alias, rows, { columns, names: request.sources, sources });
  let described: QueryStatement | null = null;
  if (request.returning !== null) {
    const empty = emptyRows(await tableRelation(session, request));
    described = returningOver(request.returning, query.parameterTypes, { ...empty, columns: withSources(sources, empty.columns) }, empty.columns);
    await described.translate();
  }
  return {
    text: statement.text,
    parameterTypes: described?.parameterTypes ?? query.parameterTypes,
    endsTransaction: false,
    describe: () => (described === null ? Promise.resolve(null) : described.describe()),
    run: async (options): Promise<ExecutionResult> => {
      await describe();
      const { rowCount, changed, columns } = await change(session, request, query, sources, options);
      const tag = `${word} ${rowCount}`;
      if (request.returning === null || changed === null) {
        return { kind: 'command', tag, notices: [] };
      }
      return runReturning(returningOver(request.returning, described?.parameterTypes ?? [], changed, columns), options, tag);
    },
  };
}

/** Carries the change out in the session's transaction; `changed` holds the rows for RETURNING: the new ones of UPDATE, the old ones of DELETE. */
async function change(
  session: Session,
  request: ChangeRequest,
  query: QueryStatement,
  sources: readonly ReturningSource[],
  options: ExecuteOptions,
): Promise<{ readonly rowCount: number; readonly changed: Relation | null; readonly columns: readonly Column[] }> {
  const target = await findTarget(session, request);
  const transaction = await session.lake.writable(request.kind.toUpperCase(), changeKindOf(target));
  const table = await findTarget(session, request);
  if (request.takesAll && request.returning === null) {
    const { rowCount } = await transaction.current.data(table);
    transaction.truncate(table);
    return { rowCount, changed: null, columns: [] };
  }
  const { context, query: translated } = await query.translate();
  const relation = await tableRelation(session, request);
  const hasRows = request.kind === 'update' || request.returning !== null;
  const staged = await stageRows(
    session,
    context,
    translated,
    [...LOCATION_COLUMNS, ...withSources(sources, hasRows ? relation.columns : [])],
    bindParameters(
      translated.parameterTypes,
      { ...options, parameters: options.parameters.slice(0, translated.parameterTypes.length) },
      context.outputSettings(),
    ),
    options,
  );
  const rowCount = await applyDeletes(session, transaction, table, staged, options);
  if (request.kind === 'update') {
    const names = relation.columns.map((column) => column.name);
    await appendStaged(session, transaction, transaction.current.findTable(table.schema, table.name) ?? table, staged, names, options);
  }
  // The files stay until the transaction ends: RETURNING reads them.
  const { columns } = relation;
  return { rowCount, changed: { ...staged.relation, name: relation.name, columns: withSources(sources, columns) }, columns };
}

/** The columns of rows that hold something of FROM or USING before the table's own. */
function withSources(sources: readonly ReturningSource[], columns: readonly Column[]): readonly Column[] {
  return [...sources.map(({ kept }) => kept), ...columns];
}

/** Where the table is known with the columns that say where its rows lie. */
function targetEnvironment(environment: TranslationEnvironment, request: ChangeRequest): TranslationEnvironment {
  return withTarget(environment, TARGET_SCHEMA, locatedTarget(findRelation(environment, request)));
}

function findRelation(environment: TranslationEnvironment, request: ChangeRequest): Relation {
  const relation = environment.findRelation(request.schema, request.name);
  if (relation === undefined || relation.source.kind !== 'files' || relation.source.fields === undefined) {
    throw new SqlError(SQLSTATE.undefined_table, `relation "${request.name}" does not exist`);
  }
  return relation;
}

function translateChange(
  statement: ParsedStatement,
  request: ChangeRequest,
  sources: readonly ReturningSource[],
  defaultOf: DefaultOf,
  environment: TranslationEnvironment,
  declaredTypes: readonly number[],
): TranslatedQuery {
  const relation = findRelation(environment, request);
  const select = changeQuery(statement, relation, LOCATION, sources, defaultOf);
  const target = targetEnvironment(environment, request);
  const hasRows = request.kind === 'update' || request.returning !== null;
  const types = [null, null, ...sources.map(() => null), ...(hasRows ? relation.columns.map((column) => column.postgres ?? postgresTypeOf(column.type)) : [])];
  const source = translateAssigned(statement, select, types, target, declaredTypes);
  const leading = [
    { name: ROW_FILE_COLUMN, type: { oid: OID.text, modifier: -1 } },
    { name: ROW_POSITION_COLUMN, type: { oid: OID.int8, modifier: -1 } },
    ...sources.map(({ kept }) => ({ name: kept.name, type: kept.postgres ?? postgresTypeOf(kept.type) })),
  ];
  return hasRows
    ? asTableRows(
        source,
        relation,
        leading,
        relation.columns.map((_, index) => index),
      )
    : source;
}

async function findTarget(session: Session, request: ChangeRequest): Promise<LakeTable> {
  const table = await session.lake.findTable(request.schema, request.name);
  if (table !== undefined) {
    requireAllowed(session, await session.lake.snapshot(), table, request.kind === 'delete' ? 'delete from' : request.kind);
    return table;
  }
  return requireStoredTable(session, { current: await session.lake.snapshot() }, request, request.kind === 'delete' ? 'delete from' : request.kind);
}

/** The table's relation as the session sees it now. */
async function tableRelation(session: Session, request: ChangeRequest): Promise<Relation> {
  return relationOfTable(await session.lake.snapshot(), await findTarget(session, request));
}
