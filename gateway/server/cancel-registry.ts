import { randomBytes, timingSafeEqual } from 'node:crypto';
import { PROTOCOL_3_2, type ProtocolVersion } from '../protocol/protocol-version.js';

/** Protocol 3.0 has room for 32 bits. */
const SHORT_SECRET_LENGTH = 4;
/** 256 bits cannot be guessed; the protocol allows up to 256 bytes. */
const LONG_SECRET_LENGTH = 32;
const PROCESS_ID_MAX = 0x7fff_ffff;

/** What a client presents to cancel what its session runs. */
export interface CancelKey {
  readonly processId: number;
  readonly secret: Buffer;
}

/** Which session a CancelRequest means. Process ids are the gateway's own numbers, unique among living sessions. */
export class CancelRegistry {
  readonly #sessions = new Map<number, { readonly secret: Buffer; readonly cancel: () => void }>();
  #lastProcessId = 0;

  /** A new key; `cancel` is called for each request that presents it until it is revoked. */
  register(version: ProtocolVersion, cancel: () => void): CancelKey {
    do {
      this.#lastProcessId = (this.#lastProcessId % PROCESS_ID_MAX) + 1;
    } while (this.#sessions.has(this.#lastProcessId));
    const secret = randomBytes(version >= PROTOCOL_3_2 ? LONG_SECRET_LENGTH : SHORT_SECRET_LENGTH);
    this.#sessions.set(this.#lastProcessId, { secret, cancel });
    return { processId: this.#lastProcessId, secret };
  }

  /** Forgets a key. */
  revoke(key: CancelKey): void {
    this.#sessions.delete(key.processId);
  }

  /** Cancels what the session runs when the key is right; a wrong one is ignored, and the client is not told. */
  cancel(key: CancelKey): void {
    const session = this.#sessions.get(key.processId);
    if (session !== undefined && session.secret.length === key.secret.length && timingSafeEqual(session.secret, key.secret)) {
      session.cancel();
    }
  }
}
