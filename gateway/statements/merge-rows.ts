import type { LakeTransaction } from '../../fs/lake/lake.js';
import type { LakeTable } from '../../fs/lake/model.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import { scanSql } from '../../planner/relation/scan-sql.js';
import type { Column, Relation } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { TARGET_SCHEMA } from '../../planner/translate/dml/change-query.js';
import type { ActionQuery } from '../../planner/translate/dml/merge-query.js';
import { SOURCE_SCHEMA } from '../../planner/translate/dml/merge-query.js';
import { translateAssigned } from '../../planner/translate/query.js';
import { quoteName, scalar } from '../../planner/types/data-type.js';
import { OID, postgresTypeOf } from '../../planner/types/postgres-type.js';
import { appendStaged, applyDeletes } from '../lake/apply-changes.js';
import { ROW_FILE_COLUMN, ROW_POSITION_COLUMN } from '../lake/lake-relation.js';
import type { StagedRows } from '../lake/staged-rows.js';
import { stageRows, stagedRelation } from '../lake/staged-rows.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import { bindParameters } from './bind-parameters.js';
import type { SequenceColumn } from './insert-sequences.js';
import { ACTION_COLUMN, asActionRows } from './not-null.js';
import { numberRows } from './number-rows.js';
import { QueryStatement } from './query.js';
import type { StatementPart } from './statement-parts.js';
import { partOptions, statementPart } from './statement-parts.js';
import { locatedTarget, withTarget } from './target-environment.js';

const LOCATION = [ROW_FILE_COLUMN, ROW_POSITION_COLUMN] as const;

const LEADING_COLUMNS: readonly Column[] = [
  { name: ROW_FILE_COLUMN, type: scalar('VARCHAR') },
  { name: ROW_POSITION_COLUMN, type: scalar('BIGINT') },
  { name: ACTION_COLUMN, type: scalar('INTEGER') },
];

/** The queries of a MERGE. */
export interface MergeParts {
  readonly parts: readonly StatementPart[];
  readonly matched: StatementPart | null;
  readonly notMatched: StatementPart | null;
  /** Actions of matched rows that put a new row in the place of the old one; the others only take it away. */
  readonly updates: readonly number[];
}

/** One query of a MERGE as a part of its statement: `build` makes it of the table, which it finds with its rows' places. */
export function actionPart(
  session: Session,
  statement: ParsedStatement,
  target: { readonly schema: string | undefined; readonly name: string },
  source: Relation | null,
  declaredTypes: readonly number[],
  nodes: readonly (Node | null)[],
  build: (relation: Relation, location: readonly [string, string]) => ActionQuery,
): StatementPart {
  const query = new QueryStatement(session, statement, declaredTypes, (parsed, environment, types) => {
    const relation = environment.findRelation(target.schema, target.name);
    if (relation === undefined || relation.source.kind !== 'files' || relation.source.fields === undefined) {
      throw new SqlError(SQLSTATE.undefined_table, `relation "${target.name}" does not exist`);
    }
    const { select, setActions } = build(relation, LOCATION);
    const located = withTarget(environment, TARGET_SCHEMA, locatedTarget(relation));
    const seen = source === null ? located : withTarget(located, SOURCE_SCHEMA, source);
    const columnTypes = relation.columns.map((column) => column.postgres ?? postgresTypeOf(column.type));
    const leading = [TEXT, BIGINT, INTEGER];
    const translated = translateAssigned(parsed, select, [...leading, ...setActions.flatMap(() => columnTypes)], seen, types);
    const named = LEADING_COLUMNS.map(({ name }, index) => ({ name, type: leading[index] ?? TEXT }));
    return asActionRows(translated, relation, named, setActions);
  });
  return statementPart(query, nodes);
}

const TEXT = { oid: OID.text, modifier: -1 };
const BIGINT = { oid: OID.int8, modifier: -1 };
const INTEGER = { oid: OID.int4, modifier: -1 };

/** What a MERGE did. */
export interface MergedRows {
  readonly rowCount: number;
  /** The rows it changed, for RETURNING: new ones, and old ones of those that were deleted. */
  readonly changed: Relation;
}

/** Runs the queries, then changes the table by their rows. 21000 when a row would be changed twice. */
export async function mergeRows(
  session: Session,
  transaction: LakeTransaction,
  target: { readonly table: LakeTable; readonly relation: Relation; readonly fill: readonly SequenceColumn[] },
  { matched, notMatched, updates }: MergeParts,
  command: 'MERGE' | 'ON CONFLICT DO UPDATE',
  options: ExecuteOptions,
): Promise<MergedRows> {
  const { relation, fill } = target;
  const columns = [...LEADING_COLUMNS, ...relation.columns];
  const old = matched === null ? null : await stagePart(session, matched, columns, options);
  const fresh = notMatched === null ? null : await numberRows(session, await stagePart(session, notMatched, columns, options), columns, fill, options);
  if (old !== null) {
    await requireOnce(session, old, command, options);
  }
  const names = relation.columns.map(({ name }) => name);
  const current = (): LakeTable => transaction.current.findTable(target.table.schema, target.table.name) ?? target.table;
  if (fresh !== null) {
    transaction.requireRowsUnchanged(target.table);
  }
  if (old !== null) {
    await applyDeletes(session, transaction, target.table, old, options);
    if (updates.length > 0) {
      await appendStaged(session, transaction, current(), old, names, options, `${quoteName(ACTION_COLUMN)} IN (${updates.join(', ')})`);
    }
  }
  if (fresh !== null) {
    await appendStaged(session, transaction, current(), fresh, names, options);
  }
  const files = [old, fresh].flatMap((staged) => (staged?.relation.source.kind === 'files' ? staged.relation.source.files : []));
  return {
    rowCount: (old?.rowCount ?? 0) + (fresh?.rowCount ?? 0),
    changed: { ...stagedRelation(relation.name, columns, files), columns: relation.columns },
  };
}

async function stagePart(session: Session, part: StatementPart, columns: readonly Column[], options: ExecuteOptions): Promise<StagedRows> {
  const { context, query } = await part.query.translate();
  const parameters = bindParameters(query.parameterTypes, partOptions(part, options), context.outputSettings());
  return stageRows(session, context, query, columns, parameters, options);
}

async function requireOnce(session: Session, staged: StagedRows, command: string, options: ExecuteOptions): Promise<void> {
  if (staged.rowCount < 2) {
    return;
  }
  const place = LOCATION.map(quoteName).join(', ');
  const twice = await session.services.pool.collect(
    [`SELECT 1 FROM ${scanSql(staged.relation)} GROUP BY ${place} HAVING count(*) > 1 LIMIT 1`],
    1,
    options.signal,
  );
  if (twice.length > 0) {
    throw new SqlError(SQLSTATE.cardinality_violation, `${command} command cannot affect row a second time`, {
      hint:
        command === 'MERGE'
          ? 'Ensure that not more than one source row matches any one target row.'
          : 'Ensure that no rows proposed for insertion within the same command have duplicate constrained values.',
    });
  }
}
