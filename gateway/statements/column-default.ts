import type { NewLakeColumn } from '../../fs/lake/lake.js';
import type { LakeDefault } from '../../fs/lake/model.js';
import { parseStatements } from '../../planner/parse/parser.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import { scalarText, stringValues } from '../../planner/parse/syntax-tree.js';
import { constantArgument, hasNoSequenceCall } from '../../planner/parse/sequence-calls.js';
import type { Column } from '../../planner/relation/relation.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { formatPostgresType, postgresTypeOf } from '../../planner/types/postgres-type.js';
import { COLUMN_SEQUENCE_TAG, sequenceDefault } from '../sequences/column-sequence.js';
import { findSequence } from '../sequences/find-sequence.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import { QueryStatement } from './query.js';
import { queryTexts } from './query-texts.js';

/** `default_value_dialect` of expressions: PostgreSQL's SQL as Sluice reads it. */
export const DEFAULT_DIALECT = 'sluice';

/** A default as it was written. */
export interface WrittenDefault {
  readonly text: string;
  readonly node: Node;
}

/** What is stored of a column's default. */
export interface StoredDefault {
  /** Null for NULL. */
  readonly value: LakeDefault | null;
  /** Identity of the sequence whose next value it is. */
  readonly sequenceId: string | null;
}

/** What is stored of a column's default. Throws what its expression would throw, wrong types too. */
export async function storedDefault(session: Session, column: Column, written: WrittenDefault): Promise<StoredDefault> {
  if (!hasNoSequenceCall(written.text)) {
    return sequenceDefaultOf(session, written);
  }
  const [statement] = parseStatements(defaultQuery(column, written.text));
  if (statement !== undefined) {
    await new QueryStatement(session, statement, []).translate();
  }
  const constant = constantOf(written.node);
  const value: LakeDefault | null =
    constant === null
      ? null
      : constant === undefined
        ? { kind: 'expression', text: written.text, dialect: DEFAULT_DIALECT }
        : { kind: 'literal', text: constant, dialect: null };
  return { value, sequenceId: null };
}

/** `nextval('sequence')`: kept by the sequence's identity, so that it follows a rename. 0A000 inside of something else. */
async function sequenceDefaultOf(session: Session, written: WrittenDefault): Promise<StoredDefault> {
  const call = 'TypeCast' in written.node ? written.node.TypeCast.arg : written.node;
  const isCall = call !== undefined && 'FuncCall' in call && stringValues(call.FuncCall.funcname).at(-1) === 'nextval';
  const name = isCall ? constantArgument(call.FuncCall.args?.[0]) : undefined;
  if (name === undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, 'a default with a sequence is nextval of a constant name and nothing else');
  }
  const { view } = await findSequence(session, name);
  return { value: sequenceDefault(await session.lake.snapshot(), view), sequenceId: view.uuid };
}

/** A column to be with its default, in the form the lake takes it. */
export function withStoredDefault(column: NewLakeColumn, { value, sequenceId }: StoredDefault): NewLakeColumn {
  return { ...column, defaultValue: value, ...(sequenceId === null ? {} : { tags: new Map([...(column.tags ?? []), [COLUMN_SEQUENCE_TAG, sequenceId]]) }) };
}

/** The value a default has now, as text: for the rows that are there when its column is added. */
export async function defaultValueNow(session: Session, column: Column, written: WrittenDefault, options: ExecuteOptions): Promise<string | null> {
  const [row] = await queryTexts(session, defaultQuery(column, written.text), options);
  return row?.[0] ?? null;
}

function defaultQuery(column: Column, text: string): string {
  return `SELECT CAST((${text}) AS ${formatPostgresType(column.postgres ?? postgresTypeOf(column.type))})`;
}

/** A constant's text, null for NULL, undefined for what is no plain constant. */
function constantOf(node: Node): string | null | undefined {
  if (!('A_Const' in node)) {
    return undefined;
  }
  return node.A_Const.isnull === true ? null : scalarText(node);
}
