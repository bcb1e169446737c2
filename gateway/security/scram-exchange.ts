import { randomBytes, timingSafeEqual } from 'node:crypto';
import { FatalSqlError } from '../protocol/protocol-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ScramVerifier } from './scram-verifier.js';
import { hmac, sha256 } from './scram-verifier.js';

/** Mechanisms, the better one first; with PLUS the proof is bound to the TLS connection it travels on. */
export const SCRAM = 'SCRAM-SHA-256';
export const SCRAM_PLUS = 'SCRAM-SHA-256-PLUS';

const NONCE_LENGTH = 18;

/** What the first message of the exchange led to. */
export interface ScramChallenge {
  /** server-first-message. */
  readonly message: string;
  /** Checks client-final-message: the server-final-message, or null where the proof is wrong. Throws 08P01 and 28000 for what is no such message. */
  finish(clientFinal: string): string | null;
}

/** How the client's messages reach the server. */
export interface ScramChannel {
  readonly mechanism: string;
  /** tls-server-end-point of the connection's certificate; null without TLS. */
  readonly endPoint: Buffer | null;
}

/**
 * Answers client-first-message (RFC 5802, section 5). The name in it is not looked at, as in PostgreSQL: the start-up packet
 * has said who it is. Throws FatalSqlError 08P01 for a message that is none, 28000 for a downgrade.
 */
export function beginScram(clientFirst: string, verifier: ScramVerifier, channel: ScramChannel, nonce: string = makeNonce()): ScramChallenge {
  const match =
    /^(?<flag>[ny]|p=(?<type>[A-Za-z0-9.-]+)),(?<name>a=[^,]*)?,(?<bare>(?<reserved>m=[^,]*,)?n=[^,]*,r=(?<nonce>[\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/s.exec(
      clientFirst,
    );
  const groups = match?.groups;
  if (groups === undefined) {
    throw malformed('The message does not have the form of client-first-message.');
  }
  if (groups['name'] !== undefined) {
    throw new FatalSqlError(SQLSTATE.feature_not_supported, 'client uses authorization identity, but it is not supported');
  }
  if (groups['reserved'] !== undefined) {
    throw new FatalSqlError(SQLSTATE.feature_not_supported, 'client requires an unsupported SCRAM extension');
  }
  checkBinding(groups['flag'] ?? '', groups['type'], channel);
  const bare = groups['bare'] ?? '';
  const whole = `${groups['nonce'] ?? ''}${nonce}`;
  const message = `r=${whole},s=${verifier.salt.toString('base64')},i=${verifier.iterationCount}`;
  const header = clientFirst.slice(0, clientFirst.length - bare.length);
  const bound = Buffer.concat([Buffer.from(header), header.startsWith('p=') ? (channel.endPoint ?? Buffer.alloc(0)) : Buffer.alloc(0)]).toString('base64');
  return { message, finish: (clientFinal) => finishScram(clientFinal, { bare, message, nonce: whole, bound, verifier }) };
}

function checkBinding(flag: string, type: string | undefined, { mechanism, endPoint }: ScramChannel): void {
  if (mechanism === SCRAM_PLUS) {
    if (type === undefined) {
      throw malformed('The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include channel binding data.');
    }
    if (type !== 'tls-server-end-point') {
      throw new FatalSqlError(SQLSTATE.protocol_violation, `unsupported SCRAM channel-binding type "${type}"`);
    }
    return;
  }
  if (type !== undefined) {
    throw malformed('The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes channel binding data.');
  }
  if (flag === 'y' && endPoint !== null) {
    // It could bind and was told that the server cannot: somebody between the two changed the list of mechanisms.
    throw new FatalSqlError(SQLSTATE.invalid_authorization_specification, 'SCRAM channel binding negotiation error', {
      detail: 'The client supports SCRAM channel binding but thinks the server does not.  However, this server does support channel binding.',
    });
  }
}

interface Exchange {
  readonly bare: string;
  readonly message: string;
  readonly nonce: string;
  readonly bound: string;
  readonly verifier: ScramVerifier;
}

function finishScram(clientFinal: string, { bare, message, nonce, bound, verifier }: Exchange): string | null {
  const match = /^(?<withoutProof>c=(?<binding>[A-Za-z0-9+/=]+),r=(?<nonce>[^,]+)(?:,[^,]+)*?),p=(?<proof>[A-Za-z0-9+/]{43}=)$/s.exec(clientFinal);
  const groups = match?.groups;
  if (groups === undefined) {
    throw malformed('The message does not have the form of client-final-message.');
  }
  if (groups['binding'] !== bound) {
    throw new FatalSqlError(SQLSTATE.invalid_authorization_specification, 'SCRAM channel binding check failed');
  }
  if (groups['nonce'] !== nonce) {
    throw malformed('Nonce does not match.');
  }
  const authMessage = `${bare},${message},${groups['withoutProof'] ?? ''}`;
  const proof = Buffer.from(groups['proof'] ?? '', 'base64');
  const signature = hmac(verifier.storedKey, authMessage);
  const clientKey = Buffer.from(proof.map((byte, index) => byte ^ (signature[index] ?? 0)));
  if (!timingSafeEqual(sha256(clientKey), verifier.storedKey)) {
    return null;
  }
  return `v=${hmac(verifier.serverKey, authMessage).toString('base64')}`;
}

function makeNonce(): string {
  return randomBytes(NONCE_LENGTH).toString('base64');
}

function malformed(detail: string): FatalSqlError {
  return new FatalSqlError(SQLSTATE.protocol_violation, 'malformed SCRAM message', { detail });
}
