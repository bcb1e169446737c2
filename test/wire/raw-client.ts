import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One message as a server sent it. `type` is a letter, or 'N!' style words for bytes outside of messages. */
export interface RawMessage {
  readonly type: string;
  readonly body: Buffer;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/** A client that knows frames and nothing else, so that tests see exactly what was sent. */
export class RawClient {
  readonly socket: Socket;
  /** Length of every chunk received: how many writes (at least) the server made. */
  readonly chunkLengths: number[] = [];
  #buffer = Buffer.alloc(0);
  #closed = false;
  #wake: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.chunkLengths.push(chunk.length);
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wakeUp();
    });
    const close = (): void => {
      this.#closed = true;
      this.#wakeUp();
    };
    socket.on('end', close);
    socket.on('close', close);
    socket.on('error', close);
  }

  static async connect(host: string, port: number): Promise<RawClient> {
    const socket = connect({ host, port });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(...messages: readonly Buffer[]): void {
    if (!this.socket.destroyed) {
      this.socket.write(Buffer.concat(messages));
    }
  }

  /** The next message, or null when the server has closed the connection. */
  async next(timeoutMs: number = DEFAULT_TIMEOUT_MS): Promise<RawMessage | null> {
    return await this.#take(timeoutMs, () => {
      if (this.#buffer.length < 5) {
        return null;
      }
      const end = 1 + this.#buffer.readInt32BE(1);
      if (this.#buffer.length < end) {
        return null;
      }
      const type = String.fromCharCode(this.#buffer.readUInt8(0));
      const body = this.#buffer.subarray(5, end);
      this.#buffer = this.#buffer.subarray(end);
      return { type, body };
    });
  }

  /** The next byte, for the answers to SSLRequest and GSSENCRequest. */
  async nextByte(): Promise<string | null> {
    return await this.#take(DEFAULT_TIMEOUT_MS, () => {
      if (this.#buffer.length === 0) {
        return null;
      }
      const byte = String.fromCharCode(this.#buffer.readUInt8(0));
      this.#buffer = this.#buffer.subarray(1);
      return byte;
    });
  }

  /** Everything up to the end of the connection, for answers that are no messages. */
  async rest(): Promise<Buffer> {
    while (!this.#closed) {
      await this.#wait(DEFAULT_TIMEOUT_MS);
    }
    return this.#buffer;
  }

  /** Messages up to and with one of this type, or up to the end of the connection. */
  async until(type: string, timeoutMs: number = DEFAULT_TIMEOUT_MS): Promise<RawMessage[]> {
    const messages: RawMessage[] = [];
    for (;;) {
      const message = await this.next(timeoutMs);
      if (message === null) {
        return messages;
      }
      messages.push(message);
      if (message.type === type) {
        return messages;
      }
    }
  }

  close(): void {
    this.socket.destroy();
  }

  async #take<T>(timeoutMs: number, attempt: () => T | null): Promise<T | null> {
    for (;;) {
      const taken = attempt();
      if (taken !== null) {
        return taken;
      }
      if (this.#closed) {
        return null;
      }
      await this.#wait(timeoutMs);
    }
  }

  #wait(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#wake = null;
        reject(new Error(`the server sent nothing for ${timeoutMs} ms`));
      }, timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
