import { readInsert } from '../../planner/parse/read-definitions.js';
import type { InsertRequest } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import { readConflict } from '../../planner/translate/dml/conflict-query.js';
import type { Relation } from '../../planner/relation/relation.js';
import { quoteName } from '../../planner/types/data-type.js';
import { INLINED_ROW_COUNT_MAX, appendStaged, textRow } from '../lake/apply-changes.js';
import { stageRows } from '../lake/staged-rows.js';
import { writeTableFiles } from '../lake/write-table.js';
import { preludesFor, wholeSql } from '../query/whole-query.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import { relationWithoutRows } from '../session/lake-relations.js';
import { changeKindOf } from '../session/temporary-tables.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { SequenceColumn } from './insert-sequences.js';
import { numberRows } from './number-rows.js';
import { bindParameters } from './bind-parameters.js';
import { InsertQuery, type InsertTarget, type Within } from './insert-query.js';
import { emptyRows, returningQuery, runReturning } from './returning.js';
import { prepareUpsert } from './upsert.js';
import { missing, requireAllowed, takesNoRows } from './stored-names.js';

/**
 * INSERT INTO a stored or temporary table. `fill`: columns that sequences are to fill in the rows of its query;
 * `within` may make more names known to it.
 */
export async function prepareInsert(
  session: Session,
  statement: ParsedStatement,
  declaredTypes: readonly number[],
  fill: readonly SequenceColumn[] = [],
  within: Within = (environment) => environment,
): Promise<SessionStatement> {
  const request = readInsert(statement);
  const conflict = readConflict(statement);
  if (conflict !== null) {
    return prepareUpsert(session, statement, declaredTypes, fill, request, conflict, () => findTarget(session, request));
  }
  const { returning, alias } = readReturning(statement, request);
  const first = await findTarget(session, request);
  const query = new InsertQuery(session, statement, request, declaredTypes, fill, within);
  await query.prepare(first);
  const described = returning === null ? null : returningQuery(session, statement, query.parameterTypes, returning, alias, emptyRows(first.relation));
  await described?.translate();
  return {
    text: statement.text,
    parameterTypes: described?.parameterTypes ?? query.parameterTypes,
    endsTransaction: false,
    describe: () => (described === null ? Promise.resolve(null) : described.describe()),
    run: async (options): Promise<ExecutionResult> => {
      const { rowCount, rows } = await runInsert(session, request, query, fill, returning !== null, options);
      const tag = `INSERT 0 ${rowCount}`;
      if (returning === null || rows === null) {
        return { kind: 'command', tag, notices: [] };
      }
      return runReturning(returningQuery(session, statement, described?.parameterTypes ?? [], returning, alias, rows), options, tag);
    },
  };
}

function readReturning(statement: ParsedStatement, request: InsertRequest): { readonly returning: readonly Node[] | null; readonly alias: string } {
  const insert = statement.node !== null && 'InsertStmt' in statement.node ? statement.node.InsertStmt : undefined;
  return { returning: insert?.returningClause?.exprs ?? null, alias: insert?.relation?.alias?.aliasname ?? request.name };
}

/** Runs the INSERT; `rows` are the ones it added, where RETURNING wants them. */
async function runInsert(
  session: Session,
  request: InsertRequest,
  insertQuery: InsertQuery,
  fill: readonly SequenceColumn[],
  wantsRows: boolean,
  options: ExecuteOptions,
): Promise<{ readonly rowCount: number; readonly rows: Relation | null }> {
  const target = await findTarget(session, request);
  const query = insertQuery.for(target);
  const { relation, table } = target;
  const transaction = await session.lake.writable('INSERT', changeKindOf(table));
  if (!wantsRows && fill.length === 0 && transaction.canInline(table)) {
    const rows = await insertQuery.constantTexts(target, options);
    if (rows !== null) {
      transaction.appendRows(table, rows);
      return { rowCount: rows.length, rows: null };
    }
  }
  const { context, query: translated } = await query.translate();
  const parameters = bindParameters(
    translated.parameterTypes,
    { ...options, parameters: options.parameters.slice(0, translated.parameterTypes.length) },
    context.outputSettings(),
  );
  if (wantsRows || fill.length > 0) {
    const given = await stageRows(session, context, translated, relation.columns, parameters, options);
    const staged = await numberRows(session, given, relation.columns, fill, options);
    const names = relation.columns.map((column) => column.name);
    const rowCount = await appendStaged(session, transaction, table, staged, names, options);
    return { rowCount, rows: { ...staged.relation, name: relation.name } };
  }
  if (request.valuesCount !== null && request.valuesCount <= INLINED_ROW_COUNT_MAX && transaction.canInline(table)) {
    const sql = wholeSql(translated, parameters);
    const names = relation.columns.map((_, index) => `v${index}`);
    const rows = await session.services.pool.collect(
      [`SELECT ${names.map((name) => `CAST(${quoteName(name)} AS VARCHAR)`).join(', ')} FROM (${sql}) AS inserted(${names.join(', ')})`],
      INLINED_ROW_COUNT_MAX,
      options.signal,
      { timeZone: context.setting('TimeZone'), preludes: await preludesFor(context, sql) },
    );
    transaction.appendRows(table, rows.map(textRow));
    return { rowCount: rows.length, rows: null };
  }
  const written = await writeTableFiles(session, transaction, table, translated, parameters, options);
  if (written.files.length > 0) {
    transaction.appendFiles(table, written.files);
  }
  return { rowCount: written.rowCount, rows: null };
}

/** The table that rows are to go into; 42P01 when there is none of the name. `verb` says what was wanted of it. */
export async function findTarget(
  session: Session,
  request: { readonly schema: string | undefined; readonly name: string },
  verb: 'insert into' | 'copy to' = 'insert into',
): Promise<InsertTarget> {
  const table = await session.lake.findTable(request.schema, request.name);
  if (table !== undefined) {
    const snapshot = await session.lake.snapshot();
    requireAllowed(session, snapshot, table, 'insert into');
    return { table, relation: relationWithoutRows(snapshot, table) };
  }
  const view = await session.lake.findView(request.schema, request.name);
  if (view !== undefined) {
    throw takesNoRows(view, verb);
  }
  throw await missing(session, request, 'relation', verb);
}
