import type { QueryFailure, QueryRecord, Spread, StageRecord, TaskRecord } from '../activity/records.js';

// What the HTTP API says, as JSON; the console is compiled against it. Types only.

export type { QueryFailure, Spread, TaskRecord };

/** GET /api/me: who asks. */
export interface Me {
  readonly user: string;
  readonly superuser: boolean;
  /** True when others' queries are seen. */
  readonly seesAll: boolean;
  /** How it was proved. */
  readonly method: 'trust' | 'password';
  /** True when it came by a login, which a logout ends. */
  readonly loggedIn: boolean;
  readonly database: string;
  readonly version: string;
}

/** A refusal. */
export interface ApiError {
  readonly error: QueryFailure;
}

/** A query in the list. */
export type QuerySummary = Omit<QueryRecord, 'stages'> & {
  readonly stageCount: number;
  readonly doneCount: number;
  /** Of the tasks known so far; a stage that has not begun is not in it. */
  readonly plannedCount: number;
  readonly peakMemoryBytes: number | null;
};

/** GET /api/queries */
export interface QueryList {
  /** Newest first. */
  readonly queries: readonly QuerySummary[];
  readonly version: number;
}

/** GET /api/queries/ID: tasks come by themselves. */
export interface QueryDetail {
  readonly query: QuerySummary;
  readonly stages: readonly StageSummaryJson[];
  readonly mayCancel: boolean;
}

/** A stage with how even its tasks were. */
export type StageSummaryJson = Omit<StageRecord, 'tasks'> & {
  readonly taskMs: Spread | null;
  readonly taskRows: Spread | null;
  readonly taskMemory: Spread | null;
};

/** GET /api/queries/ID/tasks?since=VERSION: tasks that changed after that version. */
export interface TaskList {
  readonly version: number;
  readonly tasks: readonly TaskJson[];
}

/** A task; its SQL is left out. */
export type TaskJson = TaskRecord;

/** GET /api/queries/ID/tasks/STAGE/TASK/ATTEMPT */
export interface TaskDetail {
  readonly task: TaskRecord;
  readonly name: string;
}

/** Event `queries` of GET /api/events: what changed since the event before; the first has all that runs. */
export interface QueriesEvent {
  readonly version: number;
  readonly changed: readonly QuerySummary[];
  /** Ids of all that run: others that ran are over, and of no interest where they are not in `changed`. */
  readonly running: readonly string[];
}

/** GET /api/executors */
export interface Executors {
  /** Processes of this machine; null in a cluster. */
  readonly local: {
    readonly idle: number;
    readonly leased: number;
    readonly starting: number;
    readonly waiting: number;
    readonly processes: readonly { readonly processId: number; readonly memoryBytes: number | null; readonly task: string | null }[];
  } | null;
  readonly cluster: readonly ExecutorJson[];
}

/** An executor of the cluster. */
export interface ExecutorJson {
  readonly id: string;
  readonly host: string;
  readonly processId: number;
  readonly state: 'ready' | 'draining';
  readonly release: string;
  readonly duckdbVersion: string;
  readonly cores: number;
  readonly threads: number;
  readonly places: number;
  readonly running: number;
  readonly memoryBytes: number;
  readonly labels: readonly string[];
  readonly fileSystem: string;
  readonly startedMs: number;
}

/** GET /api/tables */
export interface TableList {
  readonly tables: readonly TableSummary[];
}

/** A table, view or sequence. */
export interface TableSummary {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view' | 'foreign table' | 'sequence';
  /** True for stored tables, false for files that are read where they lie. */
  readonly stored: boolean;
  readonly columnCount: number;
  readonly rowCount: number | null;
  readonly byteCount: number | null;
  readonly comment: string | null;
}

/** GET /api/tables/SCHEMA/NAME */
export interface TableDetail {
  readonly table: TableSummary;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly notNull: boolean; readonly comment: string | null }[];
  /** Null where there are no files (a view) or they may not be read. */
  readonly files: {
    readonly format: string;
    readonly count: number;
    /** The first of them. */
    readonly shown: readonly { readonly path: string; readonly byteCount: number; readonly rowCount: number | null; readonly partition: string | null }[];
    readonly partitionColumns: readonly string[];
    readonly partitions: readonly { readonly values: string; readonly files: number; readonly byteCount: number; readonly rowCount: number | null }[];
  } | null;
  readonly definition: string | null;
}

/** GET /api/snapshots: of the stored tables' catalog, newest first. */
export interface Snapshots {
  readonly snapshots: readonly { readonly id: number; readonly timeMs: number; readonly changes: string }[];
}

/** GET /api/settings */
export interface Settings {
  readonly settings: readonly { readonly name: string; readonly value: string; readonly defaultValue: string; readonly description: string }[];
}

/** POST /api/sql: lines of JSON. */
export type SqlEvent =
  /** A statement began; null where the gateway answers it itself. */
  | { readonly kind: 'query'; readonly id: string }
  | { readonly kind: 'columns'; readonly columns: readonly { readonly name: string; readonly type: string; readonly isNumber: boolean }[] }
  /** Values as text; null is SQL NULL. */
  | { readonly kind: 'rows'; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly kind: 'notice'; readonly severity: string; readonly message: string }
  /** A statement is done; `cut` when it has more rows than are given. */
  | { readonly kind: 'end'; readonly tag: string; readonly cut: boolean; readonly elapsedMs: number }
  | { readonly kind: 'error'; readonly error: QueryFailure };
