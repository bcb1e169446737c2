import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { writeErrorResponse } from '../protocol/backend/report.js';
import { writeAuthenticationOk } from '../protocol/backend/authentication.js';
import { writeBackendKeyData, writeParameterStatus } from '../protocol/backend/start-up.js';
import { FatalSqlError } from '../protocol/protocol-error.js';
import type { Gatekeeper } from '../security/gatekeeper.js';
import type { Role } from '../security/roles.js';
import type { ServerTls } from '../security/server-tls.js';
import type { SessionFactory } from '../session/backend.js';
import { authenticate, ClientLeft } from './authenticate.js';
import type { CancelKey, CancelRegistry } from './cancel-registry.js';
import { ClientInput } from './client-input.js';
import { ClientOutput } from './client-output.js';
import { canceledByUser, clientGone, reportableError } from './failure.js';
import { OldClientError, receiveGreeting, type Greeting } from './greeting.js';
import type { Log } from './log.js';
import { serveMessages } from './message-loop.js';
import { WireSession } from './wire-session.js';

/** What a connection needs of its server. */
export interface ConnectionHost {
  readonly startSession: SessionFactory;
  readonly gatekeeper: Gatekeeper;
  readonly cancels: CancelRegistry;
  readonly startupDeadlineMs: number;
  readonly log: Log;
  /** Takes one of the places for sessions. Throws FatalSqlError 53300 when the server, or the role, has none left. */
  admit(role: Role): void;
  /** Gives the place back. */
  release(role: Role): void;
}

/** A client that has come in. */
interface Guest {
  readonly greeting: Greeting;
  readonly role: Role;
}

/**
 * One client from accept to close.
 *
 *   greeting --start-up packet--> authenticating --> opening --session made--> serving --Terminate, FATAL, client gone--> closed
 *      \--cancel request, refusal, deadline-----------/---------------------------------------------------------------------^
 */
export class Connection {
  /** Resolves when the session is freed and the socket closed; never rejects. */
  readonly done: Promise<void>;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #input: ClientInput;
  readonly #output: ClientOutput;
  /** Null while nothing is encrypted. */
  #secured: TLSSocket | null = null;
  #session: WireSession | null = null;
  #processId = 0;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#output = new ClientOutput(socket);
    this.#input = new ClientInput(socket, () => {
      this.#session?.end(clientGone());
    });
    // A broken connection is no more than a client that is gone; 'close' follows.
    socket.on('error', (error) => {
      host.log('debug', { processId: this.#processId, reason: error.message }, 'socket error');
    });
    this.done = this.#run();
  }

  /** Ends the connection with this error as soon as it is idle. */
  terminate(error: FatalSqlError): void {
    this.#input.interrupt(error, 'when idle');
  }

  /** Aborts what runs and ends the connection with this error. */
  abort(error: FatalSqlError): void {
    this.#input.interrupt(error, 'at once');
    this.#session?.end(error);
  }

  /** Closes the socket without a word. */
  destroy(): void {
    this.#output.destroy();
  }

  async #run(): Promise<void> {
    try {
      const guest = await this.#receive();
      if (guest !== null) {
        await this.#serve(guest);
      }
    } catch (error) {
      if (!(error instanceof ClientLeft)) {
        this.#sendFatal(error);
      }
    }
    this.#input.discard();
    await this.#output.end();
  }

  /** Everything before the session, in bounded time. */
  async #receive(): Promise<Guest | null> {
    const { cancels, log, startupDeadlineMs, gatekeeper } = this.#host;
    const deadline = setTimeout(() => {
      log('info', {}, 'connection closed: not authenticated in time');
      this.#output.destroy();
    }, startupDeadlineMs);
    try {
      const { tls } = gatekeeper;
      const encrypt = tls === null ? null : (): Promise<void> => this.#encrypt(tls);
      const greeting = await receiveGreeting(this.#input, this.#output, cancels, log, encrypt);
      return greeting === null ? null : { greeting, role: await this.#authenticate(greeting) };
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Puts TLS between the socket and the two halves of the connection. */
  async #encrypt(tls: ServerTls): Promise<void> {
    if (!this.#input.release()) {
      throw new FatalSqlError(SQLSTATE.protocol_violation, 'received unencrypted data after SSL request', {
        detail: 'This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.',
      });
    }
    const secured = await tls.secure(this.#socket);
    if (secured === null) {
      throw new ClientLeft();
    }
    secured.on('error', (error) => {
      this.#host.log('debug', { reason: error.message }, 'TLS error');
    });
    this.#secured = secured;
    this.#input.readFrom(secured);
    this.#output.writeTo(secured);
  }

  #authenticate(greeting: Greeting): Promise<Role> {
    const secured = this.#secured;
    const certificate = secured === null ? null : { isTrusted: secured.authorized, subject: secured.getPeerCertificate()?.subject };
    return authenticate(this.#input, this.#output, this.#host.gatekeeper, {
      encrypted: secured !== null,
      database: greeting.database,
      user: greeting.user,
      address: this.#socket.remoteAddress ?? '',
      certificate,
    });
  }

  async #serve({ greeting, role }: Guest): Promise<void> {
    const { cancels } = this.#host;
    this.#host.admit(role);
    const key = cancels.register(greeting.version, () => {
      this.#session?.cancel(canceledByUser());
    });
    this.#processId = key.processId;
    try {
      const session = await this.#openSession(greeting, key);
      this.#session = session;
      try {
        await serveMessages(session, this.#input);
      } finally {
        await this.#closeSession(session);
      }
    } finally {
      cancels.revoke(key);
      this.#host.release(role);
    }
  }

  async #openSession(greeting: Greeting, key: CancelKey): Promise<WireSession> {
    const { writer } = this.#output;
    writeAuthenticationOk(writer);
    const backend = await this.#host.startSession({
      processId: key.processId,
      user: greeting.user,
      database: greeting.database,
      applicationName: greeting.settings.get('application_name') ?? '',
      remoteAddress: this.#socket.remoteAddress ?? '',
      startup: greeting.settings,
    });
    const session = new WireSession(backend, this.#output, this.#input, key.processId, this.#host.log);
    for (const [name, value] of backend.startupParameters()) {
      writeParameterStatus(writer, name, value);
    }
    writeBackendKeyData(writer, key.processId, key.secret);
    session.sendReadyForQuery();
    return session;
  }

  async #closeSession(session: WireSession): Promise<void> {
    try {
      await session.close();
    } catch (error) {
      reportableError(error, this.#processId, this.#host.log);
    }
  }

  #sendFatal(thrown: unknown): void {
    const error = reportableError(thrown, this.#processId, this.#host.log);
    this.#host.log('debug', { processId: this.#processId, sqlstate: error.sqlstate, reason: error.message }, 'connection ended by an error');
    this.#output.writer.discardMessage();
    if (!(error instanceof OldClientError)) {
      writeErrorResponse(this.#output.writer, 'FATAL', error);
    }
  }
}
