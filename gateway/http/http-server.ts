import { getRequestListener } from '@hono/node-server';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Gatekeeper } from '../security/gatekeeper.js';
import type { Services } from '../session/services.js';
import { makeApp } from './app.js';
import { LoginSessions } from './login-sessions.js';

/** How the HTTP server is set up. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly services: Services;
  readonly gatekeeper: Gatekeeper;
  /** Speaks TLS with the gatekeeper's certificate. */
  readonly encrypted: boolean;
}

/** Connections at a time; a browser opens up to six. */
const CONNECTION_COUNT_MAX = 512;
/** A request must have come whole within this time. */
const REQUEST_MS_MAX = 30_000;
const HEADER_BYTES_MAX = 16 << 10;
/** Connections still busy this long after the server began to close are cut. */
const CLOSE_MS = 2_000;

/** The console, the API, the metrics. */
export class HttpServer {
  readonly port: number;
  readonly #server: Server;
  readonly #stop: AbortController;
  readonly #draining: { now: boolean };

  private constructor(server: Server, port: number, stop: AbortController, draining: { now: boolean }) {
    this.#server = server;
    this.port = port;
    this.#stop = stop;
    this.#draining = draining;
  }

  /** Listens; rejects when the address cannot be taken. */
  static async listen({ host, port, services, gatekeeper, encrypted }: HttpServerOptions): Promise<HttpServer> {
    const stop = new AbortController();
    const draining = { now: false };
    const app = makeApp({ services, gatekeeper, host, encrypted, stopped: stop.signal, isDraining: () => draining.now, logins: new LoginSessions() });
    const listener = getRequestListener((request, bindings) => app.fetch(request, bindings), { overrideGlobalObjects: false });
    const handle: Parameters<typeof createServer>[1] = (incoming, outgoing) => {
      listener(incoming, outgoing).catch((error: unknown) => {
        services.log('debug', { reason: error instanceof Error ? error.message : String(error) }, 'an HTTP request broke off');
        outgoing.destroy();
      });
    };
    const limits = { maxHeaderSize: HEADER_BYTES_MAX, requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX };
    const { tls } = gatekeeper;
    const server = encrypted && tls !== null ? createTlsServer({ ...limits, ...tls.credentials, minVersion: 'TLSv1.2' }, handle) : createServer(limits, handle);
    server.maxConnections = CONNECTION_COUNT_MAX;
    server.listen(port, host);
    await once(server, 'listening');
    server.on('error', (error) => services.log('error', { reason: error.message }, 'the listening socket of HTTP failed'));
    const address = server.address();
    return new HttpServer(server, address !== null && typeof address === 'object' ? address.port : port, stop, draining);
  }

  /** From now on the server says that it is not ready. */
  drain(): void {
    this.#draining.now = true;
  }

  /** Ends what it does, and stops listening. */
  async close(): Promise<void> {
    this.#stop.abort();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), CLOSE_MS);
    await closed;
    clearTimeout(timer);
  }
}
