import type { ResultStream } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { CopyReceiver, ExecuteOptions, ExecutionResult } from './backend.js';

/**
 * Runs a statement under `statement_timeout` (milliseconds, 0 for none). Time counts while the statement works, from its
 * start and whenever rows are asked for; while a portal waits for its client's next Execute it stands still.
 */
export async function withStatementTimeout(
  timeoutMs: number,
  options: ExecuteOptions,
  run: (options: ExecuteOptions) => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  if (timeoutMs === 0) {
    return run(options);
  }
  const clock = new WorkClock(timeoutMs);
  const result = await clock.during(() => run({ ...options, signal: AbortSignal.any([options.signal, clock.signal]) }));
  switch (result.kind) {
    case 'rows':
    case 'copyOut':
      return { ...result, stream: timedStream(result.stream, clock) };
    case 'copyIn':
      return { ...result, receiver: timedReceiver(result.receiver, clock) };
    case 'command':
      return result;
  }
}

/** Aborts its signal once the work done under it took too long. */
class WorkClock {
  readonly #controller = new AbortController();
  #leftMs: number;

  constructor(timeoutMs: number) {
    this.#leftMs = timeoutMs;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const timer = setTimeout(
      () => {
        this.#controller.abort(new SqlError(SQLSTATE.query_canceled, 'canceling statement due to statement timeout'));
      },
      Math.max(this.#leftMs, 0),
    );
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      this.#leftMs -= performance.now() - started;
    }
  }
}

function timedStream(stream: ResultStream, clock: WorkClock): ResultStream {
  return {
    columns: stream.columns,
    next: () => clock.during(() => stream.next()),
    close: () => stream.close(),
  };
}

/** Time the client takes to send its data does not count. */
function timedReceiver(receiver: CopyReceiver, clock: WorkClock): CopyReceiver {
  return {
    receive: (chunk) => clock.during(() => receiver.receive(chunk)),
    finish: () => clock.during(() => receiver.finish()),
    discard: () => receiver.discard(),
  };
}
