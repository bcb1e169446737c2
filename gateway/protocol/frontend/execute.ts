import type { BodyReader } from '../body-reader.js';

/** Runs a portal, or goes on with a suspended one. */
export interface ExecuteMessage {
  readonly kind: 'execute';
  readonly portal: string;
  /** Rows to send before suspending; 0 (and, as in Postgres, anything below) means all. */
  readonly rowCountMax: number;
}

/** Decodes the body of an Execute. */
export function decodeExecute(body: BodyReader): ExecuteMessage {
  const portal = body.text();
  const rowCountMax = body.int32();
  body.end();
  return { kind: 'execute', portal, rowCountMax: Math.max(rowCountMax, 0) };
}
