import { SQLSTATE } from '../../planner/sqlstate.js';
import { BodyReader } from './body-reader.js';
import { decodeBind, type BindMessage } from './frontend/bind.js';
import { decodeFlush, decodeSync, type FlushMessage, type SyncMessage, type TerminateMessage } from './frontend/control.js';
import type { CopyDataMessage, CopyDoneMessage, CopyFailMessage } from './frontend/copy.js';
import { decodeClose, decodeDescribe, type CloseMessage, type DescribeMessage } from './frontend/describe.js';
import { decodeExecute, type ExecuteMessage } from './frontend/execute.js';
import type { FunctionCallMessage } from './frontend/function-call.js';
import { decodeParse, type ParseMessage } from './frontend/parse.js';
import { decodeQuery, type QueryMessage } from './frontend/query.js';
import type { Frame } from './frame-reader.js';
import { FRONTEND_TYPE } from './frontend-type.js';
import { FatalSqlError } from './protocol-error.js';

/** Every message a client may send after start-up. */
export type FrontendMessage =
  | QueryMessage
  | ParseMessage
  | BindMessage
  | DescribeMessage
  | ExecuteMessage
  | CloseMessage
  | FlushMessage
  | SyncMessage
  | FunctionCallMessage
  | CopyDataMessage
  | CopyDoneMessage
  | CopyFailMessage
  | TerminateMessage;

/** Decodes a message. Garbage throws SqlError (08P01, 22021, 22023) and nothing else. */
export function decodeFrontendMessage(frame: Frame): FrontendMessage {
  const body = new BodyReader(frame.body);
  switch (frame.type) {
    case FRONTEND_TYPE.query:
      return decodeQuery(body);
    case FRONTEND_TYPE.parse:
      return decodeParse(body);
    case FRONTEND_TYPE.bind:
      return decodeBind(body);
    case FRONTEND_TYPE.describe:
      return decodeDescribe(body);
    case FRONTEND_TYPE.execute:
      return decodeExecute(body);
    case FRONTEND_TYPE.close:
      return decodeClose(body);
    case FRONTEND_TYPE.flush:
      return decodeFlush(body);
    case FRONTEND_TYPE.sync:
      return decodeSync(body);
    case FRONTEND_TYPE.functionCall:
      return { kind: 'functionCall' };
    case FRONTEND_TYPE.copyData:
      return { kind: 'copyData', data: frame.body };
    case FRONTEND_TYPE.copyDone:
      return { kind: 'copyDone' };
    case FRONTEND_TYPE.copyFail:
      return { kind: 'copyFail', body: frame.body };
    case FRONTEND_TYPE.terminate:
      return { kind: 'terminate' };
    default:
      throw new FatalSqlError(SQLSTATE.protocol_violation, `invalid frontend message type ${frame.type}`);
  }
}
