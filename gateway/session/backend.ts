import type { OutputSettings, ResultColumn, ResultStream } from '../../executor/engine.js';
import type { SqlNotice } from '../../planner/sql-error.js';
import type { SqlState } from '../../planner/sqlstate.js';

/**
 * What the wire (gateway/server) needs of a session. The wire knows messages, prepared statements, portals and their
 * order; the backend knows SQL, settings and transactions. One backend per connection; calls never overlap.
 */
export interface SessionBackend {
  /** For ReadyForQuery: idle, in a transaction block, in a failed one. */
  readonly transactionStatus: 'I' | 'T' | 'E';

  /** How long its client may leave it waiting now, and the error that ends it then; null for ever. */
  idleLimit?(): IdleLimit | null;

  /** Settings a client is told of at start-up (ParameterStatus), in Postgres's order. */
  startupParameters(): readonly (readonly [name: string, value: string])[];

  /** Called whenever a reported setting changes; set by the wire. */
  onParameterStatus: ((name: string, value: string) => void) | null;

  /** Called to cancel what the session runs; set by whoever runs its statements. */
  onCancel?: (() => void) | null;

  /** Called with how far the statement that runs is (sluice.progress); to be sent at once. Set by the wire. */
  onProgress?: ((notice: SqlNotice) => void) | null;

  /** Called for notices outside a statement's own list; set by the wire. */
  onNotice: ((notice: SqlNotice) => void) | null;

  /**
   * Forgets a statement prepared by a Parse message (all of them for null), for DEALLOCATE and DISCARD: they share
   * PREPARE's names. False when there is none of that name. Set by the wire.
   */
  onDeallocate?: ((name: string | null) => boolean) | null;

  /**
   * Parses a simple query's text into its statements (none for an empty text). Parameters are not allowed.
   * Syntax errors throw before any statement runs, as in Postgres.
   */
  parseSimple(text: string): Promise<readonly PreparedStatement[]>;

  /** Parses one statement with parameters for the extended protocol. `declaredTypes` are OIDs, 0 where left open. Null for an empty text. */
  parse(text: string, declaredTypes: readonly number[]): Promise<PreparedStatement | null>;

  /** The columns of a cursor that DECLARE made: to clients it is a portal. Null when there is none of that name. */
  describeCursor?(name: string): Promise<readonly ResultColumn[] | null> | null;

  /** Starts a statement. `implicitBlock` is true inside a multi-statement simple query (it fails and commits as one). */
  execute(statement: PreparedStatement, options: ExecuteOptions): Promise<ExecutionResult>;

  /** Called at Sync, and at the end of a simple query: ends an implicit transaction. `failed` when an error was sent since the last one. */
  endImplicitTransaction(failed: boolean): Promise<void>;

  /** Called once after the wire sent an ErrorResponse for a statement: an open transaction block becomes failed. */
  statementFailed(): void;

  /** The connection is gone: roll back, drop temporary objects, free everything. */
  close(): Promise<void>;
}

/** A bound on waiting for the client, in milliseconds. */
export interface IdleLimit {
  readonly milliseconds: number;
  readonly sqlstate: SqlState;
  readonly message: string;
}

/** A parsed statement; it can be executed many times. */
export interface PreparedStatement {
  readonly text: string;
  /** OIDs of $1..$n, inferred where the client left them open. */
  readonly parameterTypes: readonly number[];
  /** True for statements allowed in a failed transaction (COMMIT, ROLLBACK, ROLLBACK TO). */
  readonly endsTransaction: boolean;
  /** Columns for Describe, null when it returns no rows. Formats in it are all text. May throw SqlError. */
  describe(): Promise<readonly ResultColumn[] | null>;
}

/** How one execution is to be done. */
export interface ExecuteOptions {
  /** Values of $1..$n, still as the client sent them. */
  readonly parameters: readonly ParameterValue[];
  /** Result formats as Bind gives them: none (all text), one for all, or one a column. */
  readonly resultFormats: readonly ('text' | 'binary')[];
  /** Aborted by CancelRequest, statement_timeout, or a lost connection; the reason is an SqlError where there is one. */
  readonly signal: AbortSignal;
}

/** A parameter as sent in Bind: null for SQL NULL. */
export interface ParameterValue {
  readonly format: 'text' | 'binary';
  readonly bytes: Buffer | null;
}

/** What executing a statement gives. */
export type ExecutionResult =
  | {
      readonly kind: 'rows';
      readonly columns: readonly ResultColumn[];
      readonly stream: ResultStream;
      /** The command tag once the stream has ended, given the rows sent (`SELECT 5`). */
      readonly tag: (rowCount: number) => string;
      readonly notices: readonly SqlNotice[];
    }
  | {
      /** COPY TO STDOUT: rows that go out as CopyData, between a header and a trailer. */
      readonly kind: 'copyOut';
      readonly format: 'text' | 'binary';
      readonly columnCount: number;
      readonly stream: ResultStream;
      readonly header: Buffer | null;
      readonly trailer: Buffer | null;
      readonly tag: (rowCount: number) => string;
      readonly notices: readonly SqlNotice[];
    }
  | {
      /** COPY FROM STDIN: what the client sends goes to the receiver. */
      readonly kind: 'copyIn';
      readonly format: 'text' | 'binary';
      readonly columnCount: number;
      readonly receiver: CopyReceiver;
      readonly notices: readonly SqlNotice[];
    }
  | { readonly kind: 'command'; readonly tag: string; readonly notices: readonly SqlNotice[] };

/** What takes the data of COPY FROM. After an error or `discard` it takes nothing more. */
export interface CopyReceiver {
  /** Takes a chunk; resolves when more may come. Throws SqlError for what is no data of the format. */
  receive(chunk: Buffer): Promise<void>;
  /** All data has come: adds the rows and gives the command tag. */
  finish(): Promise<string>;
  /** Gives up and removes what was kept; safe after `finish`. */
  discard(): Promise<void>;
}

/** Who connected and from where. */
export interface ConnectionIdentity {
  readonly processId: number;
  readonly user: string;
  readonly database: string;
  readonly applicationName: string;
  readonly remoteAddress: string;
  /** Every start-up parameter as sent (options, TimeZone, DateStyle, ...). */
  readonly startup: ReadonlyMap<string, string>;
}

/** Makes the backend of a new connection, after authentication. Throws SqlError (3D000, 28000, 22023) to refuse it. */
export type SessionFactory = (identity: ConnectionIdentity) => Promise<SessionBackend>;

/** Settings as they are when nothing was set. */
export const DEFAULT_OUTPUT_SETTINGS: OutputSettings = {
  timeZone: 'UTC',
  dateStyle: 'ISO, MDY',
  intervalStyle: 'postgres',
  extraFloatDigits: 1,
  byteaOutput: 'hex',
};
