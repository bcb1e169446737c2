import { connect, type Socket } from 'node:net';
import { serialize } from 'pg-protocol';

/** What came back for one statement, counted and not looked at. */
export interface ByteCount {
  readonly rows: number;
  readonly bytes: number;
}

interface Waiting {
  readonly resolve: (count: ByteCount) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A client that only follows message lengths: it counts DataRow messages and bytes at some gigabytes a second, so that
 * a comparison of servers is not one of client libraries.
 */
export class ByteClient {
  readonly socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #skip = 0;
  #rows = 0;
  #bytes = 0;
  #error: string | null = null;
  #waiting: Waiting | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (piece: Buffer) => {
      this.#read(piece);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#waiting?.reject(new Error('the connection closed'));
    });
  }

  /** Connects and waits until the server is ready. */
  static async open(port: number, user: string, database: string): Promise<ByteClient> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const client = new ByteClient(socket);
    await client.send(serialize.startup({ user, database }));
    return client;
  }

  /** Runs a simple query: rows as text. */
  query(sql: string): Promise<ByteCount> {
    return this.send(serialize.query(sql));
  }

  /** Runs a statement by the extended protocol with binary results. */
  queryBinary(sql: string): Promise<ByteCount> {
    return this.send(
      Buffer.concat([
        serialize.parse({ text: sql }),
        serialize.bind({ binary: true }),
        serialize.describe({ type: 'P' }),
        serialize.execute({}),
        serialize.sync(),
      ]),
    );
  }

  /** Sends bytes and resolves at the next ReadyForQuery; rejects there when an error came before it. */
  send(bytes: Buffer): Promise<ByteCount> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#rows = 0;
      this.#bytes = 0;
      this.#error = null;
      this.socket.write(bytes);
    });
  }

  /** Ends the connection. */
  close(): void {
    this.#waiting = null;
    this.socket.end(serialize.end());
    this.socket.destroySoon();
  }

  #read(piece: Buffer): void {
    this.#bytes += piece.length;
    let offset = 0;
    if (this.#skip > 0) {
      offset = Math.min(this.#skip, piece.length);
      this.#skip -= offset;
      if (offset === piece.length) {
        return;
      }
    }
    let buffer = piece;
    if (this.#rest.length > 0) {
      buffer = Buffer.concat([this.#rest, offset === 0 ? piece : piece.subarray(offset)]);
      offset = 0;
      this.#rest = Buffer.alloc(0);
    }
    // An error's text and ReadyForQuery are short; only a DataRow ('D') is skipped over without being whole here.
    while (offset + 5 <= buffer.length) {
      const type = buffer[offset];
      const end = offset + 1 + buffer.readUInt32BE(offset + 1);
      if (type === 0x44) {
        this.#rows += 1;
      } else if (end > buffer.length) {
        break;
      } else if (type === 0x45) {
        this.#error = buffer.toString('utf8', offset + 5, end).replaceAll('\0', ' ');
      } else if (type === 0x5a) {
        this.#finish();
      }
      if (end > buffer.length) {
        this.#skip = end - buffer.length;
        return;
      }
      offset = end;
    }
    this.#rest = buffer.subarray(offset);
  }

  #finish(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (this.#error !== null) {
      waiting?.reject(new Error(this.#error));
    } else {
      waiting?.resolve({ rows: this.#rows, bytes: this.#bytes });
    }
  }
}
