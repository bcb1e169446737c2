import { parseStatements } from '../../planner/parse/parser.js';
import { readDataRows } from '../session/data-rows.js';
import type { ExecuteOptions } from '../session/backend.js';
import type { Session } from '../session/session.js';
import { QueryStatement } from './query.js';

/** Runs a query of the server's own in the session's transaction; its rows as Postgres text. For few rows only. */
export async function queryTexts(session: Session, sql: string, options: ExecuteOptions): Promise<readonly (readonly (string | null)[])[]> {
  const [statement] = parseStatements(sql);
  if (statement === undefined) {
    throw new Error('no query');
  }
  const result = await new QueryStatement(session, statement, []).run({ parameters: [], resultFormats: [], signal: options.signal });
  if (result.kind !== 'rows') {
    return [];
  }
  const rows: (readonly (string | null)[])[] = [];
  try {
    for (let batch = await result.stream.next(); batch !== null; batch = await result.stream.next()) {
      rows.push(...readDataRows(batch.bytes));
    }
  } finally {
    await result.stream.close();
  }
  return rows;
}
