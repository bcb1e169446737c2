import { SQLSTATE } from '../../planner/sqlstate.js';
import { AUTHENTICATION_BODY_LENGTH_MAX } from './frontend/authentication.js';
import { frontendBodyLengthMax } from './frontend-type.js';
import { FatalSqlError } from './protocol-error.js';
import { STARTUP_PACKET_LENGTH_MAX } from './startup-packet.js';

/** One message, not yet decoded. The body is a view into what the socket delivered. */
export interface Frame {
  readonly type: number;
  readonly body: Buffer;
}

const EMPTY = Buffer.alloc(0);
const HEADER_LENGTH = 5;
/** PasswordMessage, SASLInitialResponse and SASLResponse are told apart by what was asked. */
const AUTHENTICATION_TYPE = 0x70; // p

/**
 * Cuts the byte stream of a client into messages. Bytes are joined only where a message spans several reads, and then
 * once, when it is complete: a length that a client merely claims allocates nothing.
 */
export class FrameReader {
  #chunk: Buffer = EMPTY;
  #offset = 0;
  #later: Buffer[] = [];
  #laterLength = 0;

  push(chunk: Buffer): void {
    if (this.#offset === this.#chunk.length && this.#later.length === 0) {
      this.#chunk = chunk;
      this.#offset = 0;
    } else {
      this.#later.push(chunk);
      this.#laterLength += chunk.length;
    }
  }

  /** Bytes received and not yet returned as messages. */
  get bufferedLength(): number {
    return this.#chunk.length - this.#offset + this.#laterLength;
  }

  /** The next complete message, or null. Throws FatalSqlError where the stream cannot be followed any further. */
  next(): Frame | null {
    if (!this.#gather(HEADER_LENGTH)) {
      return null;
    }
    const type = this.#chunk.readUInt8(this.#offset);
    const lengthMax = frontendBodyLengthMax(type);
    if (lengthMax === null) {
      throw new FatalSqlError(SQLSTATE.protocol_violation, `invalid frontend message type ${type}`);
    }
    const bodyLength = this.#chunk.readInt32BE(this.#offset + 1) - 4;
    if (bodyLength < 0) {
      throw new FatalSqlError(SQLSTATE.protocol_violation, 'invalid message length');
    }
    if (bodyLength > lengthMax) {
      throw new FatalSqlError(SQLSTATE.program_limit_exceeded, 'message too long', {
        detail: `A message of type "${String.fromCharCode(type)}" may hold ${lengthMax} bytes; this one announces ${bodyLength}.`,
      });
    }
    if (!this.#gather(HEADER_LENGTH + bodyLength)) {
      return null;
    }
    return { type, body: this.#consume(HEADER_LENGTH, bodyLength) };
  }

  /** The next complete answer to an authentication request, or null. Throws FatalSqlError for any other message. */
  nextAuthentication(): Buffer | null {
    if (!this.#gather(HEADER_LENGTH)) {
      return null;
    }
    const type = this.#chunk.readUInt8(this.#offset);
    if (type !== AUTHENTICATION_TYPE) {
      throw new FatalSqlError(SQLSTATE.protocol_violation, `expected password response, got message type ${type}`);
    }
    const bodyLength = this.#chunk.readInt32BE(this.#offset + 1) - 4;
    if (bodyLength < 0 || bodyLength > AUTHENTICATION_BODY_LENGTH_MAX) {
      throw new FatalSqlError(SQLSTATE.protocol_violation, 'invalid message length');
    }
    return this.#gather(HEADER_LENGTH + bodyLength) ? this.#consume(HEADER_LENGTH, bodyLength) : null;
  }

  /** The next complete start-up packet without its length, or null. These have no type byte. */
  nextStartupPacket(): Buffer | null {
    if (!this.#gather(4)) {
      return null;
    }
    const length = this.#chunk.readInt32BE(this.#offset) - 4;
    if (length < 4 || length > STARTUP_PACKET_LENGTH_MAX) {
      throw new FatalSqlError(SQLSTATE.protocol_violation, 'invalid length of startup packet');
    }
    if (!this.#gather(4 + length)) {
      return null;
    }
    return this.#consume(4, length);
  }

  /** Makes `length` bytes contiguous at the offset; false when so many have not arrived. */
  #gather(length: number): boolean {
    if (this.#chunk.length - this.#offset >= length) {
      return true;
    }
    if (this.bufferedLength < length) {
      return false;
    }
    this.#chunk = Buffer.concat([this.#chunk.subarray(this.#offset), ...this.#later]);
    this.#offset = 0;
    this.#later = [];
    this.#laterLength = 0;
    return true;
  }

  #consume(headerLength: number, bodyLength: number): Buffer {
    const start = this.#offset + headerLength;
    this.#offset = start + bodyLength;
    return this.#chunk.subarray(start, this.#offset);
  }
}
