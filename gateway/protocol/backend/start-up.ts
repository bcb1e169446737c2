import type { MessageWriter } from '../message-writer.js';
import type { ProtocolVersion } from '../protocol-version.js';

/** ParameterStatus: a setting the client is told of. */
export function writeParameterStatus(writer: MessageWriter, name: string, value: string): void {
  writer.begin(0x53).text(name).text(value).end();
}

/** BackendKeyData: what a CancelRequest must present. Four bytes in protocol 3.0, up to 256 from 3.2 on. */
export function writeBackendKeyData(writer: MessageWriter, processId: number, secret: Buffer): void {
  writer.begin(0x4b).int32(processId).bytes(secret).end();
}

/** NegotiateProtocolVersion: the version spoken instead, and the protocol options that are not known. */
export function writeNegotiateProtocolVersion(writer: MessageWriter, version: ProtocolVersion, unknownOptions: readonly string[]): void {
  writer.begin(0x76).int32(version).int32(unknownOptions.length);
  for (const option of unknownOptions) {
    writer.text(option);
  }
  writer.end();
}
