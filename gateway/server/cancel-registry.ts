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

/** Where the keys of other gateways' sessions lead. */
export interface CancelPeers {
  /** The process ids that this gateway may give. */
  readonly processIds: { readonly first: number; readonly last: number };
  send(key: CancelKey): void;
  listen(onCancel: (key: CancelKey) => void): void;
}

/** Which session a CancelRequest means. Process ids are the gateway's own numbers, unique among living sessions. */
export class CancelRegistry {
  readonly #sessions = new Map<number, { readonly secret: Buffer; readonly cancel: () => void }>();
  readonly #peers: CancelPeers | null;
  readonly #first: number;
  readonly #last: number;
  #lastProcessId: number;

  /** `peers` are the other gateways of a cluster; requests that are not for this one are passed on to them. */
  constructor(peers: CancelPeers | null = null) {
    this.#peers = peers;
    this.#first = peers?.processIds.first ?? 1;
    this.#last = peers?.processIds.last ?? PROCESS_ID_MAX;
    this.#lastProcessId = this.#first - 1;
    peers?.listen((key) => this.#cancelOwn(key));
  }

  /** A new key; `cancel` is called for each request that presents it until it is revoked. */
  register(version: ProtocolVersion, cancel: () => void): CancelKey {
    do {
      this.#lastProcessId = this.#lastProcessId >= this.#last ? this.#first : this.#lastProcessId + 1;
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
    if (!this.#cancelOwn(key)) {
      this.#peers?.send(key);
    }
  }

  /** True when the session is one of this gateway's. */
  #cancelOwn(key: CancelKey): boolean {
    const session = this.#sessions.get(key.processId);
    if (session !== undefined && session.secret.length === key.secret.length && timingSafeEqual(session.secret, key.secret)) {
      session.cancel();
    }
    return session !== undefined;
  }
}
