import type { Socket } from 'node:net';
import { FrameReader, type Frame } from '../protocol/frame-reader.js';
import type { FatalSqlError } from '../protocol/protocol-error.js';

/**
 * While a statement runs, what the client sends on is kept up to here and the socket then left unread. It is kept
 * reading up to this bound so that a client's going away is seen at once.
 */
const READ_AHEAD_LENGTH_MAX = 1024 * 1024;

/** What a client sends, pulled message by message; the connection's only reader of its socket. */
export class ClientInput {
  #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #onGone: () => void;
  readonly #onData = (chunk: Buffer): void => {
    this.#receive(chunk);
  };
  readonly #onEnd = (): void => {
    if (!this.#ended) {
      this.#ended = true;
      this.#onGone();
      this.#wakeUp();
    }
  };
  #wake: (() => void) | null = null;
  #ended = false;
  #discarding = false;
  #interruption: { readonly error: FatalSqlError; readonly when: 'when idle' | 'at once' } | null = null;

  /** `onGone` is called once, as soon as the client has closed its side or the connection broke. */
  constructor(socket: Socket, onGone: () => void) {
    this.#socket = socket;
    this.#onGone = onGone;
    this.#listen();
  }

  /** Leaves the socket to `over`, which reads it from now on: TLS. Nothing that came in the clear may be waiting. */
  readFrom(over: Socket): void {
    this.#socket = over;
    this.#listen();
  }

  /** Stops reading, to hand the socket over. False when the client has sent more than it was to send by now. */
  release(): boolean {
    this.#socket.off('data', this.#onData);
    this.#socket.off('end', this.#onEnd);
    this.#socket.off('close', this.#onEnd);
    return this.#frames.bufferedLength === 0;
  }

  /** True while the reader waits for the client. */
  get isWaiting(): boolean {
    return this.#wake !== null;
  }

  /** The next message, or null when the client is gone. */
  next(): Frame | null | Promise<Frame | null> {
    const ready = this.#ready(() => this.#frames.next());
    return ready === undefined ? this.#wait(() => this.#frames.next()) : ready;
  }

  /** The next start-up packet, or null when the client is gone. */
  async nextStartupPacket(): Promise<Buffer | null> {
    const take = (): Buffer | null => this.#frames.nextStartupPacket();
    const ready = this.#ready(take);
    return ready === undefined ? await this.#wait(take) : ready;
  }

  /** The next answer to an authentication request, or null when the client is gone. */
  async nextAuthentication(): Promise<Buffer | null> {
    const take = (): Buffer | null => this.#frames.nextAuthentication();
    const ready = this.#ready(take);
    return ready === undefined ? await this.#wait(take) : ready;
  }

  /** Makes the reader fail with this error: when it has nothing more to read, or at its next message whatever is there. */
  interrupt(error: FatalSqlError, when: 'when idle' | 'at once'): void {
    this.#interruption = { error, when };
    this.#wakeUp();
  }

  /** From now on everything the client sends is read and thrown away, so that a last reply is not lost to a reset. */
  discard(): void {
    this.#discarding = true;
    this.#socket.resume();
  }

  #listen(): void {
    this.#socket.on('data', this.#onData);
    this.#socket.on('end', this.#onEnd);
    this.#socket.on('close', this.#onEnd);
  }

  #receive(chunk: Buffer): void {
    if (this.#discarding) {
      return;
    }
    this.#frames.push(chunk);
    if (this.#wake !== null) {
      this.#wakeUp();
    } else if (this.#frames.bufferedLength > READ_AHEAD_LENGTH_MAX) {
      this.#socket.pause();
    }
  }

  /** A message, null at the end of input, undefined when one must wait. */
  #ready<T>(take: () => T | null): T | null | undefined {
    if (this.#interruption?.when === 'at once') {
      throw this.#interruption.error;
    }
    if (this.#ended) {
      return null;
    }
    const message = take();
    if (message === null && this.#interruption !== null) {
      throw this.#interruption.error;
    }
    return message ?? undefined;
  }

  async #wait<T>(take: () => T | null): Promise<T | null> {
    for (;;) {
      if (this.#socket.isPaused()) {
        this.#socket.resume();
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const ready = this.#ready(take);
      if (ready !== undefined) {
        return ready;
      }
    }
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
