import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { writeCommandComplete, writeEmptyQueryResponse, writePortalSuspended } from '../protocol/backend/completion.js';
import type { ExecuteMessage } from '../protocol/frontend/execute.js';
import type { ExecutionResult, PreparedStatement } from '../session/backend.js';
import type { Portal, RowsResult } from './portal.js';
import { AbortSource } from './abort-source.js';
import { receiveCopy, sendCopy } from './copy-data.js';
import { relayRows, type RowSource } from './row-relay.js';
import type { WireSession } from './wire-session.js';

/** Execute: runs a portal or goes on with it, up to the row limit. */
export async function handleExecute(session: WireSession, message: ExecuteMessage): Promise<void> {
  const portal = session.portals.get(message.portal);
  const { statement } = portal.parsed;
  if (statement === null) {
    writeEmptyQueryResponse(session.output.writer);
    return;
  }
  session.assertRunnable(statement);
  const rowCountMax = message.rowCountMax === 0 ? Infinity : message.rowCountMax;
  switch (portal.state.kind) {
    case 'bound':
      await start(session, portal, statement, rowCountMax);
      return;
    case 'suspended': {
      const { abort, result, source } = portal.state;
      await session.runAbortably(abort, () => sendRows(session, portal, result, source, abort, rowCountMax));
      return;
    }
    case 'exhausted':
      writeCommandComplete(session.output.writer, portal.state.result.tag(0));
      return;
    case 'done':
    case 'failed':
      throw new SqlError(SQLSTATE.object_not_in_prerequisite_state, `portal "${portal.name}" cannot be run`);
  }
}

async function start(session: WireSession, portal: Portal, statement: PreparedStatement, rowCountMax: number): Promise<void> {
  const { backend, output } = session;
  const statusBefore = backend.transactionStatus;
  const abort = new AbortSource();
  portal.state = { kind: 'failed' };
  await session.runAbortably(abort, async () => {
    const result = await backend.execute(statement, abort.executeOptions(portal.parameters, portal.resultFormats));
    for (const notice of result.notices) {
      session.sendNotice(notice);
    }
    if (result.kind === 'rows') {
      const source: RowSource = { stream: result.stream, leftover: null };
      await sendRows(session, portal, result, source, abort, rowCountMax);
    } else {
      const tag = await completeWithoutRows(session, result, abort);
      portal.state = { kind: 'done' };
      writeCommandComplete(output.writer, tag);
    }
  });
  await session.dropPortalsAfterTransaction(statusBefore);
}

async function completeWithoutRows(session: WireSession, result: Exclude<ExecutionResult, { readonly kind: 'rows' }>, abort: AbortSource): Promise<string> {
  switch (result.kind) {
    case 'command':
      return result.tag;
    case 'copyOut':
      return await sendCopy(session, result, abort);
    case 'copyIn':
      return await receiveCopy(session, result, abort);
  }
}

async function sendRows(session: WireSession, portal: Portal, result: RowsResult, source: RowSource, abort: AbortSource, rowCountMax: number): Promise<void> {
  portal.state = { kind: 'failed' };
  let suspended = false;
  try {
    const { rowCount, ended } = await relayRows(session.output, source, rowCountMax, abort);
    if (ended) {
      portal.state = { kind: 'exhausted', result };
      writeCommandComplete(session.output.writer, result.tag(rowCount));
    } else {
      suspended = true;
      portal.state = { kind: 'suspended', result, source, abort };
      writePortalSuspended(session.output.writer);
    }
  } finally {
    if (!suspended) {
      await source.stream.close();
    }
  }
}
