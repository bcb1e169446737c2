import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is done to a request: passed on as it is, refused, cut off before or in its answer, slowed, or answered with a wrong byte. */
export type Fault = 'none' | 'slow-down' | 'server-error' | 'reset' | 'truncate' | 'slow' | 'wrong-byte';

/** A request the proxy saw. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly range: string | undefined;
  readonly bodyBytes: number;
}

/** An HTTP proxy before one server that harms what a test tells it to. */
export interface FaultProxy {
  readonly url: string;
  /** What is done to each request; `none` at first. */
  fault: (seen: { readonly method: string; readonly url: string; readonly range: string | undefined }) => Fault;
  /** Requests passed on since `forget`, with the bytes of their answers' bodies. */
  readonly seen: readonly SeenRequest[];
  forget(): void;
  stop(): Promise<void>;
}

const SLOW_STEP_MS = 30;

/** Starts a proxy on a free port of loopback before a server on another. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const seen: SeenRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${port}`,
    fault: () => 'none',
    seen,
    forget: () => {
      seen.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming;
    const { range } = incoming.headers;
    const fault = proxy.fault({ method, url, range });
    if (fault === 'slow-down' || fault === 'server-error') {
      incoming.resume();
      const [status, code] = fault === 'slow-down' ? [503, 'SlowDown'] : [500, 'InternalError'];
      outgoing.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code><Message>injected</Message></Error>`);
      return;
    }
    if (fault === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    const answer = await passOn(incoming, targetPort);
    // Signatures cover the host the client named: the server is told that one.
    const body: Buffer[] = [];
    for await (const chunk of answer) {
      body.push(Buffer.from(chunk));
    }
    const bytes = Buffer.concat(body);
    seen.push({ method, url, range, bodyBytes: bytes.length });
    if (fault === 'wrong-byte' && bytes.length > 0) {
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    }
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    if (fault === 'truncate' && bytes.length > 1) {
      outgoing.write(bytes.subarray(0, bytes.length >> 1), () => outgoing.destroy());
      return;
    }
    if (fault === 'slow') {
      for (let quarter = 0; quarter < 4; quarter++) {
        outgoing.write(bytes.subarray((bytes.length * quarter) >> 2, (bytes.length * (quarter + 1)) >> 2));
        await sleep(SLOW_STEP_MS);
      }
      outgoing.end();
      return;
    }
    outgoing.end(bytes);
  }

  return proxy;
}

function passOn(incoming: IncomingMessage, targetPort: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: targetPort, method, path: url, headers }, resolve);
    onward.on('error', reject);
    incoming.pipe(onward);
  });
}
