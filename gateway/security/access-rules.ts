import { BlockList, isIP } from 'node:net';

/** How a client proves who it is. */
export type AuthenticationMethod = 'trust' | 'reject' | 'scram-sha-256' | 'password' | 'cert';

/** What a client's certificate must be: signed by the CA, or also made out to the role. */
export type ClientCertificate = 'verify-ca' | 'verify-full';

/** A line of a rule file. */
export interface AccessRule {
  readonly line: number;
  /** True for TLS only, false for without TLS only, null for both. */
  readonly encrypted: boolean | null;
  /** Names; null for all. */
  readonly databases: readonly string[] | null;
  /** Names; `+name` for every member of that role; null for all. */
  readonly users: readonly string[] | null;
  /** Null for every address. */
  readonly addresses: BlockList | null;
  readonly method: AuthenticationMethod;
  readonly clientCertificate: ClientCertificate | null;
}

/** Who knocks. */
export interface AccessRequest {
  readonly encrypted: boolean;
  readonly database: string;
  readonly user: string;
  readonly address: string;
}

/** A rule file that cannot be followed. */
export class AccessRuleError extends Error {
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.name = 'AccessRuleError';
  }
}

/** Without a rule file: programs of this machine are trusted, all others have a password. */
export const DEFAULT_RULES = `host all all 127.0.0.0/8 trust
host all all ::1/128 trust
host all all all scram-sha-256
`;

const METHODS: ReadonlySet<string> = new Set(['trust', 'reject', 'scram-sha-256', 'password', 'cert']);
const TYPES: Readonly<Record<string, boolean | null>> = { host: null, hostssl: true, hostnossl: false };

/** Reads rules in the form of pg_hba.conf. Throws AccessRuleError. */
export function parseAccessRules(text: string): readonly AccessRule[] {
  return text.split('\n').flatMap((line, index) => {
    const fields = splitFields(line, index + 1);
    return fields.length === 0 ? [] : [readRule(fields, index + 1)];
  });
}

/** The first rule that fits, as in PostgreSQL; undefined where none does, which refuses. `isMember` answers for `+role`. */
export function findRule(rules: readonly AccessRule[], request: AccessRequest, isMember: (role: string) => boolean): AccessRule | undefined {
  return rules.find(
    (rule) =>
      (rule.encrypted === null || rule.encrypted === request.encrypted) &&
      (rule.databases === null || rule.databases.includes(request.database)) &&
      (rule.users === null || rule.users.some((user) => (user.startsWith('+') ? isMember(user.slice(1)) : user === request.user))) &&
      (rule.addresses === null || rule.addresses.check(plainAddress(request.address), isIP(plainAddress(request.address)) === 6 ? 'ipv6' : 'ipv4')),
  );
}

/** An IPv4 client of an IPv6 socket by its own address. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}

/** A word, and whether it was quoted: quoted words have no meaning of their own. */
interface Field {
  readonly words: readonly { readonly text: string; readonly quoted: boolean }[];
}

function splitFields(line: string, number: number): readonly Field[] {
  const fields: Field[] = [];
  const pattern = /\s*(?:(#.*)|((?:"[^"]*"|[^\s,#"]+)(?:\s*,\s*(?:"[^"]*"|[^\s,#"]+))*))/y;
  const text = line.trimEnd();
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) {
      throw new AccessRuleError(number, `cannot read "${text}"`);
    }
    const list = match[2];
    if (list === undefined) {
      break;
    }
    const words = [...list.matchAll(/"([^"]*)"|([^\s,"]+)/g)].map((word) => ({ text: word[1] ?? word[2] ?? '', quoted: word[1] !== undefined }));
    fields.push({ words });
  }
  return fields;
}

function readRule(fields: readonly Field[], line: number): AccessRule {
  const [type = '', ...rest] = fields.map((field) => field.words[0]?.text ?? '');
  const encrypted = TYPES[type];
  if (encrypted === undefined) {
    throw new AccessRuleError(line, `"${type}" is no connection type: host, hostssl or hostnossl; Sluice has no Unix socket`);
  }
  const address = rest[2] ?? '';
  const hasMask = isIP(address) !== 0 && isIP(rest[3] ?? '') !== 0;
  const method = rest[hasMask ? 4 : 3] ?? '';
  const options = rest.slice(hasMask ? 5 : 4);
  if (fields.length < 5) {
    throw new AccessRuleError(line, 'a rule has five fields: type, database, user, address, method');
  }
  if (!isMethod(method)) {
    throw new AccessRuleError(line, `"${method}" is no method: trust, reject, scram-sha-256, password or cert`);
  }
  const clientCertificate = readOptions(options, line);
  if ((method === 'cert' || clientCertificate !== null) && encrypted !== true) {
    throw new AccessRuleError(line, 'client certificates need a rule of type hostssl');
  }
  return {
    line,
    encrypted,
    databases: readNames(fields[1]),
    users: readNames(fields[2]),
    addresses: address === 'all' ? null : readAddresses(address, hasMask ? (rest[3] ?? '') : null, line),
    method,
    clientCertificate: method === 'cert' ? 'verify-full' : clientCertificate,
  };
}

function isMethod(word: string): word is AuthenticationMethod {
  return METHODS.has(word);
}

function readOptions(options: readonly string[], line: number): ClientCertificate | null {
  let certificate: ClientCertificate | null = null;
  for (const option of options) {
    if (option === 'clientcert=verify-ca' || option === 'clientcert=verify-full') {
      certificate = option === 'clientcert=verify-ca' ? 'verify-ca' : 'verify-full';
    } else {
      throw new AccessRuleError(line, `"${option}" is no option: clientcert=verify-ca or clientcert=verify-full`);
    }
  }
  return certificate;
}

function readNames(field: Field | undefined): readonly string[] | null {
  const words = field?.words ?? [];
  return words.some((word) => word.text === 'all' && !word.quoted) ? null : words.map((word) => word.text);
}

function readAddresses(address: string, mask: string | null, line: number): BlockList {
  const [network = '', length = mask === null ? '' : maskLength(mask, line)] = address.split('/');
  const family = isIP(network);
  const bits = Number(length);
  if (family === 0 || !/^\d{1,3}$/.test(length) || bits > (family === 4 ? 32 : 128)) {
    throw new AccessRuleError(line, `"${address}" is no address: all, ADDRESS/BITS, or ADDRESS and MASK`);
  }
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  return list;
}

/** 255.255.0.0 as 16. */
function maskLength(mask: string, line: number): string {
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  if (isIP(mask) !== 4 || !/^1*0*$/.test(bits)) {
    throw new AccessRuleError(line, `"${mask}" is no mask of IPv4`);
  }
  return String(bits.indexOf('0') < 0 ? 32 : bits.indexOf('0'));
}
