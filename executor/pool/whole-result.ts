import type { ResultColumn, ResultStream, RowBatch } from '../engine.js';
import type { TaskRun } from './task-run.js';

/** The rows of one task as a result; `release` is called once the process is done with it. */
export class WholeResult implements ResultStream {
  readonly columns: readonly ResultColumn[];
  readonly #run: TaskRun;

  constructor(columns: readonly ResultColumn[], run: TaskRun) {
    this.columns = columns;
    this.#run = run;
  }

  async next(): Promise<RowBatch | null> {
    return await this.#run.next();
  }

  async close(): Promise<void> {
    this.#run.cancel(null);
    await this.#run.ended;
  }
}

/** Cancels a run when the signal is aborted, until the run ends. */
export function cancelOnAbort(run: TaskRun, signal: AbortSignal): void {
  const onAbort = (): void => run.cancel(signal.reason);
  if (signal.aborted) {
    onAbort();
    return;
  }
  signal.addEventListener('abort', onAbort, { once: true });
  void run.ended.then(() => signal.removeEventListener('abort', onAbort));
}
