import type { LakeDefault } from '../../fs/lake/model.js';
import { parseStatements } from '../../planner/parse/parser.js';
import type { Node } from '../../planner/parse/syntax-tree.js';
import { scalarText } from '../../planner/parse/syntax-tree.js';
import type { Column } from '../../planner/relation/relation.js';
import { formatPostgresType, postgresTypeOf } from '../../planner/types/postgres-type.js';
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

/** What is stored of a column's default; null for NULL. Throws what its expression would throw, wrong types too. */
export async function storedDefault(session: Session, column: Column, written: WrittenDefault): Promise<LakeDefault | null> {
  const [statement] = parseStatements(defaultQuery(column, written.text));
  if (statement !== undefined) {
    await new QueryStatement(session, statement, []).translate();
  }
  const constant = constantOf(written.node);
  if (constant === null) {
    return null;
  }
  return constant === undefined ? { kind: 'expression', text: written.text, dialect: DEFAULT_DIALECT } : { kind: 'literal', text: constant, dialect: null };
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
