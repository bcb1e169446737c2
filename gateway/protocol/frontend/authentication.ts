import { SQLSTATE } from '../../../planner/sqlstate.js';
import { BodyReader } from '../body-reader.js';
import { FatalSqlError } from '../protocol-error.js';

/** PostgreSQL's PG_MAX_AUTH_TOKEN_LENGTH. */
export const AUTHENTICATION_BODY_LENGTH_MAX = 65_535;

/** SASLInitialResponse. */
export interface SaslInitialResponse {
  readonly mechanism: string;
  /** Null for none. */
  readonly data: string | null;
}

/** Decodes PasswordMessage: a text and its zero byte. Throws FatalSqlError 08P01, 28P01 for an empty one. */
export function decodePassword(body: Buffer): string {
  const reader = new BodyReader(body);
  const password = reader.text();
  if (reader.remaining > 0) {
    throw new FatalSqlError(SQLSTATE.protocol_violation, 'invalid password packet size');
  }
  if (password === '') {
    throw new FatalSqlError(SQLSTATE.invalid_password, 'empty password returned by client');
  }
  return password;
}

/** Decodes SASLInitialResponse. */
export function decodeSaslInitialResponse(body: Buffer): SaslInitialResponse {
  const reader = new BodyReader(body);
  const mechanism = reader.text();
  const length = reader.int32();
  const data = length === -1 ? null : reader.take(length).toString('latin1');
  reader.end();
  return { mechanism, data };
}

/** Decodes SASLResponse: the whole body is the mechanism's message, which SCRAM writes in ASCII. */
export function decodeSaslResponse(body: Buffer): string {
  return body.toString('latin1');
}
