import type { LakeTable } from '../../fs/lake/model.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node, SelectStmt } from '../../planner/parse/syntax-tree.js';
import type { Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { MergeRequest } from '../../planner/translate/dml/merge-query.js';
import { SOURCE_SCHEMA, insertedValues, matchedQuery, nameOfSource, notMatchedQuery, readMerge, sourceRead } from '../../planner/translate/dml/merge-query.js';
import { allOf, selectNode } from '../../planner/translate/dml/syntax-nodes.js';
import { translateInnerQuery } from '../../planner/translate/query.js';
import { stageRows } from '../lake/staged-rows.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import { relationOfTable } from '../session/lake-relations.js';
import { changeKindOf } from '../session/temporary-tables.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { bindParameters } from './bind-parameters.js';
import { describeColumns } from './describe-columns.js';
import type { SequenceColumn } from './insert-sequences.js';
import { nonDefault, sequenceColumns } from './insert-sequences.js';
import type { MergeParts } from './merge-rows.js';
import { actionPart, mergeRows } from './merge-rows.js';
import { QueryStatement } from './query.js';
import { emptyRows, returningQuery, runReturning } from './returning.js';
import type { StatementPart } from './statement-parts.js';
import { partOptions, partTypes, statementPart } from './statement-parts.js';
import { missing, requireAllowed, takesNoRows } from './stored-names.js';
import { defaultsOf } from './stored-defaults.js';

/** MERGE: two queries find what is to be changed and what is new, before anything is changed; a source that is no table is read once, first. */
export async function prepareMerge(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const request = readMerge(statement);
  const { relation, table, fill } = await mergeTarget(session, statement, request);
  const source = await prepareSource(session, statement, request, declaredTypes);
  const read = source === null ? request : { ...request, source: sourceRead(source.name) };
  const emptySource = source === null ? null : source.empty;
  const parts = mergeParts(session, statement, read, emptySource, table, fill, declaredTypes);
  const all = [...(source === null ? [] : [source.part]), ...parts.parts];
  for (const part of all) {
    await part.query.translate();
  }
  const types = partTypes(all, declaredTypes);
  const described = request.returning === null ? null : returningQuery(session, statement, types, request.returning, request.alias, emptyRows(relation));
  await described?.translate();
  return {
    text: statement.text,
    parameterTypes: described?.parameterTypes ?? types,
    endsTransaction: false,
    describe: () => (described === null ? Promise.resolve(null) : described.describe()),
    run: async (options): Promise<ExecutionResult> => {
      const { table: aim } = await mergeTarget(session, statement, request);
      const transaction = await session.lake.writable('MERGE', changeKindOf(aim));
      const target = await mergeTarget(session, statement, request);
      const rows = source === null ? null : await readSource(session, source, options);
      const running = rows === null ? parts : mergeParts(session, statement, read, rows, target.table, target.fill, types);
      const { rowCount, changed } = await mergeRows(session, transaction, target, running, 'MERGE', options);
      const tag = `MERGE ${rowCount}`;
      if (request.returning === null) {
        return { kind: 'command', tag, notices: [] };
      }
      const returning = returningQuery(session, statement, described?.parameterTypes ?? [], request.returning, request.alias, changed);
      return runReturning(returning, options, tag);
    },
  };
}

/** The table with the columns that sequences fill in inserted rows: those that no INSERT clause gives a value. */
async function mergeTarget(
  session: Session,
  statement: ParsedStatement,
  request: MergeRequest,
): Promise<{ readonly relation: Relation; readonly table: LakeTable; readonly fill: readonly SequenceColumn[] }> {
  const snapshot = await session.lake.snapshot();
  const table = await findMergeTarget(session, request);
  const relation = await relationOfTable(snapshot, table);
  const inserts = request.clauses.filter(({ action }) => action === 'insert');
  const fill = sequenceColumns(snapshot, table).filter(({ name, identity }) => {
    const given = inserts.filter((clause) => insertedValues(statement, clause, relation, () => null).has(name));
    const plain = given.filter(({ override }) => override !== 'system');
    if (identity === 'always' && plain.length > 0) {
      throw nonDefault(name, undefined);
    }
    if (given.length > 0 && given.length < inserts.length) {
      throw new SqlError(SQLSTATE.feature_not_supported, `column "${name}" is given a value by some INSERT clauses and by its sequence in others`);
    }
    return given.length === 0 && inserts.length > 0;
  });
  return { relation, table, fill };
}

/** What an action needs to be allowed; DO NOTHING needs nothing. */
const MERGE_VERBS: ReadonlyMap<string, string> = new Map([
  ['insert', 'insert into'],
  ['update', 'update'],
  ['delete', 'delete from'],
]);

async function findMergeTarget(session: Session, request: MergeRequest): Promise<LakeTable> {
  const table = await session.lake.findTable(request.schema, request.name);
  if (table !== undefined) {
    const snapshot = await session.lake.snapshot();
    request.clauses.forEach(({ action }) => {
      const verb = MERGE_VERBS.get(action);
      if (verb !== undefined) {
        requireAllowed(session, snapshot, table, verb);
      }
    });
    return table;
  }
  const view = await session.lake.findView(request.schema, request.name);
  throw view === undefined ? await missing(session, request, 'relation', 'merge into') : takesNoRows(view, 'merge into');
}

/** The two queries; `source`: rows that were read beforehand. */
function mergeParts(
  session: Session,
  statement: ParsedStatement,
  request: MergeRequest,
  source: Relation | null,
  table: LakeTable,
  fill: readonly SequenceColumn[],
  declaredTypes: readonly number[],
): MergeParts {
  const filled = fill.map(({ name }) => name);
  const inserts = request.clauses.some(({ match }) => match === 'not matched');
  const nodes = [
    request.joinCondition,
    ...request.clauses.flatMap(({ condition, targets, values }) => [condition, ...targets, ...(values ?? [])]),
    request.source,
  ];
  const matched = actionPart(session, statement, request, source, declaredTypes, nodes, (relation, location) =>
    matchedQuery(request, relation, location, defaultsOf(table)),
  );
  const notMatched = inserts
    ? actionPart(session, statement, request, source, declaredTypes, nodes, (relation) =>
        notMatchedQuery(statement, request, relation, defaultsOf(table, filled)),
      )
    : null;
  return {
    parts: notMatched === null ? [matched] : [matched, notMatched],
    matched,
    notMatched,
    updates: request.clauses.flatMap(({ action }, index) => (action === 'update' ? [index + 1] : [])),
  };
}

/** A source that has to be read before: anything but a table or view without a WITH. */
interface Source {
  readonly name: string;
  readonly part: StatementPart;
  /** Its columns, and no rows. */
  readonly empty: Relation;
}

async function prepareSource(session: Session, statement: ParsedStatement, request: MergeRequest, declaredTypes: readonly number[]): Promise<Source | null> {
  if ('RangeVar' in request.source && request.withClause === null) {
    return null;
  }
  const name = nameOfSource(request.source);
  if (name === null) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'MERGE with a join as its source is not supported', {
      hint: 'Put the join into a subquery with a name: USING (SELECT ... FROM ... JOIN ...) AS s.',
    });
  }
  const select: SelectStmt = selectNode([allOf()], [request.source], null, request.withClause);
  const query = new QueryStatement(session, statement, declaredTypes, (parsed, environment, types) => translateInnerQuery(parsed, select, environment, types));
  const columns = await describeColumns(query, [], '');
  const node: Node = { SelectStmt: select };
  const empty = emptyRows({
    schema: SOURCE_SCHEMA,
    name,
    columns,
    source: { kind: 'files', format: 'parquet', files: [], partitionColumns: [], readerOptions: {}, unionByName: false },
  });
  return { name, part: statementPart(query, [node]), empty };
}

async function readSource(session: Session, source: Source, options: ExecuteOptions): Promise<Relation> {
  const { context, query } = await source.part.query.translate();
  const parameters = bindParameters(query.parameterTypes, partOptions(source.part, options), context.outputSettings());
  const { relation } = await stageRows(session, context, query, source.empty.columns, parameters, options);
  return { ...relation, schema: SOURCE_SCHEMA, name: source.name };
}
