import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { writeCopyData, writeCopyDone, writeCopyInResponse, writeCopyOutResponse } from '../protocol/backend/copy.js';
import { decodeFrontendMessage } from '../protocol/frontend-message.js';
import { FatalSqlError } from '../protocol/protocol-error.js';
import type { ExecutionResult } from '../session/backend.js';
import { readDataRows } from '../session/data-rows.js';
import type { AbortSource } from './abort-source.js';
import { clientGone } from './failure.js';
import type { WireSession } from './wire-session.js';

/** Lines are collected up to here before they are written to the socket. */
const COLLECTED_LENGTH_MAX = 32 * 1024;

/** COPY TO STDOUT: sends the rows as CopyData, asking for more only while the socket takes more. Gives the command tag. */
export async function sendCopy(session: WireSession, result: Extract<ExecutionResult, { readonly kind: 'copyOut' }>, abort: AbortSource): Promise<string> {
  const { output } = session;
  const { writer } = output;
  let rowCount = 0;
  try {
    writeCopyOutResponse(writer, result.columnCount);
    if (result.header !== null) {
      writeCopyData(writer, result.header);
    }
    for (;;) {
      while (output.isFull && abort.reason === null) {
        await output.waitUntilDrained();
      }
      abort.throwIfAborted();
      const batch = await result.stream.next();
      if (batch === null) {
        break;
      }
      for (const values of readDataRows(batch.bytes)) {
        writeCopyData(writer, Buffer.from(result.line(values)));
      }
      rowCount += batch.rowCount;
      if (writer.length >= COLLECTED_LENGTH_MAX) {
        output.flush();
      }
    }
    writeCopyDone(writer);
    return result.tag(rowCount);
  } finally {
    await result.stream.close();
  }
}

/**
 * COPY FROM STDIN: hands on the client's CopyData until it is done or gives up. A message is read only when the one before
 * has been taken, so a slow disk stops the client. A cancel takes effect at the next message, as in Postgres.
 */
export async function receiveCopy(session: WireSession, result: Extract<ExecutionResult, { readonly kind: 'copyIn' }>, abort: AbortSource): Promise<string> {
  const { receiver } = result;
  try {
    writeCopyInResponse(session.output.writer, result.columnCount);
    session.output.flush();
    for (;;) {
      const frame = await session.input.next();
      if (frame === null) {
        throw clientGone();
      }
      abort.throwIfAborted();
      const message = decodeFrontendMessage(frame);
      switch (message.kind) {
        case 'copyData':
          await receiver.receive(message.data);
          break;
        case 'copyDone':
          return await receiver.finish();
        case 'copyFail':
          throw new SqlError(SQLSTATE.query_canceled, `COPY from stdin failed: ${failText(message.body)}`);
        case 'flush':
        case 'sync':
          // Sent by clients that do not know which command they run.
          break;
        case 'terminate':
          throw new FatalSqlError(SQLSTATE.connection_failure, 'unexpected EOF on client connection with an open transaction');
        case 'query':
        case 'parse':
        case 'bind':
        case 'describe':
        case 'execute':
        case 'close':
        case 'functionCall':
          throw new SqlError(SQLSTATE.protocol_violation, `unexpected message type 0x${frame.type.toString(16).toUpperCase()} during COPY from stdin`);
      }
    }
  } finally {
    await receiver.discard();
  }
}

function failText(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString('utf8', 0, end < 0 ? body.length : end);
}
