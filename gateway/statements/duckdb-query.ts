import assert from 'node:assert/strict';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { checkRoadText, printRoadTree, readRoadTree, translateRoad } from '../../planner/translate/duckdb-road.js';
import { quoteText } from '../../planner/types/data-type.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { Translator } from './query.js';
import { QueryStatement } from './query.js';

/** Longest text that is given to DuckDB's parser: its tree as JSON takes some hundred times the text. */
const TEXT_LENGTH_MAX = 1_000_000;

/**
 * A query in a syntax that only DuckDB's grammar knows. The binder's process parses it; the tree is checked and its tables
 * are found as in any other statement, and what runs is the text DuckDB prints of the checked tree, itself checked again.
 */
export async function prepareDuckdbQuery(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const query = new QueryStatement(session, statement, declaredTypes, await duckdbTranslator(session, statement));
  await query.translate();
  return query;
}

/** What translates such a query against names. */
export async function duckdbTranslator(session: Pick<Session, 'services'>, statement: ParsedStatement): Promise<Translator> {
  const { binder } = session.services;
  if (statement.text.length > TEXT_LENGTH_MAX) {
    throw (
      statement.syntaxError ?? new SqlError(SQLSTATE.program_limit_exceeded, `a statement of DuckDB's own syntax is longer than ${TEXT_LENGTH_MAX} characters`)
    );
  }
  const [parsed] = await binder.queryText(`SELECT json_serialize_sql(${quoteText(statement.text)})::VARCHAR`);
  const rewritten = readRoadTree(statement, textAt(parsed, 0));
  const [printed] = await binder.queryText(
    `SELECT sql, json_serialize_sql(sql)::VARCHAR FROM (SELECT json_deserialize_sql(${quoteText(printRoadTree(rewritten))}::JSON) AS sql)`,
  );
  const road = checkRoadText(statement, rewritten, textAt(printed, 0), textAt(printed, 1));
  return (_, environment, types) => translateRoad(statement, road, environment, types);
}

function textAt(row: readonly (string | null)[] | undefined, index: number): string {
  const text = row?.[index];
  assert(typeof text === 'string', 'one row of texts');
  return text;
}
