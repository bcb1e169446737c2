import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { FatalSqlError } from '../protocol/protocol-error.js';
import type { Gatekeeper } from '../security/gatekeeper.js';
import type { Role } from '../security/roles.js';
import type { SessionFactory } from '../session/backend.js';
import { CancelRegistry, type CancelPeers } from './cancel-registry.js';
import { Connection, type ConnectionHost } from './connection.js';
import { serverShutdown } from './failure.js';
import type { Log } from './log.js';

/** How a wire server is set up. */
export interface ServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Sessions at a time; one more is refused with 53300. */
  readonly connectionCountMax: number;
  readonly startSession: SessionFactory;
  readonly gatekeeper: Gatekeeper;
  /** The other gateways of a cluster. */
  readonly cancelPeers?: CancelPeers;
  readonly log: Log;
  /** Sluice's own version, for the log. */
  readonly serverVersion: string;
  /** How long a client may take to say who it is and to prove it. */
  readonly startupDeadlineMs?: number;
}

/** As PostgreSQL's authentication_timeout. */
const STARTUP_DEADLINE_MS = 60_000;
/** Sockets beyond the sessions' places: clients not yet greeted, cancel requests, the refused reading why. */
const GREETING_COUNT_MAX = 256;
/** A silent peer is probed after this time, so that a vanished client is found out while its session is idle. */
const KEEP_ALIVE_DELAY_MS = 60_000;
/** What Node may queue for a client beyond the kernel's own buffer before production waits. */
const SOCKET_HIGH_WATER_MARK = 64 * 1024;
/** What a timer can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;
/** Between aborting statements at shutdown and cutting their sockets. */
const ABORT_DEADLINE_MS = 5_000;

/** Accepts connections and speaks the Postgres protocol on them; what SQL means is the sessions' matter. */
export class WireServer {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  readonly #connections: Set<Connection>;
  readonly #sessions: SessionCount;

  private constructor(server: Server, connections: Set<Connection>, sessions: SessionCount, host: string, port: number) {
    this.#server = server;
    this.#connections = connections;
    this.#sessions = sessions;
    this.host = host;
    this.port = port;
  }

  /** Listens; rejects when the address cannot be taken. */
  static async listen(options: ServerOptions): Promise<WireServer> {
    const connections = new Set<Connection>();
    const sessions = new SessionCount(options.connectionCountMax);
    const host: ConnectionHost = {
      startSession: options.startSession,
      cancels: new CancelRegistry(options.cancelPeers ?? null),
      startupDeadlineMs: options.startupDeadlineMs ?? STARTUP_DEADLINE_MS,
      log: options.log,
      gatekeeper: options.gatekeeper,
      admit: (role) => {
        sessions.admit(role);
      },
      release: (role) => {
        sessions.release(role);
      },
    };
    const server = createServer(
      {
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
        highWaterMark: SOCKET_HIGH_WATER_MARK,
      },
      (socket) => {
        accept(socket, host, connections, options);
      },
    );
    server.listen(options.port, options.host);
    await once(server, 'listening');
    server.on('error', (error) => {
      options.log('error', { reason: error.message }, 'the listening socket failed');
    });
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : options.port;
    options.log('info', { host: options.host, port, version: options.serverVersion }, 'listening');
    return new WireServer(server, connections, sessions, options.host, port);
  }

  /** Sessions open at this moment. */
  connectionCount(): number {
    return this.#sessions.count;
  }

  /**
   * Stops accepting, ends idle connections (57P01), gives busy ones `graceMs` to finish what they run, or until `hurry` is
   * aborted, then aborts it.
   * Resolves when every session is freed.
   */
  async close(graceMs: number, hurry?: AbortSignal): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
    const reason = serverShutdown();
    for (const connection of this.#connections) {
      connection.terminate(reason);
    }
    await this.#allDoneWithin(graceMs, hurry);
    for (const connection of this.#connections) {
      connection.abort(reason);
    }
    await this.#allDoneWithin(ABORT_DEADLINE_MS);
    for (const connection of this.#connections) {
      connection.destroy();
    }
    await closed;
  }

  async #allDoneWithin(limitMs: number, hurry?: AbortSignal): Promise<void> {
    if (this.#connections.size === 0) {
      return;
    }
    const timer = new AbortController();
    const allDone = Promise.all([...this.#connections].map((connection) => connection.done));
    const signal = hurry === undefined ? timer.signal : AbortSignal.any([timer.signal, hurry]);
    await Promise.race([allDone, sleep(Math.min(limitMs, TIMER_MS_MAX), undefined, { signal }).catch(() => undefined)]);
    timer.abort();
  }
}

/** How many sessions there are, by role too, and whether one more may be opened. */
class SessionCount {
  readonly #countMax: number;
  readonly #byRole = new Map<number, number>();
  count = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  admit(role: Role): void {
    const own = this.#byRole.get(role.oid) ?? 0;
    if (this.count >= this.#countMax) {
      throw new FatalSqlError(SQLSTATE.too_many_connections, 'sorry, too many clients already');
    }
    if (!role.superuser && role.connectionLimit >= 0 && own >= role.connectionLimit) {
      throw new FatalSqlError(SQLSTATE.too_many_connections, `too many connections for role "${role.name}"`);
    }
    this.count += 1;
    this.#byRole.set(role.oid, own + 1);
  }

  release({ oid }: Role): void {
    this.count -= 1;
    const own = (this.#byRole.get(oid) ?? 1) - 1;
    if (own > 0) {
      this.#byRole.set(oid, own);
    } else {
      this.#byRole.delete(oid);
    }
  }
}

function accept(socket: Socket, host: ConnectionHost, connections: Set<Connection>, options: ServerOptions): void {
  if (connections.size >= options.connectionCountMax + GREETING_COUNT_MAX) {
    options.log('warn', { connections: connections.size }, 'connection refused: too many sockets');
    socket.destroy();
    return;
  }
  const connection = new Connection(socket, host);
  connections.add(connection);
  void connection.done.then(() => connections.delete(connection));
}
