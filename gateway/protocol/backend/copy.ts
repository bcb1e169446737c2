import type { MessageWriter } from '../message-writer.js';

/** CopyInResponse: the client may send CopyData, all columns in text format. */
export function writeCopyInResponse(writer: MessageWriter, columnCount: number): void {
  writeCopyResponse(writer, 0x47, columnCount);
}

/** CopyOutResponse: CopyData follows, all columns in text format. */
export function writeCopyOutResponse(writer: MessageWriter, columnCount: number): void {
  writeCopyResponse(writer, 0x48, columnCount);
}

/** CopyData as the server sends it: one line a message. */
export function writeCopyData(writer: MessageWriter, line: Buffer): void {
  writer.begin(0x64).bytes(line).end();
}

/** CopyDone: no CopyData follows. */
export function writeCopyDone(writer: MessageWriter): void {
  writer.begin(0x63).end();
}

function writeCopyResponse(writer: MessageWriter, type: number, columnCount: number): void {
  writer.begin(type).byte(0).int16(columnCount);
  for (let column = 0; column < columnCount; column += 1) {
    writer.int16(0);
  }
  writer.end();
}
