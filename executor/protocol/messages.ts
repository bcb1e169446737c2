import type { CopyEncoding } from '../encode/copy-encoding.js';
import type { DescribedColumn, OutputSettings, Prelude, ResultColumn, ResultColumnEncoding } from '../engine.js';
import type { WireError } from '../errors/wire-error.js';

/** Raised by one whenever a message changes its meaning; both sides must have the same. */
export const PROTOCOL_VERSION = 2;

/**
 * What an executor is told. `configure` comes first and once; then at most one task at a time, `resize` and `cancel`
 * at any moment.
 */
export type ToExecutor =
  | { readonly kind: 'configure'; readonly protocol: number; readonly instance: InstanceOptions }
  | {
      readonly kind: 'task';
      readonly task: number;
      readonly attempt: number;
      readonly settings: TaskSettings;
      readonly work: TaskWork;
    }
  | { readonly kind: 'cancel'; readonly task: number }
  | { readonly kind: 'resize'; readonly memoryBytes: number };

/**
 * What an executor says. `hello` answers `configure`; a task gives `started` (streams only) and rows, then exactly one
 * of the other messages that name it.
 */
export type FromExecutor =
  | {
      readonly kind: 'hello';
      readonly protocol: number;
      readonly duckdbVersion: string;
      readonly nodeVersion: string;
      readonly processId: number;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'started'; readonly task: number; readonly columns: readonly ResultColumn[] }
  | { readonly kind: 'streamed'; readonly task: number; readonly rowCount: number; readonly peakMemoryBytes?: number }
  | { readonly kind: 'collected'; readonly task: number; readonly rows: readonly CollectedRow[]; readonly peakMemoryBytes?: number }
  | {
      readonly kind: 'described';
      readonly task: number;
      readonly columns: readonly DescribedColumn[];
    }
  | {
      readonly kind: 'failed';
      readonly task: number;
      readonly error: WireError;
      /** True when DuckDB itself is broken (internal or fatal error): the process must be replaced. */
      readonly broken: boolean;
    };

/** Values of one collected row; integers wider than 53 bits, decimals, dates and the like come as text. */
export type CollectedRow = readonly CollectedValue[];

/** JSON as DuckDB's binding prints values. */
export type CollectedValue = null | boolean | number | string | readonly CollectedValue[] | { readonly [name: string]: CollectedValue };

/** How an executor's DuckDB is opened; fixed for the life of the process. */
export interface InstanceOptions {
  readonly threads: number;
  readonly memoryBytes: number;
  /** The process's own folder for spilled data; it is made, and removed at the end. */
  readonly spillDirectory: string;
  /** Roots that SQL may read or write; nothing else is reachable. */
  readonly allowedDirectories: readonly string[];
  /** Further settings as SQL (`SET ...`), run before the file system is locked. */
  readonly statements: readonly string[];
}

/** What may differ from task to task; the process changes only what is different. */
export interface TaskSettings {
  readonly threads: number;
  readonly memoryBytes: number;
  readonly timeZone: string;
  /** True for a stage's tasks: DuckDB joins in the order the plan wrote. It was chosen over the whole query; what a task reads tells less. */
  readonly keepJoinOrder: boolean;
  /** True: the last message says how much memory the process had at most. */
  readonly measureMemory?: true;
}

/** What a task does. */
export type TaskWork =
  /** Rows in wire form, produced only as fast as they are taken. */
  | {
      readonly kind: 'stream';
      readonly sql: string;
      readonly columnNames: readonly string[] | null;
      readonly encodings: readonly ResultColumnEncoding[];
      readonly output: OutputSettings;
      /** CopyData rather than DataRow messages. */
      readonly copy: CopyEncoding | null;
      readonly preludes: readonly Prelude[];
      readonly inputs: readonly InputCheck[];
    }
  /** A few rows: COPY's statistics, a plan, a file's metadata. `directories` are made first; the rows are the last statement's. */
  | {
      readonly kind: 'collect';
      readonly statements: readonly string[];
      readonly directories: readonly string[];
      readonly rowCountMax: number;
      readonly preludes: readonly Prelude[];
      readonly inputs: readonly InputCheck[];
    }
  /** Names and types of a query's columns, without running it. */
  | { readonly kind: 'describe'; readonly sql: string; readonly preludes: readonly Prelude[] };

/** Shuffle files a task is about to read, and the rows their manifests promise: anything else fails the task. */
export interface InputCheck {
  readonly paths: readonly string[];
  readonly rowCount: number;
}

/** A task's last message, whatever became of it. */
export type TaskLastMessage = Extract<FromExecutor, { readonly kind: 'streamed' | 'collected' | 'described' | 'failed' }>;

const TO_EXECUTOR_KINDS: ReadonlySet<unknown> = new Set<ToExecutor['kind']>(['configure', 'task', 'cancel', 'resize']);
const FROM_EXECUTOR_KINDS: ReadonlySet<unknown> = new Set<FromExecutor['kind']>([
  'hello',
  'refused',
  'started',
  'streamed',
  'collected',
  'described',
  'failed',
]);

// Both ends are this program at one protocol version (checked at hello), so beyond a known kind the shape is trusted.

/** True for a message to an executor. */
export function isToExecutor(value: unknown): value is ToExecutor {
  return typeof value === 'object' && value !== null && 'kind' in value && TO_EXECUTOR_KINDS.has(value.kind);
}

/** True for a message from an executor. */
export function isFromExecutor(value: unknown): value is FromExecutor {
  return typeof value === 'object' && value !== null && 'kind' in value && FROM_EXECUTOR_KINDS.has(value.kind);
}
