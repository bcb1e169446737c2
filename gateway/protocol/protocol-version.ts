import { SQLSTATE } from '../../planner/sqlstate.js';
import { FatalSqlError } from './protocol-error.js';

/** A protocol version as on the wire: major in the high 16 bits, minor in the low ones. */
export type ProtocolVersion = number;

/** Every driver of the last twenty years asks for it. */
const PROTOCOL_3_0: ProtocolVersion = 0x0003_0000;
/** PostgreSQL 18's: cancel keys of up to 256 bytes. */
export const PROTOCOL_3_2: ProtocolVersion = 0x0003_0002;

/**
 * The version to speak with a client that asked for `requested`; it differs from `requested` where the client must be
 * told (NegotiateProtocolVersion). 3.1 was never released and means 3.0. Throws 0A000 for any other major version.
 */
export function negotiateVersion(requested: ProtocolVersion): ProtocolVersion {
  const major = requested >>> 16;
  const minor = requested & 0xffff;
  if (major !== 3) {
    throw new FatalSqlError(SQLSTATE.feature_not_supported, `unsupported frontend protocol ${major}.${minor}: server supports 3.0 to 3.2`);
  }
  return minor >= 2 ? PROTOCOL_3_2 : PROTOCOL_3_0;
}
