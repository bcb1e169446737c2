import type { Socket } from 'node:net';
import { MessageWriter } from '../protocol/message-writer.js';

/** Small replies are collected up to here before they are written, even without Flush or ReadyForQuery. */
const COLLECTED_LENGTH_MAX = 32 * 1024;
/** Row batches of this length and more go to the socket as they are; below, copying is cheaper than one more write. */
const RELAYED_LENGTH_MIN = 8 * 1024;
/** How long a closed connection waits for its client to take the last reply. */
const LINGER_MS = 2_000;

/** What the server sends to one client: small messages collected into few writes, rows relayed, back-pressure seen. */
export class ClientOutput {
  readonly writer: MessageWriter = new MessageWriter();
  #socket: Socket;
  #wake: (() => void) | null = null;
  readonly #onSpace = (): void => {
    this.wakeUp();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  /** From now on writes to `over`, which writes to the socket: TLS. */
  writeTo(over: Socket): void {
    this.#socket.off('drain', this.#onSpace);
    this.#socket.off('close', this.#onSpace);
    this.#socket = over;
    this.#listen();
  }

  /** Writes what is collected. */
  flush(): void {
    if (this.writer.length === 0) {
      return;
    }
    const bytes = this.writer.take();
    if (this.#socket.writable) {
      this.#socket.write(bytes);
    }
  }

  /** Whole DataRow messages, unchanged. */
  relayRows(bytes: Buffer): void {
    if (bytes.length < RELAYED_LENGTH_MIN) {
      this.writer.bytes(bytes);
      if (this.writer.length >= COLLECTED_LENGTH_MAX) {
        this.flush();
      }
      return;
    }
    this.flush();
    if (this.#socket.writable) {
      this.#socket.write(bytes);
    }
  }

  /** True while the client has to read before more rows may be asked for. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Resolves when the client has read enough, or on `wakeUp`. */
  waitUntilDrained(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Ends a wait for the client: the connection is gone or its statement is cancelled. */
  wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  /** Sends what is left and closes; a client that does not take it in time is cut off. */
  end(): Promise<void> {
    if (this.#socket.destroyed) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const deadline = setTimeout(() => this.#socket.destroy(), LINGER_MS);
      this.#socket.once('close', () => {
        clearTimeout(deadline);
        resolve();
      });
      this.flush();
      this.#socket.end();
    });
  }

  /** Closes without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket.on('drain', this.#onSpace);
    this.#socket.on('close', this.#onSpace);
  }
}
