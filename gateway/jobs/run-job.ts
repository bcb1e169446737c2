import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRecord, JobStore } from '../../executor/cluster/job-store.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { SessionBackend } from '../session/backend.js';
import type { Services } from '../session/services.js';
import { Session } from '../session/session.js';
import { prepareStatement } from '../statements/prepare-statement.js';

/** How often it is looked whether a job was cancelled. */
const LOOK_MS = 300;

/**
 * A gateway that cannot reach Redis for so long stops its jobs: after the lock's time another one takes them over, and two must
 * not run one.
 */
const REDIS_AWAY_MS_MAX = 5_000;

/** Why a job stops here to go on in another gateway. */
class PutBack extends Error {
  override readonly name = 'PutBack';
}

/** Runs jobs in this gateway; `stopped` is aborted when the gateway ends. */
export class JobRunner {
  readonly #services: Services;
  readonly #store: JobStore;
  readonly #gateway: string;
  readonly #stopped: AbortSignal;

  constructor(services: Services, store: JobStore, gateway: string, stopped: AbortSignal) {
    this.#services = services;
    this.#store = store;
    this.#gateway = gateway;
    this.#stopped = stopped;
  }

  /** Runs a job to its end and keeps what became of it. Throws when the gateway ends before: another one then goes on. */
  async run(id: string): Promise<void> {
    const record = await this.#store.read(id);
    if (record === null || !['queued', 'running'].includes(record.state)) {
      return;
    }
    const running: JobRecord = {
      ...record,
      state: 'running',
      gateway: this.#gateway,
      attempts: record.attempts + 1,
      startedMs: record.startedMs ?? Date.now(),
    };
    await this.#store.write(running);
    // What a gateway committed just before it died must not be committed again.
    const committed = running.attempts > 1 && (await this.#isCommitted(id));
    const end = committed ? ({ state: 'done' } as const) : await this.#execute(running);
    await this.#store.write({ ...running, ...end, endedMs: Date.now() });
  }

  async #execute(record: JobRecord): Promise<Pick<JobRecord, 'state' | 'tag' | 'error'>> {
    const abort = new AbortController();
    const over = new AbortController();
    const watching = this.#watch(record.id, abort, over.signal);
    const identity = {
      processId: 0,
      user: record.role,
      database: this.#services.database,
      applicationName: `job ${record.id}`,
      remoteAddress: '',
      startup: new Map<string, string>(),
    };
    const session = new Session(this.#services, identity, prepareStatement);
    session.onCancel = () => abort.abort(new SqlError(SQLSTATE.query_canceled, 'the job was cancelled'));
    session.commitGuard = { message: commitMessage(record.id), check: () => this.#requireOwn(record) };
    try {
      for (const [name, value] of record.settings) {
        session.settings.set(name, value, 'session');
      }
      return { state: 'done', tag: await runStatements(session, record.statement, abort.signal) };
    } catch (error) {
      session.statementFailed();
      if (abort.signal.reason instanceof PutBack) {
        throw abort.signal.reason;
      }
      const failure = error instanceof SqlError ? error : new SqlError(SQLSTATE.internal_error, 'the job failed unexpectedly');
      if (!(error instanceof SqlError)) {
        this.#services.log('error', { job: record.id, error: error instanceof Error ? error.message : String(error) }, 'a job failed unexpectedly');
      }
      const { sqlstate, message, detail } = failure;
      return { state: abort.signal.aborted ? 'canceled' : 'failed', error: { sqlstate, message, ...(detail === undefined ? {} : { detail }) } };
    } finally {
      over.abort();
      await watching;
      await session.close();
    }
  }

  /** Aborts when the job is cancelled, the gateway ends, or Redis stays away. */
  async #watch(id: string, abort: AbortController, over: AbortSignal): Promise<void> {
    let awayMs = 0;
    while (!over.aborted && !abort.signal.aborted) {
      if (this.#stopped.aborted) {
        abort.abort(new PutBack('the gateway ends'));
      } else if (!this.#store.isReachable) {
        awayMs += LOOK_MS;
        if (awayMs > REDIS_AWAY_MS_MAX) {
          abort.abort(new PutBack('Redis is away'));
        }
      } else {
        awayMs = 0;
        if (await this.#store.isCanceled(id).catch(() => false)) {
          abort.abort(new SqlError(SQLSTATE.query_canceled, 'the job was cancelled'));
        }
      }
      await sleep(LOOK_MS, undefined, { signal: over }).catch(() => undefined);
    }
  }

  /** Before the commit: the job is still this gateway's. */
  async #requireOwn({ id, attempts }: JobRecord): Promise<void> {
    const now = this.#store.isReachable ? await this.#store.read(id) : null;
    if (now?.gateway !== this.#gateway || now.attempts !== attempts) {
      throw new SqlError(SQLSTATE.serialization_failure, 'the job was taken over by another gateway');
    }
  }

  async #isCommitted(id: string): Promise<boolean> {
    const history = await this.#services.lake.history();
    return history.some(({ message }) => message === commitMessage(id));
  }
}

function commitMessage(id: string): string {
  return `sluice job ${id}`;
}

async function runStatements(session: SessionBackend, text: string, signal: AbortSignal): Promise<string> {
  let tag = '';
  for (const statement of await session.parseSimple(text)) {
    const result = await session.execute(statement, { parameters: [], resultFormats: [], signal });
    switch (result.kind) {
      case 'command':
        tag = result.tag;
        break;
      case 'rows': {
        let rowCount = 0;
        try {
          for (let batch = await result.stream.next(); batch !== null; batch = await result.stream.next()) {
            rowCount += batch.rowCount;
          }
        } finally {
          await result.stream.close();
        }
        tag = result.tag(rowCount);
        break;
      }
      case 'copyIn':
        await result.receiver.discard();
        throw new SqlError(SQLSTATE.feature_not_supported, 'a job has no client to copy from');
      case 'copyOut':
        await result.stream.close();
        throw new SqlError(SQLSTATE.feature_not_supported, 'a job has no client to copy to');
    }
  }
  await session.endImplicitTransaction(false);
  return tag;
}
