import { setTimeout as sleep } from 'node:timers/promises';
import type { PeerCertificate } from 'node:tls';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { writeCleartextPasswordRequest, writeSaslContinue, writeSaslFinal, writeSaslRequest } from '../protocol/backend/authentication.js';
import { decodePassword, decodeSaslInitialResponse, decodeSaslResponse } from '../protocol/frontend/authentication.js';
import { FatalSqlError } from '../protocol/protocol-error.js';
import type { AccessRequest, AccessRule } from '../security/access-rules.js';
import { findRule } from '../security/access-rules.js';
import type { Gatekeeper } from '../security/gatekeeper.js';
import type { Role } from '../security/roles.js';
import { beginScram, SCRAM, SCRAM_PLUS } from '../security/scram-exchange.js';
import { matchesVerifier } from '../security/scram-verifier.js';
import type { ClientInput } from './client-input.js';
import type { ClientOutput } from './client-output.js';

/** A client's certificate as TLS verified it. */
export interface VerifiedCertificate {
  readonly isTrusted: boolean;
  readonly subject: PeerCertificate['subject'] | undefined;
}

/** The client that wants in. */
export interface Candidate extends AccessRequest {
  readonly certificate: VerifiedCertificate | null;
}

/** The client went away in the middle of it. */
export class ClientLeft extends Error {
  constructor() {
    super('the client left while it was authenticated');
    this.name = 'ClientLeft';
  }
}

/**
 * Lets a client prove who it is by the first rule that fits it, and answers its role. Throws FatalSqlError 28000 or 28P01
 * for one that must not come in, ClientLeft for one that is gone. AuthenticationOk is the caller's to send.
 */
export async function authenticate(input: ClientInput, output: ClientOutput, gatekeeper: Gatekeeper, candidate: Candidate): Promise<Role> {
  const roles = await gatekeeper.loadRoles();
  const role = roles.sessionRole(candidate.user);
  const isMember = (name: string): boolean => {
    const group = roles.find(name);
    return role !== undefined && group !== undefined && roles.memberships(role, { inherited: false }).has(group.oid);
  };
  const rule = findRule(gatekeeper.rules, candidate, isMember);
  if (rule === undefined || rule.method === 'reject') {
    const who = `host "${candidate.address}", user "${candidate.user}", database "${candidate.database}", ${candidate.encrypted ? 'SSL encryption' : 'no encryption'}`;
    throw new FatalSqlError(
      SQLSTATE.invalid_authorization_specification,
      rule === undefined ? `no access rule for ${who}` : `an access rule rejects connections for ${who}`,
    );
  }
  if (!(await proves(input, output, gatekeeper, candidate, rule, role))) {
    await sleep(gatekeeper.failures.add(candidate.address), undefined, { ref: false });
    throw rule.method === 'scram-sha-256' || rule.method === 'password'
      ? new FatalSqlError(SQLSTATE.invalid_password, `password authentication failed for user "${candidate.user}"`)
      : new FatalSqlError(SQLSTATE.invalid_authorization_specification, `certificate authentication failed for user "${candidate.user}"`);
  }
  if (role === undefined) {
    throw new FatalSqlError(SQLSTATE.invalid_authorization_specification, `role "${candidate.user}" does not exist`);
  }
  if (!role.canLogin) {
    throw new FatalSqlError(SQLSTATE.invalid_authorization_specification, `role "${candidate.user}" is not permitted to log in`);
  }
  gatekeeper.failures.clear(candidate.address);
  return role;
}

async function proves(
  input: ClientInput,
  output: ClientOutput,
  gatekeeper: Gatekeeper,
  candidate: Candidate,
  { method, clientCertificate }: AccessRule,
  role: Role | undefined,
): Promise<boolean> {
  const { certificate } = candidate;
  if (clientCertificate !== null && certificate?.isTrusted !== true) {
    throw new FatalSqlError(SQLSTATE.invalid_authorization_specification, 'connection requires a valid client certificate');
  }
  if (clientCertificate === 'verify-full' && certificate?.subject?.CN !== candidate.user) {
    return false;
  }
  switch (method) {
    case 'trust':
    case 'cert':
      return true;
    case 'reject':
      return false;
    case 'password': {
      writeCleartextPasswordRequest(output.writer);
      const password = decodePassword(await nextAnswer(input, output));
      return matchesVerifier(password, gatekeeper.verifierFor(candidate.user, role));
    }
    case 'scram-sha-256':
      return provesByScram(input, output, gatekeeper, candidate, role);
  }
}

async function provesByScram(input: ClientInput, output: ClientOutput, gatekeeper: Gatekeeper, candidate: Candidate, role: Role | undefined): Promise<boolean> {
  const endPoint = candidate.encrypted ? (gatekeeper.tls?.endPoint ?? null) : null;
  const mechanisms = endPoint === null ? [SCRAM] : [SCRAM_PLUS, SCRAM];
  writeSaslRequest(output.writer, mechanisms);
  const { mechanism, data } = decodeSaslInitialResponse(await nextAnswer(input, output));
  if (!mechanisms.includes(mechanism)) {
    throw new FatalSqlError(SQLSTATE.protocol_violation, 'client selected an invalid SASL authentication mechanism');
  }
  let first = data;
  if (first === null) {
    writeSaslContinue(output.writer, '');
    first = decodeSaslResponse(await nextAnswer(input, output));
  }
  const challenge = beginScram(first, gatekeeper.verifierFor(candidate.user, role), { mechanism, endPoint });
  writeSaslContinue(output.writer, challenge.message);
  const final = challenge.finish(decodeSaslResponse(await nextAnswer(input, output)));
  if (final === null) {
    return false;
  }
  writeSaslFinal(output.writer, final);
  return true;
}

async function nextAnswer(input: ClientInput, output: ClientOutput): Promise<Buffer> {
  output.flush();
  const body = await input.nextAuthentication();
  if (body === null) {
    throw new ClientLeft();
  }
  return body;
}
