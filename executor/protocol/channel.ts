import type { Duplex } from 'node:stream';
import { FrameError, FrameReader, encodeControlFrame, encodeRowsHeader } from './frame.js';
import type { RowsFrame } from './frame.js';

/** What the owner of a channel is told. */
export interface ChannelEvents<Received> {
  /** Tells whether a JSON value is one of the messages that can arrive here. */
  readonly accepts: (value: unknown) => value is Received;
  readonly onMessage: (message: Received) => void;
  readonly onRows: (frame: RowsFrame) => void;
  /** Called once, after the last message; `error` says why when it was not an orderly end. */
  readonly onClose: (error: Error | null) => void;
}

/**
 * Messages over a byte stream, whatever it is (an inherited socket, later TCP). Not reading is the flow control:
 * `pause` stops taking bytes, the kernel's buffers fill, and the sender's `write` waits.
 */
export class Channel<Sent, Received> {
  readonly #stream: Duplex;
  readonly #events: ChannelEvents<Received>;
  readonly #reader = new FrameReader();
  #closed = false;
  #wakeWriter: (() => void) | null = null;

  constructor(stream: Duplex, events: ChannelEvents<Received>) {
    this.#stream = stream;
    this.#events = events;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('drain', () => this.wakeWriter());
    stream.on('error', (error) => this.#close(error));
    stream.on('end', () => this.#close(null));
    stream.on('close', () => this.#close(null));
  }

  /** Takes no longer frames than this from now on. */
  limitFrames(bytesMax: number): void {
    this.#reader.bytesMax = bytesMax;
  }

  /** Sends a control message. */
  send(message: Sent): void {
    if (!this.#closed) {
      this.#stream.write(encodeControlFrame(JSON.stringify(message)));
    }
  }

  /** Sends rows; false means that `drained` should be awaited before the next. */
  sendRows(task: number, rowCount: number, bytes: Buffer): boolean {
    if (this.#closed) {
      return false;
    }
    this.#stream.cork();
    this.#stream.write(encodeRowsHeader(task, rowCount, bytes.length));
    const more = this.#stream.write(bytes);
    this.#stream.uncork();
    return more;
  }

  /** Runs `write` so that the frames it sends leave in one system call. */
  together(write: () => void): void {
    this.#stream.cork();
    write();
    this.#stream.uncork();
  }

  /** Resolves when the peer has taken enough to go on, when the channel closes, or at `wakeWriter`. */
  drained(): Promise<void> {
    if (this.#closed || !this.#stream.writableNeedDrain) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#wakeWriter = resolve;
    });
  }

  /** Ends a wait in `drained` early, because the task was cancelled. */
  wakeWriter(): void {
    const wake = this.#wakeWriter;
    this.#wakeWriter = null;
    wake?.();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Ends the stream at once. */
  destroy(): void {
    this.#stream.destroy();
    this.#close(null);
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) {
        if (frame.kind === 'rows') {
          this.#events.onRows(frame);
        } else {
          this.#events.onMessage(this.#parse(frame.text));
        }
      }
    } catch (error) {
      if (!(error instanceof FrameError)) {
        throw error;
      }
      this.#close(error);
      this.#stream.destroy();
    }
  }

  #parse(text: string): Received {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new FrameError('control frame is not JSON', { cause });
    }
    if (!this.#events.accepts(value)) {
      throw new FrameError('control message of an unknown kind');
    }
    return value;
  }

  #close(error: Error | null): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.wakeWriter();
    this.#events.onClose(error);
  }
}
