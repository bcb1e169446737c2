import { writeCommandComplete, writeEmptyQueryResponse } from '../protocol/backend/completion.js';
import { writeRowDescription } from '../protocol/backend/row-description.js';
import type { ExecutionResult, PreparedStatement } from '../session/backend.js';
import { AbortSource } from './abort-source.js';
import { receiveCopy, sendCopy } from './copy-data.js';
import { relayRows } from './row-relay.js';
import type { WireSession } from './wire-session.js';

/**
 * A simple query: its statements one after another, as one implicit transaction. The transaction ends before the last
 * CommandComplete, so that no client is told of success before it is certain.
 */
export async function runSimpleQuery(session: WireSession, text: string): Promise<void> {
  session.statements.delete('');
  await session.portals.drop('');
  const statements = await session.prepareAbortably(() => session.backend.parseSimple(text));
  const last = statements.at(-1);
  if (last === undefined) {
    await session.backend.endImplicitTransaction(false);
    writeEmptyQueryResponse(session.output.writer);
  }
  for (const statement of statements) {
    await runStatement(session, statement, statement === last);
  }
}

async function runStatement(session: WireSession, statement: PreparedStatement, isLast: boolean): Promise<void> {
  const { backend, output } = session;
  session.assertRunnable(statement);
  const abort = new AbortSource();
  const statusBefore = backend.transactionStatus;
  const tag = await session.runAbortably(abort, async () => {
    const result = await backend.execute(statement, abort.executeOptions([], []));
    for (const notice of result.notices) {
      session.sendNotice(notice);
    }
    return await sendResult(session, result, abort);
  });
  await session.dropPortalsAfterTransaction(statusBefore);
  if (isLast) {
    await backend.endImplicitTransaction(false);
  }
  writeCommandComplete(output.writer, tag);
}

async function sendResult(session: WireSession, result: ExecutionResult, abort: AbortSource): Promise<string> {
  switch (result.kind) {
    case 'command':
      return result.tag;
    case 'copyOut':
      return await sendCopy(session, result, abort);
    case 'copyIn':
      return await receiveCopy(session, result, abort);
    case 'rows': {
      try {
        writeRowDescription(session.output.writer, result.columns);
        const source = { stream: result.stream, leftover: null };
        const { rowCount } = await relayRows(session.output, source, Infinity, abort);
        return result.tag(rowCount);
      } finally {
        await result.stream.close();
      }
    }
  }
}
