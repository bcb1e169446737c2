import type { SqlError, SqlNotice } from '../../planner/sql-error.js';
import { writeReadyForQuery } from '../protocol/backend/completion.js';
import { writeNoticeResponse } from '../protocol/backend/report.js';
import { writeParameterStatus } from '../protocol/backend/start-up.js';
import type { FatalSqlError } from '../protocol/protocol-error.js';
import type { PreparedStatement, SessionBackend } from '../session/backend.js';
import { AbortSource } from './abort-source.js';
import type { ClientInput } from './client-input.js';
import type { ClientOutput } from './client-output.js';
import { canceledByUser, failedTransaction } from './failure.js';
import type { Log } from './log.js';
import { Portals } from './portals.js';
import { PreparedStatements } from './prepared-statements.js';

/** A connection after start-up, as the handlers of its messages see it. */
export class WireSession {
  readonly backend: SessionBackend;
  readonly output: ClientOutput;
  /** Where COPY FROM STDIN reads its data. */
  readonly input: ClientInput;
  readonly processId: number;
  readonly log: Log;
  readonly statements: PreparedStatements = new PreparedStatements();
  readonly portals: Portals = new Portals();
  /** After an error in an extended message: everything up to the next Sync is passed over. */
  skipsUntilSync = false;
  /** An ErrorResponse went out since the implicit transaction began. */
  hasFailed = false;
  readonly #reported: Map<string, string>;
  readonly #changed = new Map<string, string>();
  #running: AbortSource | null = null;
  #ending: FatalSqlError | null = null;

  constructor(backend: SessionBackend, output: ClientOutput, input: ClientInput, processId: number, log: Log) {
    this.backend = backend;
    this.output = output;
    this.input = input;
    this.processId = processId;
    this.log = log;
    this.#reported = new Map(backend.startupParameters());
    backend.onParameterStatus = (name, value) => {
      this.#changed.set(name, value);
    };
    backend.onNotice = (notice) => {
      this.sendNotice(notice);
    };
    backend.onProgress = (notice) => {
      this.sendNotice(notice);
      output.flush();
    };
    backend.onCancel = () => this.cancel(canceledByUser());
    backend.onDeallocate = (name) => {
      if (name !== null) {
        return this.statements.delete(name);
      }
      this.statements.clear();
      return true;
    };
  }

  /**
   * Runs work that a CancelRequest or a lost client may abort. Once aborted, its error is the reason of the abort,
   * whatever the work made of it.
   */
  async runAbortably<T>(abort: AbortSource, work: () => Promise<T>): Promise<T> {
    this.#running = abort;
    if (this.#ending !== null) {
      abort.abort(this.#ending);
    }
    try {
      return await work();
    } catch (error) {
      throw abort.reason ?? error;
    } finally {
      this.#running = null;
    }
  }

  /** Parsing and planning, which a cancel or a lost client ends too: they only read, so nothing waits for them to let go. */
  prepareAbortably<T>(work: () => Promise<T>): Promise<T> {
    const abort = new AbortSource();
    return this.runAbortably(abort, () => abort.race(work()));
  }

  /** Aborts what runs now; nothing happens between statements. */
  cancel(reason: SqlError): void {
    if (this.#running !== null) {
      this.#running.abort(reason);
      this.output.wakeUp();
    }
  }

  /** Aborts what runs now and whatever would still be started: the connection is ending. */
  end(reason: FatalSqlError): void {
    this.#ending ??= reason;
    this.cancel(reason);
  }

  /** 25P02 unless the statement may run in a failed transaction. */
  assertRunnable(statement: PreparedStatement): void {
    if (this.backend.transactionStatus === 'E' && !statement.endsTransaction) {
      throw failedTransaction();
    }
  }

  /** Portals end with their transaction. */
  async dropPortalsAfterTransaction(statusBefore: 'I' | 'T' | 'E'): Promise<void> {
    if (statusBefore !== 'I' && this.backend.transactionStatus === 'I') {
      await this.portals.dropAll();
    }
  }

  sendNotice(notice: SqlNotice): void {
    writeNoticeResponse(this.output.writer, notice);
  }

  /** Ends a round: changed settings, then ReadyForQuery, all of it to the socket. */
  sendReadyForQuery(): void {
    for (const [name, value] of this.#changed) {
      if (this.#reported.get(name) !== value) {
        this.#reported.set(name, value);
        writeParameterStatus(this.output.writer, name, value);
      }
    }
    this.#changed.clear();
    writeReadyForQuery(this.output.writer, this.backend.transactionStatus);
    this.output.flush();
  }

  /** Frees everything; called once, when no handler runs any more. */
  async close(): Promise<void> {
    try {
      await this.portals.dropAll();
    } finally {
      await this.backend.close();
    }
  }
}
