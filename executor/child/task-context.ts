import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { Channel } from '../protocol/channel.js';
import type { FromExecutor, ToExecutor } from '../protocol/messages.js';
import type { Database } from './database.js';
import { peakMemoryBytes, resetPeakMemory } from './peak-memory.js';
import type { Preludes } from './preludes.js';

/**
 * How often a cancelled task's interrupt is repeated. One sent just before DuckDB starts a statement is lost, because
 * starting clears the flag.
 */
const INTERRUPT_REPEAT_MS = 20;

/** What a running task works with, and whether it was told to stop. */
export class TaskContext {
  readonly task: number;
  readonly database: Database;
  readonly preludes: Preludes;
  readonly channel: Channel<FromExecutor, ToExecutor>;
  readonly #measuresMemory: boolean;
  #interrupting: NodeJS.Timeout | null = null;

  constructor(task: number, database: Database, preludes: Preludes, channel: Channel<FromExecutor, ToExecutor>, measuresMemory: boolean) {
    this.task = task;
    this.database = database;
    this.preludes = preludes;
    this.channel = channel;
    this.#measuresMemory = measuresMemory;
    if (measuresMemory) {
      resetPeakMemory();
    }
  }

  /** What the task's last message says of memory. */
  peakMemory(): { readonly peakMemoryBytes?: number } {
    const bytes = this.#measuresMemory ? peakMemoryBytes() : undefined;
    return bytes === undefined ? {} : { peakMemoryBytes: bytes };
  }

  get cancelled(): boolean {
    return this.#interrupting !== null;
  }

  /** Stops the task as soon as DuckDB lets it. */
  cancel(): void {
    if (this.#interrupting === null) {
      this.#interrupting = setInterval(() => this.database.interrupt(), INTERRUPT_REPEAT_MS);
      this.database.interrupt();
      this.channel.wakeWriter();
    }
  }

  /** Throws when the task was told to stop; called after every wait. */
  check(): void {
    if (this.cancelled) {
      throw new SqlError(SQLSTATE.query_canceled, 'canceling statement due to user request');
    }
  }

  /** Ends the repeated interrupts. */
  end(): void {
    if (this.#interrupting !== null) {
      clearInterval(this.#interrupting);
    }
  }
}
