import type { ServerOptions } from '../../gateway/server/server.js';
import { WireServer } from '../../gateway/server/server.js';
import { DEFAULT_RULES, parseAccessRules } from '../../gateway/security/access-rules.js';
import { makeGatekeeper } from '../../gateway/security/gatekeeper.js';
import { Roles } from '../../gateway/security/roles.js';
import { ConstantBackend, newCounters, type BackendCounters } from './constant-backend.js';
import { query, startup } from './frontend-bytes.js';
import { RawClient, type RawMessage } from './raw-client.js';

/** A wire server over constants, with what it logged. */
export interface ConstantServer {
  readonly server: WireServer;
  readonly counters: BackendCounters;
  readonly logged: { readonly level: string; readonly text: string }[];
  /** A client that has started up; `messages` are the server's greeting. */
  connect(settings?: Readonly<Record<string, string>>): Promise<RawClient>;
  close(): Promise<void>;
}

/** Starts a wire server on a free port whose sessions are ConstantBackends. */
export async function startConstantServer(options: Partial<ServerOptions> = {}): Promise<ConstantServer> {
  const counters = newCounters();
  const logged: { readonly level: string; readonly text: string }[] = [];
  const server = await WireServer.listen({
    host: '127.0.0.1',
    port: 0,
    connectionCountMax: 50,
    serverVersion: 'test',
    gatekeeper: makeGatekeeper(parseAccessRules(DEFAULT_RULES), null, () => Promise.resolve(new Roles([]))),
    startSession: (identity) => Promise.resolve(new ConstantBackend(identity, counters)),
    log: (level, fields, message) => {
      logged.push({ level, text: `${message} ${JSON.stringify(fields)}` });
    },
    ...options,
  });
  const clients: RawClient[] = [];
  return {
    server,
    counters,
    logged,
    connect: async (settings = {}) => {
      const client = await RawClient.connect(server.host, server.port);
      clients.push(client);
      client.send(startup({ user: 'tester', database: 'constants', ...settings }));
      await client.until('Z');
      client.chunkLengths.length = 0;
      return client;
    },
    close: async () => {
      for (const client of clients) {
        client.close();
      }
      await server.close(0);
    },
  };
}

/** Sends a simple query and returns its replies. */
export async function ask(client: RawClient, text: string): Promise<readonly RawMessage[]> {
  client.send(query(text));
  return await client.until('Z');
}

/** The message types as one word. */
export function typesOf(messages: readonly RawMessage[]): string {
  return messages.map(({ type }) => type).join('');
}

/** The fields of an ErrorResponse or NoticeResponse by their letters. */
export function reportFields(message: RawMessage | undefined): Readonly<Record<string, string>> {
  const parts = (message?.body.toString('utf8') ?? '').split('\0').filter((part) => part !== '');
  return Object.fromEntries(parts.map((part) => [part.slice(0, 1), part.slice(1)]));
}
