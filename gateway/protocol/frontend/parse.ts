import type { BodyReader } from '../body-reader.js';
import { QUERY_BODY_LENGTH_MAX } from './query.js';

/** As long as a simple query's text. */
export const PARSE_BODY_LENGTH_MAX: number = QUERY_BODY_LENGTH_MAX;

/** Makes a prepared statement. */
export interface ParseMessage {
  readonly kind: 'parse';
  /** Empty for the unnamed statement. */
  readonly name: string;
  readonly text: string;
  /** OIDs of $1..$n, 0 where the server is to infer the type; may be shorter than the statement's list. */
  readonly parameterTypes: readonly number[];
}

/** Decodes the body of a Parse. */
export function decodeParse(body: BodyReader): ParseMessage {
  const name = body.text();
  const text = body.text();
  const count = body.uint16();
  const parameterTypes: number[] = [];
  for (let index = 0; index < count; index += 1) {
    parameterTypes.push(body.uint32());
  }
  body.end();
  return { kind: 'parse', name, text, parameterTypes };
}
