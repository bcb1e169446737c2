import type { BodyReader } from '../body-reader.js';
import { protocolViolation } from '../protocol-error.js';

/** What a Describe or Close message names. */
export type TargetKind = 'statement' | 'portal';

/** Asks for the columns of a statement (and its parameters) or a portal. */
export interface DescribeMessage {
  readonly kind: 'describe';
  readonly target: TargetKind;
  readonly name: string;
}

/** Frees a statement or a portal. */
export interface CloseMessage {
  readonly kind: 'close';
  readonly target: TargetKind;
  readonly name: string;
}

/** Decodes the body of a Describe. */
export function decodeDescribe(body: BodyReader): DescribeMessage {
  return { kind: 'describe', ...decodeTarget(body, 'DESCRIBE') };
}

/** Decodes the body of a Close. */
export function decodeClose(body: BodyReader): CloseMessage {
  return { kind: 'close', ...decodeTarget(body, 'CLOSE') };
}

function decodeTarget(body: BodyReader, messageName: string): { readonly target: TargetKind; readonly name: string } {
  const code = body.byte();
  const name = body.text();
  body.end();
  if (code === 0x53) {
    return { target: 'statement', name };
  }
  if (code === 0x50) {
    return { target: 'portal', name };
  }
  throw protocolViolation(`invalid ${messageName} message subtype ${code}`);
}
