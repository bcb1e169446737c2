import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { postgresTypeByOid } from '../../planner/types/postgres-type.js';
import { failureOf } from '../activity/active-run.js';
import type { ExecutionResult, PreparedStatement } from '../session/backend.js';
import { readDataRows } from '../session/data-rows.js';
import type { Session } from '../session/session.js';
import type { SqlEvent } from './api-types.js';

/** Rows and bytes of one statement that are given; the rest is not read. */
const ROW_COUNT_MAX = 10_000;
const BYTE_COUNT_MAX = 16 << 20;

/** Runs statements one after another as one implicit transaction, and says what comes of them. Errors are said, too. */
export async function runSql(session: Session, sql: string, say: (event: SqlEvent) => Promise<void>, signal: AbortSignal): Promise<void> {
  const started: Promise<void>[] = [];
  session.queries.onStart = (id) => {
    started.push(say({ kind: 'query', id }));
  };
  const canceled = new AbortController();
  session.onCancel = () => canceled.abort(new SqlError(SQLSTATE.query_canceled, 'canceling statement due to user request'));
  try {
    for (const statement of await session.parseSimple(sql)) {
      await runStatement(session, statement, say, AbortSignal.any([signal, canceled.signal]));
    }
    await session.endImplicitTransaction(false);
  } catch (error) {
    session.statementFailed();
    await session.endImplicitTransaction(true);
    if (!(error instanceof SqlError)) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      session.services.log('error', { error: text }, 'internal error in a session over HTTP');
    }
    await say({ kind: 'error', error: failureOf(canceled.signal.aborted ? canceled.signal.reason : error) });
  }
  await Promise.all(started);
}

async function runStatement(session: Session, statement: PreparedStatement, say: (event: SqlEvent) => Promise<void>, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  const result = await session.execute(statement, { parameters: [], resultFormats: [], signal });
  for (const { severity, message } of result.notices) {
    await say({ kind: 'notice', severity, message });
  }
  const { tag, cut } = await sendRows(result, say);
  await say({ kind: 'end', tag, cut, elapsedMs: Math.round((performance.now() - startedMs) * 10) / 10 });
}

async function sendRows(result: ExecutionResult, say: (event: SqlEvent) => Promise<void>): Promise<{ readonly tag: string; readonly cut: boolean }> {
  switch (result.kind) {
    case 'command':
      return { tag: result.tag, cut: false };
    case 'copyIn':
      await result.receiver.discard();
      throw new SqlError(SQLSTATE.feature_not_supported, 'COPY FROM STDIN is not supported over HTTP');
    case 'copyOut':
      await result.stream.close();
      throw new SqlError(SQLSTATE.feature_not_supported, 'COPY TO STDOUT is not supported over HTTP');
    case 'rows': {
      const { stream, columns } = result;
      let rowCount = 0;
      let byteCount = 0;
      let cut = false;
      try {
        await say({ kind: 'columns', columns: columns.map(({ name, type }) => ({ name, ...typeWords(type.oid) })) });
        for (let batch = await stream.next(); batch !== null && !cut; batch = await stream.next()) {
          const rows = readDataRows(batch.bytes).slice(0, ROW_COUNT_MAX - rowCount);
          cut = rows.length < batch.rowCount;
          rowCount += rows.length;
          byteCount += batch.bytes.length;
          cut ||= byteCount > BYTE_COUNT_MAX;
          await say({ kind: 'rows', rows });
        }
      } finally {
        await stream.close();
      }
      return { tag: result.tag(rowCount), cut };
    }
  }
}

function typeWords(oid: number): { readonly type: string; readonly isNumber: boolean } {
  const type = postgresTypeByOid(oid);
  return { type: type?.name ?? 'unknown', isNumber: type?.category === 'N' };
}
