import type { BodyReader } from '../body-reader.js';

/** 64 MiB of SQL text: far beyond generated INSERTs and IN lists, and what the parser's WASM memory can hold. */
export const QUERY_BODY_LENGTH_MAX: number = 64 * 1024 * 1024;

/** A simple query: any number of statements in one text. */
export interface QueryMessage {
  readonly kind: 'query';
  readonly text: string;
}

/** Decodes the body of a Query. */
export function decodeQuery(body: BodyReader): QueryMessage {
  const text = body.text();
  body.end();
  return { kind: 'query', text };
}
