import type { MessageWriter } from '../message-writer.js';

/** ParameterDescription: the OIDs of $1..$n. */
export function writeParameterDescription(writer: MessageWriter, parameterTypes: readonly number[]): void {
  // The count is unsigned on the wire; the writer's int16 is not.
  writer
    .begin(0x74)
    .byte(parameterTypes.length >> 8)
    .byte(parameterTypes.length & 0xff);
  for (const oid of parameterTypes) {
    writer.int32(oid);
  }
  writer.end();
}
