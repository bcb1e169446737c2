import { ROW_FILE_COLUMN, ROW_POSITION_COLUMN } from '../lake/lake-relation.js';
import { applyDeletes, appendStaged } from '../lake/apply-changes.js';
import { stageRows } from '../lake/staged-rows.js';
import type { LakeTable } from '../../fs/lake/model.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
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
  const query = new QueryStatement(session, statement, declaredTypes, (parsed, environment, types) =>
    translateChange(parsed, request, defaultsOf(table), environment, types),
  );
  await query.translate();
  const described =
    request.returning === null
      ? null
      : returningQuery(session, statement, query.parameterTypes, request.returning, request.alias, emptyRows(await tableRelation(session, request)));
  await described?.translate();
  return {
    text: statement.text,
    parameterTypes: described?.parameterTypes ?? query.parameterTypes,
    endsTransaction: false,
    describe: () => (described === null ? Promise.resolve(null) : described.describe()),
    run: async (options): Promise<ExecutionResult> => {
      const { rowCount, changed } = await change(session, request, query, options);
      const tag = `${word} ${rowCount}`;
      if (request.returning === null || changed === null) {
        return { kind: 'command', tag, notices: [] };
      }
      return runReturning(returningQuery(session, statement, described?.parameterTypes ?? [], request.returning, request.alias, changed), options, tag);
    },
  };
}

/** Carries the change out in the session's transaction; `changed` holds the rows for RETURNING: the new ones of UPDATE, the old ones of DELETE. */
async function change(
  session: Session,
  request: ChangeRequest,
  query: QueryStatement,
  options: ExecuteOptions,
): Promise<{ readonly rowCount: number; readonly changed: Relation | null }> {
  const target = await findTarget(session, request);
  const transaction = await session.lake.writable(request.kind.toUpperCase(), changeKindOf(target));
  const table = await findTarget(session, request);
  if (request.takesAll && request.returning === null) {
    const { rowCount } = await transaction.current.data(table);
    transaction.truncate(table);
    return { rowCount, changed: null };
  }
  const { context, query: translated } = await query.translate();
  const relation = await tableRelation(session, request);
  const hasRows = request.kind === 'update' || request.returning !== null;
  const staged = await stageRows(
    session,
    context,
    translated,
    [...LOCATION_COLUMNS, ...(hasRows ? relation.columns : [])],
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
  return { rowCount, changed: { ...staged.relation, name: relation.name, columns: relation.columns } };
}

function translateChange(
  statement: ParsedStatement,
  request: ChangeRequest,
  defaultOf: DefaultOf,
  environment: TranslationEnvironment,
  declaredTypes: readonly number[],
): TranslatedQuery {
  const relation = environment.findRelation(request.schema, request.name);
  if (relation === undefined || relation.source.kind !== 'files' || relation.source.fields === undefined) {
    throw new SqlError(SQLSTATE.undefined_table, `relation "${request.name}" does not exist`);
  }
  const select = changeQuery(statement, relation, LOCATION, defaultOf);
  const target = withTarget(environment, TARGET_SCHEMA, locatedTarget(relation));
  const hasRows = request.kind === 'update' || request.returning !== null;
  const types = [null, null, ...(hasRows ? relation.columns.map((column) => column.postgres ?? postgresTypeOf(column.type)) : [])];
  const source = translateAssigned(statement, select, types, target, declaredTypes);
  const leading = [
    { name: ROW_FILE_COLUMN, type: { oid: OID.text, modifier: -1 } },
    { name: ROW_POSITION_COLUMN, type: { oid: OID.int8, modifier: -1 } },
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
