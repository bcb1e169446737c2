import { FatalSqlError } from './protocol-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { BodyReader } from './body-reader.js';
import type { ProtocolVersion } from './protocol-version.js';

/** PostgreSQL's MAX_STARTUP_PACKET_LENGTH; `options` and some settings fit many times. */
export const STARTUP_PACKET_LENGTH_MAX = 10_000;
/** Protocol 3.2 allows cancel keys of up to 256 bytes. */
const CANCEL_SECRET_LENGTH_MAX = 256;

const CANCEL_REQUEST_CODE = 80_877_102;
const SSL_REQUEST_CODE = 80_877_103;
const GSSENC_REQUEST_CODE = 80_877_104;
/** Options of the protocol itself, as against settings of the session. */
const PROTOCOL_OPTION_PREFIX = '_pq_.';

/** What a client may send before it is served. */
export type StartupPacket =
  | { readonly kind: 'sslRequest' }
  | { readonly kind: 'gssencRequest' }
  | { readonly kind: 'cancelRequest'; readonly processId: number; readonly secret: Buffer }
  | { readonly kind: 'startup'; readonly version: ProtocolVersion; readonly body: Buffer };

/** Settings and protocol options of a start-up packet of protocol 3. */
export interface StartupParameters {
  readonly settings: ReadonlyMap<string, string>;
  /** Names of `_pq_.` options; Sluice knows none. */
  readonly protocolOptions: readonly string[];
}

/** Tells the packets apart by the code at their start. A cancel request that is too short or too long throws. */
export function decodeStartupPacket(packet: Buffer): StartupPacket {
  const body = new BodyReader(packet);
  const code = body.uint32();
  switch (code) {
    case SSL_REQUEST_CODE:
      return { kind: 'sslRequest' };
    case GSSENC_REQUEST_CODE:
      return { kind: 'gssencRequest' };
    case CANCEL_REQUEST_CODE: {
      const processId = body.int32();
      const secret = body.take(body.remaining);
      if (secret.length === 0 || secret.length > CANCEL_SECRET_LENGTH_MAX) {
        throw new FatalSqlError(SQLSTATE.protocol_violation, 'invalid length of query cancel packet');
      }
      return { kind: 'cancelRequest', processId, secret };
    }
    default:
      return { kind: 'startup', version: code, body: packet.subarray(4) };
  }
}

/** Decodes the name and value pairs of a start-up packet; read only once the version is known to be 3.x. */
export function decodeStartupParameters(packetBody: Buffer): StartupParameters {
  if (packetBody.at(-1) !== 0) {
    throw invalidLayout();
  }
  const body = new BodyReader(packetBody);
  const settings = new Map<string, string>();
  const protocolOptions: string[] = [];
  for (;;) {
    if (body.remaining === 0) {
      throw invalidLayout();
    }
    const name = body.text();
    if (name === '') {
      break;
    }
    if (body.remaining === 0) {
      throw invalidLayout();
    }
    const value = body.text();
    if (name.startsWith(PROTOCOL_OPTION_PREFIX)) {
      protocolOptions.push(name);
    } else {
      settings.set(name, value);
    }
  }
  if (body.remaining !== 0) {
    throw invalidLayout();
  }
  return { settings, protocolOptions };
}

function invalidLayout(): FatalSqlError {
  return new FatalSqlError(SQLSTATE.protocol_violation, 'invalid startup packet layout: expected terminator as last byte');
}
