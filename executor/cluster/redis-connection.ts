import { Cluster, Redis } from 'ioredis';

/** Where a cluster's Redis is, as `--redis` says. */
export type RedisPlace =
  | { readonly kind: 'single'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      readonly nodes: readonly RedisNode[];
      readonly master: string;
      readonly access: RedisAccess;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[]; readonly access: RedisAccess };

/** One server of several. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** How Redis is spoken to. */
export interface RedisAccess {
  readonly username?: string;
  readonly password?: string;
  readonly encrypted: boolean;
  readonly database: number;
}

/** A connection, whatever stands behind it. */
export type RedisConnection = Redis | Cluster;

/** Waits between tries to reach Redis again: it restarts in a second or two. */
const RECONNECT_MS_MAX = 1_000;

/** How long the first connection may take. */
const FIRST_CONNECT_MS = 10_000;

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;

/**
 * Reads `redis://[user:password@]host[:port][/database]`, `rediss://` (TLS), `redis+sentinel://[..@]host[:port],.../master[/database]`
 * and `redis+cluster://[..@]host[:port],...`, the last two also with `rediss+`. Throws Error that says what is wrong, never the password.
 */
export function parseRedisUrl(text: string): RedisPlace {
  const found = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/@]+)((?:\/[^/]*)*)$/.exec(text);
  if (found === null) {
    throw new Error('a URL such as redis://host:6379, rediss://, redis+sentinel://a,b/master or redis+cluster://a,b is expected');
  }
  const [, scheme, kind, userInfo = '', hosts = '', path = ''] = found;
  const parts = path.split('/').slice(1);
  if (kind === undefined) {
    return { kind: 'single', url: text };
  }
  const [user = '', password] = userInfo.split(':').map((part) => decodeURIComponent(part));
  const databaseText = kind === 'sentinel' ? parts[1] : undefined;
  const access = {
    ...(user === '' ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    encrypted: scheme === 'rediss',
    database: Number(databaseText ?? 0),
  };
  const nodes = hosts.split(',').map((host) => readNode(host, kind === 'sentinel' ? SENTINEL_PORT : REDIS_PORT));
  if (kind === 'cluster') {
    return { kind, nodes, access };
  }
  const [master = ''] = parts;
  if (master === '' || !Number.isInteger(access.database)) {
    throw new Error('a URL of Sentinels ends with /master or /master/database');
  }
  return { kind: 'sentinel', nodes, master, access };
}

function readNode(text: string, defaultPort: number): RedisNode {
  const found = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d+))?$/.exec(text);
  if (found === null) {
    throw new Error(`"${text}" is no host and port`);
  }
  return { host: (found[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(found[2] ?? defaultPort) };
}

/** The place without secrets. */
export function describeRedis(place: RedisPlace): string {
  switch (place.kind) {
    case 'single':
      return place.url.replace(/\/\/[^@/]*@/, '//');
    case 'sentinel':
      return `sentinels ${place.nodes.map(printNode).join(', ')} for ${place.master}`;
    case 'cluster':
      return `Redis Cluster ${place.nodes.map(printNode).join(', ')}`;
  }
}

function printNode({ host, port }: RedisNode): string {
  return `${host}:${port}`;
}

/**
 * Connects; rejects with what is wrong when Redis is not there at the start. Later the connection is made again whenever it
 * is lost, and commands wait for it: how long is their caller's matter.
 */
export async function connectRedis(place: RedisPlace): Promise<RedisConnection> {
  const connection = open(place);
  let last: Error | null = null;
  connection.on('error', (error: Error) => {
    last = error;
  });
  // A Redis Cluster that is not in order yet is asked again, which connect() does not wait for.
  const ready = new Promise<void>((resolve) => {
    connection.once('ready', resolve);
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      Promise.race([ready, connection.connect()]).then(() => connection.ping()),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(last ?? new Error(`no answer within ${FIRST_CONNECT_MS / 1000} s`)), FIRST_CONNECT_MS);
      }),
    ]);
    return connection;
  } catch (error) {
    connection.disconnect();
    const reason = last ?? (error instanceof Error ? error : new Error(String(error)));
    throw new Error(`cannot reach Redis at ${describeRedis(place)}: ${reason.message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function open(place: RedisPlace): RedisConnection {
  const common = {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number): number => Math.min(times * 50, RECONNECT_MS_MAX),
  };
  switch (place.kind) {
    case 'single':
      return new Redis(place.url, common);
    case 'sentinel':
      return new Redis({
        ...common,
        sentinels: place.nodes.map((node) => ({ ...node })),
        name: place.master,
        db: place.access.database,
        ...credentials(place.access),
        ...(place.access.encrypted ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
      });
    case 'cluster': {
      return new Cluster(
        place.nodes.map((node) => ({ ...node })),
        {
          lazyConnect: true,
          clusterRetryStrategy: common.retryStrategy,
          redisOptions: { maxRetriesPerRequest: null, ...credentials(place.access) },
        },
      );
    }
  }
}

function credentials({ username, password, encrypted }: RedisAccess): { username?: string; password?: string; tls?: Record<string, never> } {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(encrypted ? { tls: {} } : {}),
  };
}
