import { BIND_BODY_LENGTH_MAX } from './frontend/bind.js';
import { COPY_DATA_BODY_LENGTH_MAX } from './frontend/copy.js';
import { FUNCTION_CALL_BODY_LENGTH_MAX } from './frontend/function-call.js';
import { PARSE_BODY_LENGTH_MAX } from './frontend/parse.js';
import { QUERY_BODY_LENGTH_MAX } from './frontend/query.js';

/** The first byte of every message a client may send after start-up. */
export const FRONTEND_TYPE = {
  bind: 0x42, // B
  close: 0x43, // C
  describe: 0x44, // D
  execute: 0x45, // E
  functionCall: 0x46, // F
  flush: 0x48, // H
  parse: 0x50, // P
  query: 0x51, // Q
  sync: 0x53, // S
  terminate: 0x58, // X
  copyDone: 0x63, // c
  copyData: 0x64, // d
  copyFail: 0x66, // f
} as const;

/** For messages that carry a name at most: PostgreSQL's PQ_SMALL_MESSAGE_LIMIT. */
const SMALL_BODY_LENGTH_MAX = 10_000;

/** How long a body of this type may be; null when there is no such type. */
export function frontendBodyLengthMax(type: number): number | null {
  switch (type) {
    case FRONTEND_TYPE.query:
      return QUERY_BODY_LENGTH_MAX;
    case FRONTEND_TYPE.parse:
      return PARSE_BODY_LENGTH_MAX;
    case FRONTEND_TYPE.bind:
      return BIND_BODY_LENGTH_MAX;
    case FRONTEND_TYPE.functionCall:
      return FUNCTION_CALL_BODY_LENGTH_MAX;
    case FRONTEND_TYPE.copyData:
      return COPY_DATA_BODY_LENGTH_MAX;
    case FRONTEND_TYPE.close:
    case FRONTEND_TYPE.describe:
    case FRONTEND_TYPE.execute:
    case FRONTEND_TYPE.flush:
    case FRONTEND_TYPE.sync:
    case FRONTEND_TYPE.terminate:
    case FRONTEND_TYPE.copyDone:
    case FRONTEND_TYPE.copyFail:
      return SMALL_BODY_LENGTH_MAX;
    default:
      return null;
  }
}

/** True for the messages of the extended protocol whose failure makes the server skip everything up to Sync. */
export function isExtendedMessage(type: number): boolean {
  switch (type) {
    case FRONTEND_TYPE.parse:
    case FRONTEND_TYPE.bind:
    case FRONTEND_TYPE.describe:
    case FRONTEND_TYPE.execute:
    case FRONTEND_TYPE.close:
    case FRONTEND_TYPE.flush:
      return true;
    default:
      return false;
  }
}
