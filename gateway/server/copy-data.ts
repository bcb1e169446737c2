import type { ResultStream, RowBatch } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { writeCopyData, writeCopyDone, writeCopyInResponse, writeCopyOutResponse } from '../protocol/backend/copy.js';
import { decodeFrontendMessage } from '../protocol/frontend-message.js';
import { FatalSqlError } from '../protocol/protocol-error.js';
import type { ExecutionResult } from '../session/backend.js';
import type { AbortSource } from './abort-source.js';
import { clientGone } from './failure.js';
import { relayRows } from './row-relay.js';
import type { WireSession } from './wire-session.js';

/** COPY TO STDOUT: relays the rows as they come from the executors. Gives the command tag. */
export async function sendCopy(session: WireSession, result: Extract<ExecutionResult, { readonly kind: 'copyOut' }>, abort: AbortSource): Promise<string> {
  const { output } = session;
  try {
    writeCopyOutResponse(output.writer, result.format, result.columnCount);
    const isBinary = result.format === 'binary';
    if (result.header !== null && !isBinary) {
      writeCopyData(output.writer, result.header);
    }
    const first = isBinary && result.header !== null ? await firstWithHeader(result.stream, result.header) : null;
    const { rowCount } = await relayRows(output, { stream: result.stream, leftover: first }, Infinity, abort);
    if (result.trailer !== null) {
      writeCopyData(output.writer, first === null && result.header !== null ? Buffer.concat([result.header, result.trailer]) : result.trailer);
    }
    writeCopyDone(output.writer);
    return result.tag(rowCount);
  } finally {
    await result.stream.close();
  }
}

/** PostgreSQL sends the binary header in one message with what comes first, and clients that read message by message rely on it. */
async function firstWithHeader(stream: ResultStream, header: Buffer): Promise<RowBatch | null> {
  const batch = await stream.next();
  if (batch === null) {
    return null;
  }
  const { bytes } = batch;
  const length = bytes.readInt32BE(1);
  const message = Buffer.concat([bytes.subarray(0, 5), header, bytes.subarray(5)]);
  message.writeInt32BE(length + header.length, 1);
  return { ...batch, bytes: message };
}

/**
 * COPY FROM STDIN: hands on the client's CopyData until it is done or gives up. A message is read only when the one before
 * has been taken, so a slow disk stops the client. A cancel takes effect at the next message, as in PostgreSQL.
 */
export async function receiveCopy(session: WireSession, result: Extract<ExecutionResult, { readonly kind: 'copyIn' }>, abort: AbortSource): Promise<string> {
  const { receiver } = result;
  try {
    writeCopyInResponse(session.output.writer, result.format, result.columnCount);
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
        case 'query':
        case 'parse':
        case 'bind':
        case 'describe':
        case 'execute':
        case 'close':
        case 'functionCall':
        case 'terminate':
          throw unexpected(frame.type);
      }
    }
  } finally {
    await receiver.discard();
  }
}

/** After anything else than COPY's own messages it is not known what the client means by those that follow. */
function unexpected(type: number): FatalSqlError {
  return new FatalSqlError(SQLSTATE.protocol_violation, `unexpected message type 0x${type.toString(16).toUpperCase().padStart(2, '0')} during COPY from stdin`);
}

function failText(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString('utf8', 0, end < 0 ? body.length : end);
}
