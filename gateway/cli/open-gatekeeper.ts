import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { AccessRule } from '../security/access-rules.js';
import { AccessRuleError, DEFAULT_RULES, parseAccessRules } from '../security/access-rules.js';
import type { Gatekeeper } from '../security/gatekeeper.js';
import { makeGatekeeper } from '../security/gatekeeper.js';
import { rolesOf } from '../security/roles.js';
import type { ServerTls } from '../security/server-tls.js';
import { loadTls, selfSignedTls } from '../security/server-tls.js';
import type { Services } from '../session/services.js';
import type { OptionValues } from './options.js';
import { UsageError } from './usage-error.js';

/** For --tls-certificate: a certificate made at every start. */
const SELF_SIGNED = 'self-signed';

/** What decides who comes in, from --auth and the --tls options. Throws UsageError for files that cannot be used. */
export async function openGatekeeper(values: OptionValues, services: Pick<Services, 'lake' | 'log'>): Promise<Gatekeeper> {
  const rules = readRules(values.get('auth'));
  const host = values.get('host') ?? '127.0.0.1';
  const tls = await openTls(values, host);
  if (tls === null && rules.some((rule) => rule.encrypted === true)) {
    throw new UsageError('--auth has rules of type hostssl, which need --tls-certificate');
  }
  if (tls?.verifiesClients !== true && rules.some((rule) => rule.clientCertificate !== null)) {
    throw new UsageError('--auth asks for client certificates, which need --tls-client-ca');
  }
  if (tls === null && !isLoopback(host)) {
    services.log('warn', { host }, 'listening on a network without TLS: what is said can be read on its way');
  }
  return makeGatekeeper(rules, tls, async () => rolesOf(await services.lake.snapshot()));
}

function readRules(path: string | undefined): readonly AccessRule[] {
  try {
    return parseAccessRules(path === undefined ? DEFAULT_RULES : readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(error instanceof AccessRuleError ? `${path}, ${reason}` : `--auth ${path}: ${reason}`);
  }
}

function openTls(values: OptionValues, host: string): ServerTls | Promise<ServerTls> | null {
  const certificate = values.get('tls-certificate');
  const key = values.get('tls-key');
  const clientAuthority = values.get('tls-client-ca');
  if (certificate === undefined) {
    if (key !== undefined || clientAuthority !== undefined) {
      throw new UsageError('--tls-key and --tls-client-ca need --tls-certificate');
    }
    return null;
  }
  if (certificate === SELF_SIGNED) {
    if (key !== undefined || clientAuthority !== undefined) {
      throw new UsageError(`--tls-certificate ${SELF_SIGNED} takes neither --tls-key nor --tls-client-ca`);
    }
    return selfSignedTls(host);
  }
  if (key === undefined) {
    throw new UsageError('--tls-certificate needs --tls-key');
  }
  try {
    return loadTls({ certificate, key, clientAuthority });
  } catch (error) {
    throw new UsageError(`--tls-certificate ${certificate}, --tls-key ${key}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
