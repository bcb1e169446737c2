import type { BodyReader } from '../body-reader.js';

/** Ends a group of extended messages: the implicit transaction ends, ReadyForQuery follows. */
export interface SyncMessage {
  readonly kind: 'sync';
}

/** Asks for the replies that are ready. */
export interface FlushMessage {
  readonly kind: 'flush';
}

/** The client leaves. */
export interface TerminateMessage {
  readonly kind: 'terminate';
}

/** Decodes a Sync, whose body must be empty. */
export function decodeSync(body: BodyReader): SyncMessage {
  body.end();
  return { kind: 'sync' };
}

/** Decodes a Flush, whose body must be empty. */
export function decodeFlush(body: BodyReader): FlushMessage {
  body.end();
  return { kind: 'flush' };
}
