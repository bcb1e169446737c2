import type { MessageWriter } from '../message-writer.js';

type WireFormat = 'text' | 'binary';

/** CopyInResponse: the client may send CopyData. */
export function writeCopyInResponse(writer: MessageWriter, format: WireFormat, columnCount: number): void {
  writeCopyResponse(writer, 0x47, format, columnCount);
}

/** CopyOutResponse: CopyData follows. */
export function writeCopyOutResponse(writer: MessageWriter, format: WireFormat, columnCount: number): void {
  writeCopyResponse(writer, 0x48, format, columnCount);
}

/** CopyData as the server sends it. */
export function writeCopyData(writer: MessageWriter, data: Buffer): void {
  writer.begin(0x64).bytes(data).end();
}

/** CopyDone: no CopyData follows. */
export function writeCopyDone(writer: MessageWriter): void {
  writer.begin(0x63).end();
}

function writeCopyResponse(writer: MessageWriter, type: number, format: WireFormat, columnCount: number): void {
  const code = format === 'binary' ? 1 : 0;
  writer.begin(type).byte(code).int16(columnCount);
  for (let column = 0; column < columnCount; column += 1) {
    writer.int16(code);
  }
  writer.end();
}
