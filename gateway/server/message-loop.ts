import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { writeErrorResponse } from '../protocol/backend/report.js';
import { decodeFrontendMessage, type FrontendMessage } from '../protocol/frontend-message.js';
import type { Frame } from '../protocol/frame-reader.js';
import { FRONTEND_TYPE, isExtendedMessage } from '../protocol/frontend-type.js';
import { FatalSqlError } from '../protocol/protocol-error.js';
import type { ClientInput } from './client-input.js';
import { handleExecute } from './execute-portal.js';
import { handleBind, handleClose, handleDescribe, handleParse } from './extended-query.js';
import { reportableError } from './failure.js';
import { runSimpleQuery } from './simple-query.js';
import type { WireSession } from './wire-session.js';

/**
 * Serves a session's messages strictly in order until the client leaves. Errors end a message, not the loop; only a
 * FatalSqlError comes out of it.
 */
export async function serveMessages(session: WireSession, input: ClientInput): Promise<void> {
  // A client is idle after ReadyForQuery, not in the middle of its messages.
  let isReady = true;
  for (;;) {
    const frame = await nextFrame(session, input, isReady);
    if (frame === null || frame.type === FRONTEND_TYPE.terminate) {
      return;
    }
    isReady = frame.type === FRONTEND_TYPE.query || frame.type === FRONTEND_TYPE.sync;
    if (session.skipsUntilSync && frame.type !== FRONTEND_TYPE.sync) {
      continue;
    }
    try {
      await handleMessage(session, decodeFrontendMessage(frame));
    } catch (error) {
      await failMessage(session, frame.type, error);
    }
  }
}

/** The next message; an idle client is waited for as long as its session allows, then the reader fails. */
async function nextFrame(session: WireSession, input: ClientInput, isReady: boolean): Promise<Frame | null> {
  const next = input.next();
  const limit = isReady && next instanceof Promise ? (session.backend.idleLimit?.() ?? null) : null;
  if (limit === null) {
    return await next;
  }
  const timer = setTimeout(() => {
    input.interrupt(new FatalSqlError(limit.sqlstate, limit.message), 'when idle');
  }, limit.milliseconds);
  try {
    return await next;
  } finally {
    clearTimeout(timer);
  }
}

async function handleMessage(session: WireSession, message: FrontendMessage): Promise<void> {
  switch (message.kind) {
    case 'query':
      await runSimpleQuery(session, message.text);
      return await finishRound(session);
    case 'parse':
      return await handleParse(session, message);
    case 'bind':
      return await handleBind(session, message);
    case 'describe':
      return await handleDescribe(session, message);
    case 'execute':
      return await handleExecute(session, message);
    case 'close':
      return await handleClose(session, message);
    case 'flush':
      return session.output.flush();
    case 'sync':
      session.skipsUntilSync = false;
      await session.backend.endImplicitTransaction(session.hasFailed);
      return await finishRound(session);
    case 'functionCall':
      throw new SqlError(SQLSTATE.feature_not_supported, 'function calls through the protocol are not supported', { hint: 'Call the function by SELECT.' });
    case 'copyData':
    case 'copyDone':
    case 'copyFail':
      // Left over from a COPY that failed on the server while the client was still sending.
      return;
    case 'terminate':
      return;
  }
}

/** The implicit transaction is over: its portals go, the client may send the next round. */
async function finishRound(session: WireSession): Promise<void> {
  session.hasFailed = false;
  if (session.backend.transactionStatus === 'I') {
    await session.portals.dropAll();
  }
  session.sendReadyForQuery();
}

async function failMessage(session: WireSession, type: number, thrown: unknown): Promise<void> {
  const { backend, output, processId, log } = session;
  const error = reportableError(thrown, processId, log);
  if (error instanceof FatalSqlError) {
    throw error;
  }
  const wasInBlock = backend.transactionStatus !== 'I';
  output.writer.discardMessage();
  writeErrorResponse(output.writer, 'ERROR', error);
  session.hasFailed = true;
  backend.statementFailed();
  try {
    await (wasInBlock ? session.portals.failAll() : session.portals.dropAll());
    if (isExtendedMessage(type)) {
      session.skipsUntilSync = true;
      // Unlike CommandComplete, an error must not wait for Sync: the client may wait for it before it sends one.
      output.flush();
      return;
    }
    await backend.endImplicitTransaction(true);
  } catch (secondError) {
    reportableError(secondError, processId, log);
  }
  await finishRound(session);
}
