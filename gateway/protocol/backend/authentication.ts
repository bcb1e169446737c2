import type { MessageWriter } from '../message-writer.js';

const AUTHENTICATION = 0x52; // R

/** AuthenticationOk: the client is who it says. */
export function writeAuthenticationOk(writer: MessageWriter): void {
  writer.begin(AUTHENTICATION).int32(0).end();
}

/** AuthenticationCleartextPassword. */
export function writeCleartextPasswordRequest(writer: MessageWriter): void {
  writer.begin(AUTHENTICATION).int32(3).end();
}

/** AuthenticationSASL: the mechanisms, the preferred one first. */
export function writeSaslRequest(writer: MessageWriter, mechanisms: readonly string[]): void {
  writer.begin(AUTHENTICATION).int32(10);
  for (const mechanism of mechanisms) {
    writer.text(mechanism);
  }
  writer.byte(0).end();
}

/** AuthenticationSASLContinue. */
export function writeSaslContinue(writer: MessageWriter, message: string): void {
  writer.begin(AUTHENTICATION).int32(11).bytes(Buffer.from(message)).end();
}

/** AuthenticationSASLFinal. */
export function writeSaslFinal(writer: MessageWriter, message: string): void {
  writer.begin(AUTHENTICATION).int32(12).bytes(Buffer.from(message)).end();
}
