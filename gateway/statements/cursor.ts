import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ResultColumn, ResultStream, RowBatch } from '../../executor/engine.js';
import { readClose, readDeclare, readFetch } from '../../planner/parse/read-cursors.js';
import type { FetchRequest } from '../../planner/parse/read-cursors.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Cursor } from '../cursors/cursor.js';
import { Cursor as SqlCursor } from '../cursors/cursor.js';
import { RowSpool } from '../cursors/row-spool.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import type { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import { command } from './command.js';

/** DECLARE name [BINARY] [[NO] SCROLL] CURSOR [WITH HOLD] FOR query. */
export async function prepareDeclare(session: Session, statement: ParsedStatement, declaredTypes: readonly number[]): Promise<SessionStatement> {
  const request = readDeclare(statement);
  if (request.inner.kind !== 'select') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'DECLARE CURSOR is supported for queries only');
  }
  const query = await session.prepareStatement(session, request.inner, declaredTypes);
  return command(
    statement,
    async (options) => {
      if (session.transactionStatus === 'I' && !request.hold) {
        throw new SqlError(SQLSTATE.no_active_sql_transaction, 'DECLARE CURSOR can only be used in transaction blocks');
      }
      session.cursors.assertFree(request.name);
      const keeps = request.scroll === true || request.hold;
      const cursor = new SqlCursor({
        name: request.name,
        hold: request.hold,
        binary: request.binary,
        scrolls: request.scroll === true,
        text: statement.text,
        describe: () => query.describe(),
        start: (formats, signal) => start(query, { parameters: options.parameters, resultFormats: formats, signal }),
        makeSpool: keeps ? () => RowSpool.create(join(session.services.temporaryDirectory, `cursor-${randomUUID()}`)) : null,
      });
      try {
        await (request.hold ? cursor.materialize(options.signal) : cursor.open([], options.signal));
      } catch (error) {
        await cursor.close();
        throw error;
      }
      session.cursors.add(cursor);
      return { tag: 'DECLARE CURSOR' };
    },
    query.parameterTypes,
  );
}

async function start(query: SessionStatement, options: ExecuteOptions): Promise<Extract<ExecutionResult, { readonly kind: 'rows' }>> {
  const result = await query.run(options);
  if (result.kind !== 'rows') {
    throw new SqlError(SQLSTATE.feature_not_supported, 'DECLARE CURSOR is supported for queries only');
  }
  return result;
}

/** FETCH and MOVE. */
export function prepareFetch(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const request = readFetch(statement);
  session.cursors.require(request.name);
  if (request.move) {
    return Promise.resolve(command(statement, async (options) => ({ tag: `MOVE ${await move(session, request, options)}` })));
  }
  return Promise.resolve({
    text: statement.text,
    parameterTypes: [],
    endsTransaction: false,
    describe: () => session.cursors.require(request.name).describe(),
    run: async (options): Promise<ExecutionResult> => {
      const cursor = session.cursors.require(request.name);
      const columns = await cursor.open(options.resultFormats, options.signal);
      return {
        kind: 'rows',
        columns,
        stream: new FetchedRows(columns, cursor.fetch(request, options.signal)),
        tag: (rowCount) => `FETCH ${rowCount}`,
        notices: [],
      };
    },
  });
}

async function move(session: Session, request: FetchRequest, options: ExecuteOptions): Promise<number> {
  const cursor: Cursor = session.cursors.require(request.name);
  let rowCount = 0;
  for await (const batch of cursor.fetch(request, options.signal)) {
    rowCount += batch.rowCount;
  }
  return rowCount;
}

/** One fetch as a result; the cursor itself stays open. */
class FetchedRows implements ResultStream {
  readonly columns: readonly ResultColumn[];
  readonly #rows: AsyncGenerator<RowBatch>;

  constructor(columns: readonly ResultColumn[], rows: AsyncGenerator<RowBatch>) {
    this.columns = columns;
    this.#rows = rows;
  }

  async next(): Promise<RowBatch | null> {
    const { value, done } = await this.#rows.next();
    return done === true ? null : value;
  }

  async close(): Promise<void> {
    await this.#rows.return(undefined);
  }
}

/** CLOSE name, CLOSE ALL. */
export function prepareClose(session: Session, statement: ParsedStatement): Promise<SessionStatement> {
  const name = readClose(statement);
  return Promise.resolve(
    command(statement, async () => {
      if (name === null) {
        await session.cursors.closeAll();
        return { tag: 'CLOSE CURSOR ALL' };
      }
      await session.cursors.close(name);
      return { tag: 'CLOSE CURSOR' };
    }),
  );
}
