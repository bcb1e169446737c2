/** The body is not read (function calls are refused), yet it must be passed over: room for a large object's chunk. */
export const FUNCTION_CALL_BODY_LENGTH_MAX: number = 16 * 1024 * 1024;

/** A call of a function by its OID ("fast path"), which Sluice refuses. */
export interface FunctionCallMessage {
  readonly kind: 'functionCall';
}
