import { connect, type Socket } from 'node:net';
import { parse, serialize } from 'pg-protocol';
import type { BackendMessage } from 'pg-protocol/dist/messages.js';

/** A connection that sends bytes as they are and keeps every message that comes, made with pg-protocol. */
export class RawConnection {
  readonly messages: BackendMessage[] = [];
  readonly socket: Socket;
  #closed = false;
  #wake: (() => void) | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
    void parse(socket, (message) => {
      this.messages.push(message);
      this.#wake?.();
    });
  }

  /** Opens a TCP connection and sends nothing. */
  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    const connection = new RawConnection(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return connection;
  }

  /** Opens a connection and brings it to its first ReadyForQuery. */
  static async start(port: number, user = 'sluice', database = 'sluice'): Promise<RawConnection> {
    const connection = await RawConnection.open(port);
    connection.send(serialize.startup({ user, database }));
    await connection.until('readyForQuery');
    return connection;
  }

  /** Sends bytes. */
  send(...pieces: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(pieces));
  }

  /** True once the server closed the connection. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Waits for a message of that name among those not yet taken, and takes everything up to it. */
  async until(name: string, timeoutMs = 10_000): Promise<BackendMessage[]> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const index = this.messages.findIndex((message) => message.name === name);
      if (index >= 0) {
        return this.messages.splice(0, index + 1);
      }
      if (this.#closed || Date.now() > deadline) {
        const seen = this.messages.map((message) => message.name).join(', ');
        throw new Error(`${this.#closed ? 'closed' : 'timed out'} before ${name}; had ${seen === '' ? 'nothing' : seen}`);
      }
      await this.#nextEvent(deadline - Date.now());
    }
  }

  /** Waits until the server closes the connection. */
  async untilClosed(timeoutMs = 10_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!this.#closed) {
      if (Date.now() > deadline) {
        throw new Error('the server does not close the connection');
      }
      await this.#nextEvent(deadline - Date.now());
    }
  }

  /** Drops the connection without a Terminate. */
  drop(): void {
    this.socket.destroy();
  }

  /** Says goodbye and waits for the end. */
  async end(): Promise<void> {
    this.send(serialize.end());
    await this.untilClosed();
  }

  #nextEvent(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, timeoutMs));
      this.#wake = (): void => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}
