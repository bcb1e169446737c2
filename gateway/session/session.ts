import type { ResultColumn } from '../../executor/engine.js';
import { parseStatements } from '../../planner/parse/parser.js';
import type { ParsedStatement } from '../../planner/parse/statement.js';
import { SessionQueries } from '../activity/session-queries.js';
import type { Cursor } from '../cursors/cursor.js';
import { Cursors } from '../cursors/cursors.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import { SqlError, positionedInText } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { CatalogSession } from '../catalog/pg/catalog-state.js';
import { SessionSequences } from '../sequences/session-sequences.js';
import { SessionSettings } from '../settings/session-settings.js';
import type { ConnectionIdentity, ExecuteOptions, ExecutionResult, IdleLimit, PreparedStatement, SessionBackend } from './backend.js';
import type { Services } from './services.js';
import { SessionAccess } from './session-access.js';
import { Savepoints } from './savepoints.js';
import { withTemporarySchema } from './lake-schemas.js';
import { SessionLake } from './session-lake.js';
import type { LakeOwner } from './session-lake.js';
import { SessionNames, readSearchPath } from './session-names.js';
import type { SessionStatement } from './session-statement.js';
import { areCurrent, endsTransaction, isSessionStatement } from './session-statement.js';
import { idleLimitOf } from './idle-limit.js';
import { LateStatement } from './late-statement.js';
import { withLakeErrors, withReceiverErrors } from './lake-failures.js';
import { StatementCache } from './statement-cache.js';
import { withStatementTimeout } from './statement-timeout.js';
import { TemporaryFiles } from './temporary-files.js';
import type { TransactionState } from './transaction.js';
import { activityState, nowMicros, refuseInFailed, requireBlock, transactionStatus, transition } from './transaction.js';

/** Makes a parsed statement of a session runnable; declared parameter types are OIDs, 0 where left open. */
export type PrepareStatement = (session: Session, statement: ParsedStatement, declaredTypes: readonly number[]) => Promise<SessionStatement>;

/** One client's session: settings, transaction, temporary objects, and the statements it prepared by SQL. */
export class Session implements SessionBackend {
  readonly services: Services;
  readonly identity: ConnectionIdentity;
  readonly prepareStatement: PrepareStatement;
  readonly settings: SessionSettings = new SessionSettings();
  /** The stored and the temporary tables and views as this session's transaction sees and changes them. */
  readonly lake: SessionLake = new SessionLake(this);
  /** Whose rights its statements have. */
  readonly access: SessionAccess = new SessionAccess(this);
  readonly names: SessionNames;
  readonly temporaryFiles: TemporaryFiles;
  readonly cursors: Cursors = new Cursors();
  /** What nextval has given this session. */
  readonly sequences: SessionSequences = new SessionSequences();
  /** Statements of SQL's PREPARE, by name. */
  readonly prepared: Map<string, SessionStatement> = new Map();
  commitGuard: LakeOwner['commitGuard'] = null;
  onNotice: ((notice: SqlNotice) => void) | null = null;
  onDeallocate: ((name: string | null) => boolean) | null = null;
  onCancel: (() => void) | null = null;
  onProgress: ((notice: SqlNotice) => void) | null = null;
  /** Its statements as they are seen from outside, and what runs them. */
  readonly queries: SessionQueries;

  readonly #statements = new StatementCache<readonly SessionStatement[]>();
  readonly #parsed = new StatementCache<SessionStatement>();
  readonly #savepoints = new Savepoints(this);
  readonly #startedMicros = nowMicros();
  readonly #unregister: () => void;
  #transaction: TransactionState = { kind: 'idle' };
  #cursorsBefore: ReadonlySet<Cursor> = new Set();
  /** Cursors of the transaction that ended last, on their way out. */
  #closingCursors: Promise<void> = Promise.resolve();

  constructor(services: Services, identity: ConnectionIdentity, prepareStatement: PrepareStatement) {
    this.services = services;
    this.prepareStatement = prepareStatement;
    this.identity = identity;
    this.names = new SessionNames(this);
    this.temporaryFiles = new TemporaryFiles(services.temporaryDirectory, identity.processId);
    this.settings.setInitial('session_authorization', identity.user, 'server');
    this.settings.setInitial('application_name', identity.applicationName, 'client');
    this.queries = new SessionQueries(services.activity, services.pool, this);
    this.#unregister = services.sessions.add(() => this.#describe());
  }

  get inTransaction(): boolean {
    return this.#transaction.kind !== 'idle';
  }

  get transactionStatus(): 'I' | 'T' | 'E' {
    return transactionStatus(this.#transaction);
  }

  set onParameterStatus(report: ((name: string, value: string) => void) | null) {
    this.settings.onReport = report;
  }

  get onParameterStatus(): ((name: string, value: string) => void) | null {
    return this.settings.onReport;
  }

  /** Start of the current transaction, or now outside of one: what now() gives. */
  transactionStartMicros(): bigint {
    return this.#transaction.kind === 'idle' ? nowMicros() : this.#transaction.startedMicros;
  }

  schemasSearched(): readonly string[] {
    return withTemporarySchema(readSearchPath(this.settings.require('search_path'), this.access.currentUser));
  }

  startupParameters(): readonly (readonly [string, string])[] {
    return this.settings
      .all()
      .filter((row) => row.definition?.reported === true)
      .map((row) => [row.name, row.value] as const);
  }

  idleLimit(): IdleLimit | null {
    return idleLimitOf(this.settings, this.transactionStatus !== 'I');
  }

  parseSimple(text: string): Promise<readonly SessionStatement[]> {
    return this.queries.prepare(text, () => withLakeErrors(() => this.#parseSimple(text)));
  }

  async #parseSimple(text: string): Promise<readonly SessionStatement[]> {
    const known = this.#statements.get(text);
    if (known !== undefined && (this.#transaction.kind === 'failed' || (await areCurrent(known)))) {
      return known;
    }
    const parsed = parseStatements(text);
    // Later statements may depend on what earlier ones create, so each is prepared when its turn comes.
    const statements = parsed.map((statement) => new LateStatement(statement, () => this.prepareStatement(this, statement, [])));
    if (parsed.length === 1 && parsed[0]?.kind === 'select' && this.#transaction.kind !== 'failed') {
      await statements[0]?.prepare();
      this.#statements.put(text, statements);
    }
    return statements;
  }

  parse(text: string, declaredTypes: readonly number[]): Promise<SessionStatement | null> {
    return this.queries.prepare(text, () => withLakeErrors(() => this.#parse(text, declaredTypes)));
  }

  async #parse(text: string, declaredTypes: readonly number[]): Promise<SessionStatement | null> {
    const key = `${declaredTypes.join(',')}\0${text}`;
    const known = this.#parsed.get(key);
    if (known !== undefined && this.#transaction.kind !== 'failed' && (await areCurrent([known]))) {
      return known;
    }
    const parsed = parseStatements(text);
    const [statement] = parsed;
    if (statement === undefined) {
      return null;
    }
    if (parsed.length > 1) {
      throw new SqlError(SQLSTATE.syntax_error, 'cannot insert multiple commands into a prepared statement');
    }
    refuseInFailed(this.#transaction, endsTransaction(statement));
    const prepared = await positionedInText(statement.offset, () => this.prepareStatement(this, statement, declaredTypes));
    if (statement.kind === 'select') {
      this.#parsed.put(key, prepared);
    }
    return prepared;
  }

  describeCursor(name: string): Promise<readonly ResultColumn[] | null> | null {
    return this.cursors.find(name)?.describe() ?? null;
  }

  async execute(statement: PreparedStatement, options: ExecuteOptions): Promise<ExecutionResult> {
    if (!isSessionStatement(statement)) {
      throw new Error('a statement of another session was executed');
    }
    refuseInFailed(this.#transaction, statement.endsTransaction);
    if (this.#transaction.kind === 'idle') {
      this.#transaction = transition(this.#transaction, { kind: 'statement', nowMicros: nowMicros() });
      this.#beginUndo();
    }
    return await this.queries.run(statement.text, options, async () => {
      const result = await withLakeErrors(() =>
        withStatementTimeout(Number(this.settings.require('statement_timeout')), options, (limited) => statement.run(limited)),
      );
      return result.kind === 'copyIn' ? { ...result, receiver: withReceiverErrors(result.receiver) } : result;
    });
  }

  async endImplicitTransaction(failed: boolean): Promise<void> {
    if (this.#transaction.kind === 'implicit') {
      await this.queries.commit(() => withLakeErrors(() => this.#finish(failed ? 'rollback' : 'commit')));
    }
    if (this.#transaction.kind === 'idle') {
      await this.lake.rollback();
      await this.#closingCursors;
      await this.temporaryFiles.removeStaged();
    }
  }

  statementFailed(): void {
    const before = this.#transaction;
    this.#transaction = transition(before, { kind: 'error' });
    if (before.kind === 'implicit') {
      this.#undo('rollback');
      // Waited for where the implicit transaction ends.
      void this.lake.rollback();
    }
  }

  /** BEGIN: false when a block was open already. */
  begin(): boolean {
    const isFresh = this.#transaction.kind !== 'block';
    if (isFresh) {
      this.#transaction = transition(this.#transaction, { kind: 'begin', nowMicros: nowMicros() });
      this.#beginUndo();
    }
    return isFresh;
  }

  /** COMMIT or ROLLBACK: what really happened, or null when no block was open. */
  async end(wanted: 'commit' | 'rollback'): Promise<'commit' | 'rollback' | null> {
    if (this.#transaction.kind === 'idle') {
      return null;
    }
    if (this.#transaction.kind === 'implicit') {
      await this.#finish(wanted);
      return null;
    }
    const outcome = this.#transaction.kind === 'failed' ? 'rollback' : wanted;
    await this.#finish(outcome);
    return outcome;
  }

  /** SAVEPOINT. */
  async savepoint(name: string): Promise<void> {
    requireBlock(this.#transaction, 'SAVEPOINT');
    await this.#savepoints.add(name);
  }

  /** RELEASE. */
  release(name: string): void {
    requireBlock(this.#transaction, 'RELEASE SAVEPOINT');
    this.#savepoints.release(name);
  }

  /** ROLLBACK TO. */
  async rollbackTo(name: string): Promise<void> {
    requireBlock(this.#transaction, 'ROLLBACK TO SAVEPOINT');
    await this.#savepoints.restore(name);
    this.#transaction = transition(this.#transaction, { kind: 'restore' });
  }

  /** 25006 in a read-only transaction. */
  requireWritable(command: string): void {
    if (this.settings.require('transaction_read_only') === 'on') {
      throw new SqlError(SQLSTATE.read_only_sql_transaction, `cannot execute ${command} in a read-only transaction`);
    }
  }

  /** Forgets statements kept for their text (DISCARD PLANS). */
  forgetPlans(): void {
    this.#statements.clear();
    this.#parsed.clear();
  }

  async close(): Promise<void> {
    this.#unregister();
    this.prepared.clear();
    this.forgetPlans();
    await this.lake.rollback();
    this.lake.forgetTemporary();
    await this.#closingCursors;
    await this.cursors.closeAll();
    await this.temporaryFiles.removeAll();
  }

  /** Ends the transaction; one that cannot be committed is rolled back, and the reason thrown. */
  async #finish(wanted: 'commit' | 'rollback'): Promise<void> {
    let outcome: 'commit' | 'rollback' = 'rollback';
    try {
      if (wanted === 'commit') {
        await this.lake.commit();
        outcome = 'commit';
      } else {
        await this.lake.rollback();
      }
    } finally {
      this.#transaction = transition(this.#transaction, { kind: 'end' });
      this.#undo(outcome);
    }
  }

  #undo(outcome: 'commit' | 'rollback'): void {
    this.settings.endTransaction(outcome);
    this.#closingCursors = this.cursors.endTransaction(outcome, this.#cursorsBefore);
    this.#savepoints.clear();
  }

  /** Changes from here on are kept or undone together. */
  #beginUndo(): void {
    this.settings.beginTransaction();
    this.#cursorsBefore = this.cursors.save();
  }

  #describe(): CatalogSession {
    return {
      processId: this.identity.processId,
      user: this.identity.user,
      database: this.identity.database,
      applicationName: this.settings.require('application_name'),
      remoteAddress: this.identity.remoteAddress,
      startedMicros: this.#startedMicros,
      transactionStartedMicros: this.#transaction.kind === 'idle' ? null : this.#transaction.startedMicros,
      state: activityState(this.transactionStatus, this.queries.isRunning),
      query: this.queries.lastText,
    };
  }
}
