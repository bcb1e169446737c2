import type { Socket } from 'node:net';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { writeErrorResponse } from '../protocol/backend/report.js';
import { writeAuthenticationOk, writeBackendKeyData, writeParameterStatus } from '../protocol/backend/start-up.js';
import { FatalSqlError } from '../protocol/protocol-error.js';
import type { SessionFactory } from '../session/backend.js';
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
  readonly cancels: CancelRegistry;
  readonly startupDeadlineMs: number;
  readonly log: Log;
  /** Takes one of the places for sessions; false when there is none. */
  admit(): boolean;
  /** Gives the place back. */
  release(): void;
}

/**
 * One client from accept to close.
 *
 *   greeting --start-up packet--> opening --session made--> serving --Terminate, FATAL, client gone--> closed
 *      \--cancel request, refusal, deadline--------------------------------------------------------------^
 */
export class Connection {
  /** Resolves when the session is freed and the socket closed; never rejects. */
  readonly done: Promise<void>;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #input: ClientInput;
  readonly #output: ClientOutput;
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
      const greeting = await this.#greet();
      if (greeting !== null) {
        await this.#serve(greeting);
      }
    } catch (error) {
      this.#sendFatal(error);
    }
    this.#input.discard();
    await this.#output.end();
  }

  async #greet(): Promise<Greeting | null> {
    const { cancels, log, startupDeadlineMs } = this.#host;
    const deadline = setTimeout(() => {
      log('info', {}, 'connection closed: no start-up packet in time');
      this.#output.destroy();
    }, startupDeadlineMs);
    try {
      return await receiveGreeting(this.#input, this.#output, cancels, log);
    } finally {
      clearTimeout(deadline);
    }
  }

  async #serve(greeting: Greeting): Promise<void> {
    const { cancels } = this.#host;
    if (!this.#host.admit()) {
      throw new FatalSqlError(SQLSTATE.too_many_connections, 'sorry, too many clients already');
    }
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
      this.#host.release();
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
