import assert from 'node:assert/strict';

/**
 * The frames both sides speak over any byte stream: u32 little-endian length of what follows, u8 kind, payload.
 * Control frames carry one JSON message; row frames carry u32 task, u32 row count, then DataRow messages as they are.
 */
export type Frame = ControlFrame | RowsFrame;

/** One JSON message. */
export interface ControlFrame {
  readonly kind: 'control';
  readonly text: string;
}

/** Rows of one task in wire form. */
export interface RowsFrame {
  readonly kind: 'rows';
  readonly task: number;
  readonly rowCount: number;
  readonly bytes: Buffer;
}

/**
 * Longest frame either side accepts. Postgres ends at 1 GiB for one message and a row can be that long, so a batch
 * (a few thousand rows, or one huge row) must fit; anything longer is garbage on the socket.
 */
export const FRAME_BYTES_MAX: number = 0x4000_0000 + 1024;

const HEADER_BYTES = 5;
const ROWS_HEADER_BYTES = 8;
const KIND_CONTROL = 1;
const KIND_ROWS = 2;

/** A frame that is no frame: the peer is broken and the connection must end. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** The bytes of a control frame. */
export function encodeControlFrame(text: string): Buffer {
  const textBytes = Buffer.byteLength(text);
  assert(textBytes + 1 <= FRAME_BYTES_MAX, `a control message of ${textBytes} bytes is too long`);
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + textBytes);
  buffer.writeUInt32LE(textBytes + 1, 0);
  buffer.writeUInt8(KIND_CONTROL, 4);
  buffer.write(text, HEADER_BYTES);
  return buffer;
}

/** What stands before the rows of a row frame; the rows themselves are sent as they are, uncopied. */
export function encodeRowsHeader(task: number, rowCount: number, byteCount: number): Buffer {
  const length = 1 + ROWS_HEADER_BYTES + byteCount;
  assert(length <= FRAME_BYTES_MAX, `a batch of ${byteCount} bytes is too long`);
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + ROWS_HEADER_BYTES);
  buffer.writeUInt32LE(length, 0);
  buffer.writeUInt8(KIND_ROWS, 4);
  buffer.writeUInt32LE(task, 5);
  buffer.writeUInt32LE(rowCount, 9);
  return buffer;
}

/** Cuts a byte stream into frames, whatever pieces it arrives in. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #byteCount = 0;
  /** Bytes of the frame being waited for, header included; 0 while its header is incomplete. */
  #needed = 0;
  /** Longest frame taken; less than the bound of the protocol while the peer has not said who it is. */
  bytesMax: number = FRAME_BYTES_MAX;

  /** Takes the next bytes and gives every frame they complete. Throws FrameError on garbage. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#byteCount += chunk.length;
    const frames: Frame[] = [];
    while (this.#readLength() && this.#byteCount >= this.#needed) {
      frames.push(parseFrame(this.#take(this.#needed)));
      this.#needed = 0;
    }
    return frames;
  }

  #readLength(): boolean {
    if (this.#needed !== 0) {
      return true;
    }
    if (this.#byteCount < HEADER_BYTES) {
      return false;
    }
    const first = this.#joinAtLeast(HEADER_BYTES);
    const length = first.readUInt32LE(0);
    if (length < 1 || length > this.bytesMax) {
      throw new FrameError(`frame length ${length} is out of bounds`);
    }
    this.#needed = 4 + length;
    return true;
  }

  /** The first chunk, made at least `byteCount` long. */
  #joinAtLeast(byteCount: number): Buffer {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= byteCount) {
      return first;
    }
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }

  #take(byteCount: number): Buffer {
    const first = this.#joinAtLeast(byteCount);
    this.#byteCount -= byteCount;
    if (first.length === byteCount) {
      this.#chunks.shift();
    } else {
      this.#chunks[0] = first.subarray(byteCount);
    }
    return first.subarray(0, byteCount);
  }
}

function parseFrame(frame: Buffer): Frame {
  const kind = frame.readUInt8(4);
  if (kind === KIND_CONTROL) {
    return { kind: 'control', text: frame.toString('utf8', HEADER_BYTES) };
  }
  if (kind !== KIND_ROWS) {
    throw new FrameError(`frame kind ${kind} is unknown`);
  }
  if (frame.length < HEADER_BYTES + ROWS_HEADER_BYTES) {
    throw new FrameError('row frame without its header');
  }
  return {
    kind: 'rows',
    task: frame.readUInt32LE(5),
    rowCount: frame.readUInt32LE(9),
    bytes: frame.subarray(HEADER_BYTES + ROWS_HEADER_BYTES),
  };
}
