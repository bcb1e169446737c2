import type { QueryEngine } from '../../executor/query-engine.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ConnectionIdentity, ExecuteOptions, ExecutionResult } from '../session/backend.js';
import type { ActiveQuery, QueryOwner } from './active-query.js';
import type { Activity } from './activity.js';
import { tellProgress } from './progress.js';
import { WatchedEngine } from './watched-engine.js';

/** What a session's queries are told of it as it is when they ask. */
export interface QuerySession {
  readonly identity: ConnectionIdentity;
  readonly settings: { require(name: string): string };
  readonly onCancel: (() => void) | null;
  readonly onProgress: ((notice: SqlNotice) => void) | null;
}

/** The queries of one session, one after another. */
export class SessionQueries {
  /** What runs the session's statements. */
  readonly engine: QueryEngine;
  readonly #activity: Activity;
  readonly #session: QuerySession;
  readonly #owner: QueryOwner;
  #running: ActiveQuery | null = null;
  #last: ActiveQuery | null = null;
  #lastText = '';
  /** Called with the id of each query that starts. */
  onStart: ((id: string) => void) | null = null;

  constructor(activity: Activity, engine: QueryEngine, session: QuerySession) {
    this.#activity = activity;
    this.#session = session;
    this.#owner = {
      ...session.identity,
      get applicationName() {
        return session.settings.require('application_name');
      },
      get onCancel() {
        return session.onCancel;
      },
    };
    this.engine = new WatchedEngine(engine, (plan) => this.#running?.observe(plan));
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Text of the statement that runs or ran last. */
  get lastText(): string {
    return this.#lastText;
  }

  /** Runs a statement as a query. */
  async run(text: string, options: ExecuteOptions, work: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    const query = this.#activity.begin(this.#owner, text);
    this.#lastText = text;
    this.#running = query;
    this.#last = query;
    this.#tellProgress(query);
    this.onStart?.(query.id);
    try {
      return query.follow(await work(), options);
    } catch (error) {
      query.fail(error);
      throw error;
    } finally {
      this.#running = null;
    }
  }

  #tellProgress(query: ActiveQuery): void {
    const { settings } = this.#session;
    if (settings.require('sluice.progress') === 'on') {
      tellProgress(query, (message) => this.#session.onProgress?.({ severity: 'NOTICE', sqlstate: SQLSTATE.successful_completion, message }));
    }
  }

  /** Does what comes before statements of this text run; where it fails, there is a failed query all the same. */
  async prepare<T>(text: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { id } = this.#activity.refuse(this.#owner, text, error);
      this.onStart?.(id);
      throw error;
    }
  }

  /** Ends an implicit transaction; where it cannot be committed, its last query has failed. */
  async commit(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#last?.commitFailed(error);
      throw error;
    }
  }
}
