import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';

/** What the server needs to speak TLS. */
export interface ServerTls {
  /** Puts TLS over a socket; null when the client does not get through the handshake. Its `authorized` says whether the client's certificate is good. */
  secure(socket: Socket): Promise<TLSSocket | null>;
  /** The same for a server of its own. */
  readonly credentials: { readonly cert: Buffer; readonly key: Buffer };
  /** True when client certificates can be verified: there is a CA for them. */
  readonly verifiesClients: boolean;
  /** Hash of the certificate for SCRAM's channel binding (RFC 5929, tls-server-end-point); null where its signature has no single hash. */
  readonly endPoint: Buffer | null;
}

/** Files in PEM. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Authorities whose client certificates are good. */
  readonly clientAuthority: string | undefined;
}

/** Reads certificate and key; throws the system's or OpenSSL's error. */
export function loadTls({ certificate, key, clientAuthority }: TlsFiles): ServerTls {
  return makeTls(readFileSync(certificate), readFileSync(key), clientAuthority === undefined ? undefined : readFileSync(clientAuthority));
}

/** A certificate of this process's own, gone with it: it hides what is said from who only listens, and proves nothing. */
export async function selfSignedTls(host: string): Promise<ServerTls> {
  // Loaded where it is asked for: loading alone takes a tenth of the time in which a server starts.
  const { generate } = await import('selfsigned');
  const { cert, private: key } = await generate([{ name: 'commonName', value: host }], { keyType: 'ec', algorithm: 'sha256' });
  return makeTls(Buffer.from(cert), Buffer.from(key), undefined);
}

function makeTls(certificate: Buffer, key: Buffer, authority: Buffer | undefined): ServerTls {
  // It never listens: connections are put into it one by one, and come out by their peers.
  const server = createServer({
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    requestCert: authority !== undefined,
    rejectUnauthorized: false,
    ...(authority === undefined ? {} : { ca: authority }),
  });
  const waiting = new Map<string, (secured: TLSSocket) => void>();
  server.on('secureConnection', (secured) => {
    waiting.get(peerOf(secured))?.(secured);
  });
  // Its socket is closed, which is what whoever waits looks for.
  server.on('tlsClientError', (_, socket) => {
    socket.destroy();
  });
  return {
    secure: (socket) => secureOne(server, waiting, socket),
    credentials: { cert: certificate, key },
    verifiesClients: authority !== undefined,
    endPoint: endPointHash(new X509Certificate(certificate).raw),
  };
}

function secureOne(server: Server, waiting: Map<string, (secured: TLSSocket) => void>, socket: Socket): Promise<TLSSocket | null> {
  const peer = peerOf(socket);
  return new Promise((resolve) => {
    const finish = (secured: TLSSocket | null): void => {
      waiting.delete(peer);
      resolve(secured);
    };
    waiting.set(peer, finish);
    socket.once('close', () => {
      finish(null);
    });
    server.emit('connection', socket);
  });
}

/** No two open connections have the same. */
function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

/** Last bytes of the OIDs of signature algorithms, with the hash that RFC 5929 takes for them. */
const SIGNATURE_HASHES: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'sha256',
  '2a864886f70d010105': 'sha256',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d0401': 'sha256',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

/** Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE { algorithm OID, ... }, ... } (RFC 5280). */
function endPointHash(der: Buffer): Buffer | null {
  const signed = derContent(der, 0);
  const algorithm = derContent(der, derContent(der, signed.start).end);
  const oid = derContent(der, algorithm.start);
  const hash = SIGNATURE_HASHES[der.subarray(oid.start, oid.end).toString('hex')];
  return hash === undefined ? null : createHash(hash).update(der).digest();
}

/** Where the content of the element at an offset begins and ends. */
function derContent(der: Buffer, offset: number): { readonly start: number; readonly end: number } {
  const first = der.readUInt8(offset + 1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const length = lengthBytes === 0 ? first : der.readUIntBE(offset + 2, lengthBytes);
  const start = offset + 2 + lengthBytes;
  return { start, end: start + length };
}
