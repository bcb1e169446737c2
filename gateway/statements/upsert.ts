import type { LakeTable } from '../../fs/lake/model.js';
import type { InsertRequest } from '../../planner/parse/read-definitions.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { scanSql } from '../../planner/relation/scan-sql.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ConflictRequest } from '../../planner/translate/dml/conflict-query.js';
import { EXCLUDED, EXCLUDED_ORDER, conflictMerge, unconflictedQuery } from '../../planner/translate/dml/conflict-query.js';
import type { MergeRequest } from '../../planner/translate/dml/merge-query.js';
import { SOURCE_SCHEMA, matchedQuery } from '../../planner/translate/dml/merge-query.js';
import type { TranslatedQuery } from '../../planner/translate/translated.js';
import { quoteName, scalar } from '../../planner/types/data-type.js';
import { OID } from '../../planner/types/postgres-type.js';
import type { StagedRows } from '../lake/staged-rows.js';
import { stageRows } from '../lake/staged-rows.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import { relationOfTable } from '../session/lake-relations.js';
import { changeKindOf } from '../session/temporary-tables.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { bindParameters } from './bind-parameters.js';
import { declaredKeys } from './declared-keys.js';
import type { InsertTarget } from './insert-query.js';
import { InsertQuery } from './insert-query.js';
import type { SequenceColumn } from './insert-sequences.js';
import type { MergeParts } from './merge-rows.js';
import { actionPart, mergeRows } from './merge-rows.js';
import { numberRows } from './number-rows.js';
import { emptyRows, returningQuery, runReturning } from './returning.js';
import type { StatementPart } from './statement-parts.js';
import { partOptions, partTypes, statementPart } from './statement-parts.js';
import { defaultsOf } from './stored-defaults.js';

/** What finds the table as it is now. */
type FindTarget = () => Promise<InsertTarget>;

/**
 * INSERT ... ON CONFLICT. The rows to insert are read first; then they are parted by whether their key is in the table, as
 * MERGE does. Keys are enforced by nobody, so the transaction fails when others changed the table's rows meanwhile.
 */
export async function prepareUpsert(
  session: Session,
  statement: ParsedStatement,
  declaredTypes: readonly number[],
  fill: readonly SequenceColumn[],
  request: InsertRequest,
  conflict: ConflictRequest,
  findTarget: FindTarget,
): Promise<SessionStatement> {
  const target = await findTarget();
  const insert = new InsertQuery(session, statement, request, declaredTypes, fill);
  const insertPart = partOfInsert(insert, target, statement);
  await insertPart.query.translate();
  const parts = upsertParts(session, statement, conflict, target, null, declaredTypes, request.valuesCount !== null);
  const all = [insertPart, ...parts.parts];
  for (const part of parts.parts) {
    await part.query.translate();
  }
  const types = partTypes(all, declaredTypes);
  const { returning, alias } = readReturningOf(statement, request);
  const described = returning === null ? null : returningQuery(session, statement, types, returning, alias, emptyRows(target.relation));
  await described?.translate();
  return {
    text: statement.text,
    parameterTypes: described?.parameterTypes ?? types,
    endsTransaction: false,
    describe: () => (described === null ? Promise.resolve(null) : described.describe()),
    run: async (options): Promise<ExecutionResult> => {
      const now = await findTarget();
      const transaction = await session.lake.writable('INSERT', changeKindOf(now.table));
      const excluded = await stageExcluded(session, partOfInsert(insert, now, statement), now, fill, request.valuesCount !== null, options);
      const running = upsertParts(session, statement, conflict, now, excluded.relation, types, request.valuesCount !== null);
      await requireDistinctKeys(session, conflict, now, running.keys, excluded, options);
      const relation = await relationOfTable(transaction.current, now.table);
      const { rowCount, changed } = await mergeRows(session, transaction, { table: now.table, relation, fill: [] }, running, 'ON CONFLICT DO UPDATE', options);
      const tag = `INSERT 0 ${rowCount}`;
      if (returning === null) {
        return { kind: 'command', tag, notices: [] };
      }
      return runReturning(returningQuery(session, statement, described?.parameterTypes ?? [], returning, alias, changed), options, tag);
    },
  };
}

function readReturningOf(statement: ParsedStatement, request: InsertRequest): { readonly returning: MergeRequest['returning']; readonly alias: string } {
  const insert = statement.node !== null && 'InsertStmt' in statement.node ? statement.node.InsertStmt : undefined;
  return { returning: insert?.returningClause?.exprs ?? null, alias: insert?.relation?.alias?.aliasname ?? request.name };
}

function partOfInsert(insert: InsertQuery, target: InsertTarget, statement: ParsedStatement): StatementPart {
  const node = statement.node !== null && 'InsertStmt' in statement.node ? statement.node.InsertStmt : undefined;
  const withNodes = node?.withClause === undefined ? [] : [{ WithClause: node.withClause }];
  return statementPart(insert.for(target), [node?.selectStmt ?? null, ...withNodes]);
}

/** The rows to insert, numbered where sequences fill columns. */
async function stageExcluded(
  session: Session,
  part: StatementPart,
  target: InsertTarget,
  fill: readonly SequenceColumn[],
  ordered: boolean,
  options: ExecuteOptions,
): Promise<StagedRows> {
  const { context, query } = await part.query.translate();
  const parameters = bindParameters(query.parameterTypes, partOptions(part, options), context.outputSettings());
  const columns = excludedColumns(target.relation, ordered);
  const staged = await stageRows(session, context, ordered ? withOrder(query) : query, columns, parameters, options);
  return numberRows(session, staged, columns, fill, options);
}

function excludedColumns(relation: Relation, ordered: boolean): readonly Column[] {
  return ordered ? [...relation.columns, { name: EXCLUDED_ORDER, type: scalar('BIGINT') }] : relation.columns;
}

function withOrder(query: TranslatedQuery): TranslatedQuery {
  const order = { name: EXCLUDED_ORDER, type: { oid: OID.int8, modifier: -1 } };
  const { constants: _constants, constantRows: _rows, ...rest } = query;
  return {
    ...rest,
    sql: ['SELECT *, row_number() OVER () FROM (', ...query.sql, ') AS rows'],
    ...(query.columns === null ? {} : { columns: [...query.columns, order] }),
  };
}

/** The two queries over the rows to insert; without `excluded` they are there to be described. */
function upsertParts(
  session: Session,
  statement: ParsedStatement,
  conflict: ConflictRequest,
  target: InsertTarget,
  excluded: Relation | null,
  declaredTypes: readonly number[],
  ordered: boolean,
): MergeParts & { readonly keys: readonly (readonly string[])[] } {
  const keys = conflictKeys(conflict, target.table);
  const request = conflictMerge(statement, conflict, keys[0] ?? []);
  const source = excluded ?? emptyRows({ ...target.relation, columns: excludedColumns(target.relation, ordered) });
  const named = { ...source, schema: SOURCE_SCHEMA, name: EXCLUDED };
  const notMatched = actionPart(session, statement, request, named, declaredTypes, [], (table) =>
    unconflictedQuery(request, table, keys, ordered, conflict.action === 'nothing'),
  );
  const matched =
    conflict.action === 'nothing'
      ? null
      : actionPart(session, statement, request, named, declaredTypes, [...conflict.assignments, conflict.where], (table, location) =>
          matchedQuery(request, table, location, defaultsOf(target.table)),
        );
  return { parts: matched === null ? [notMatched] : [matched, notMatched], matched, notMatched, updates: [1], keys };
}

/** The columns of the keys that rows may conflict in: the one that is named, or all of them. */
function conflictKeys(conflict: ConflictRequest, table: LakeTable): readonly (readonly string[])[] {
  const keys = declaredKeys(table).filter(({ kind }) => kind !== 'foreign');
  const { target } = conflict;
  if (target === null) {
    if (conflict.action === 'update') {
      throw new SqlError(SQLSTATE.syntax_error, 'ON CONFLICT DO UPDATE requires inference specification or constraint name', {
        hint: 'For example, ON CONFLICT (column_name).',
      });
    }
    return keys.map(({ columns }) => columns);
  }
  if (target.kind === 'constraint') {
    const named = keys.find(({ name }) => name === target.name);
    if (named === undefined) {
      throw new SqlError(SQLSTATE.undefined_object, `constraint "${target.name}" for table "${table.name}" does not exist`);
    }
    return [named.columns];
  }
  const unknown = target.columns.find((name) => !table.columns.some((column) => column.name === name));
  if (unknown !== undefined) {
    throw new SqlError(SQLSTATE.undefined_column, `column "${unknown}" does not exist`);
  }
  const wanted = new Set(target.columns);
  const found = keys.find(({ columns }) => columns.length === wanted.size && columns.every((name) => wanted.has(name)));
  if (found === undefined) {
    throw new SqlError(SQLSTATE.invalid_column_reference, 'there is no unique or exclusion constraint matching the ON CONFLICT specification');
  }
  return [found.columns];
}

/**
 * Rows of one INSERT with the same key: the second one finds the first one there. DO UPDATE refuses that (21000), DO NOTHING
 * leaves the second out; where several keys are at play which ones are left depends on more than this looks at (0A000).
 */
async function requireDistinctKeys(
  session: Session,
  conflict: ConflictRequest,
  target: InsertTarget,
  keys: readonly (readonly string[])[],
  excluded: StagedRows,
  options: ExecuteOptions,
): Promise<void> {
  if (excluded.rowCount < 2 || (conflict.action === 'nothing' && keys.length < 2)) {
    return;
  }
  for (const key of keys) {
    const columns = key.map((name) => quoteName(name));
    const sql = `SELECT 1 FROM ${scanSql(excluded.relation)} WHERE ${columns.map((column) => `${column} IS NOT NULL`).join(' AND ')} GROUP BY ${columns.join(', ')} HAVING count(*) > 1 LIMIT 1`;
    const twice = await session.services.pool.collect([sql], 1, options.signal);
    if (twice.length > 0 && conflict.action === 'update') {
      throw new SqlError(SQLSTATE.cardinality_violation, 'ON CONFLICT DO UPDATE command cannot affect row a second time', {
        hint: 'Ensure that no rows proposed for insertion within the same command have duplicate constrained values.',
      });
    }
    if (twice.length > 0) {
      throw new SqlError(
        SQLSTATE.feature_not_supported,
        `rows of one INSERT that conflict with each other are not supported where table "${target.table.name}" has several keys`,
        {
          hint: 'Name the key: ON CONFLICT (column_name) DO NOTHING.',
        },
      );
    }
  }
}
