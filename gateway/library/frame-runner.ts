import type { Services } from '../session/services.js';
import { openSession } from '../session/open-session.js';
import type { ExecuteOptions, ExecutionResult } from '../session/backend.js';
import { Session } from '../session/session.js';
import type { SessionStatement } from '../session/session-statement.js';
import type { SqlNotice } from '../../planner/sql-error.js';

/** Numbers of sessions of this process: each has its own folder of temporary files. */
let lastSession = 1 << 20;

/** Runs each action of the library as a statement of a session of its own: actions may run at the same time. */
export class FrameRunner {
  readonly services: Services;
  readonly #user: string;
  readonly #settings: ReadonlyMap<string, string>;
  readonly #onNotice: (notice: SqlNotice) => void;

  constructor(services: Services, user: string, settings: ReadonlyMap<string, string>, onNotice: (notice: SqlNotice) => void) {
    this.services = services;
    this.#user = user;
    this.#settings = settings;
    this.#onNotice = onNotice;
  }

  /** Opens a session with the library's settings. */
  async open(): Promise<Session> {
    lastSession += 1;
    const session = await openSession(this.services)({
      processId: lastSession,
      user: this.#user,
      database: this.services.database,
      applicationName: 'sluice library',
      remoteAddress: '127.0.0.1',
      startup: this.#settings,
    });
    if (!(session instanceof Session)) {
      throw new Error('sessions are opened by this gateway');
    }
    session.onNotice = this.#onNotice;
    return session;
  }

  /** Runs work as one statement, called `text` where statements are shown, and lets `follow` read its result before it ends. */
  async run<T>(
    text: string,
    signal: AbortSignal,
    work: (session: Session, options: ExecuteOptions) => Promise<ExecutionResult>,
    follow: (result: ExecutionResult) => Promise<T>,
  ): Promise<T> {
    const session = await this.open();
    const statement: SessionStatement = {
      text,
      parameterTypes: [],
      endsTransaction: false,
      describe: () => Promise.resolve(null),
      run: (options) => work(session, options),
    };
    try {
      const result = await session.execute(statement, { parameters: [], resultFormats: [], signal });
      result.notices.forEach(this.#onNotice);
      const value = await follow(result);
      await session.endImplicitTransaction(false);
      return value;
    } catch (error) {
      session.statementFailed();
      await session.endImplicitTransaction(true);
      throw error;
    } finally {
      await session.close();
    }
  }
}
