import { isIP } from 'node:net';

/** What of a request says where it comes from. */
export interface RequestOrigin {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site, which browsers set and pages cannot. */
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
}

/** How the server is reached. */
export interface ServerAddress {
  readonly encrypted: boolean;
  /** The address it listens on. */
  readonly host: string;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Why a request must not be answered; null when it may. Programs of this machine are trusted, so a page of a foreign site that
 * a browser of this machine shows must not reach the server: neither by a name that was made to lead here (DNS rebinding: the
 * Host is no name of this server then), nor by requests across sites. Over TLS the certificate does the first part.
 */
export function whyRefused(request: RequestOrigin, server: ServerAddress): string | null {
  if (!server.encrypted && !isOwnHost(request.host, server.host)) {
    return 'the Host of the request is no name of this server: use its address, localhost or 127.0.0.1';
  }
  if (request.fetchSite !== undefined && request.fetchSite !== 'same-origin' && request.fetchSite !== 'none') {
    return 'requests from other sites are not answered';
  }
  if (request.origin !== undefined && request.origin !== `${server.encrypted ? 'https' : 'http'}://${request.host ?? ''}`) {
    return 'requests from other origins are not answered';
  }
  if (!SAFE_METHODS.has(request.method) && request.contentType?.split(';')[0]?.trim() !== 'application/json') {
    return 'the body must be application/json';
  }
  return null;
}

/** An address or localhost cannot be made to lead somewhere else, as a name can. */
function isOwnHost(host: string | undefined, own: string): boolean {
  const name = host
    ?.replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return name !== undefined && (name === 'localhost' || isIP(name) !== 0 || name === own.toLowerCase());
}
