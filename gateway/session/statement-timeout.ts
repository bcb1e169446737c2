import type { ResultStream } from '../../executor/engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ExecuteOptions, ExecutionResult } from './backend.js';

/** Runs a statement under `statement_timeout` (milliseconds, 0 for none); the time counts until its last row is read. */
export async function withStatementTimeout(
  timeoutMs: number,
  options: ExecuteOptions,
  run: (options: ExecuteOptions) => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  if (timeoutMs === 0) {
    return run(options);
  }
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new SqlError(SQLSTATE.query_canceled, 'canceling statement due to statement timeout'));
  }, timeoutMs);
  try {
    const result = await run({ ...options, signal: AbortSignal.any([options.signal, controller.signal]) });
    if (result.kind === 'rows') {
      return { ...result, stream: endingWith(result.stream, () => clearTimeout(timer)) };
    }
    clearTimeout(timer);
    return result;
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
}

function endingWith(stream: ResultStream, ended: () => void): ResultStream {
  return {
    columns: stream.columns,
    next: async () => {
      try {
        const batch = await stream.next();
        if (batch === null) {
          ended();
        }
        return batch;
      } catch (error) {
        ended();
        throw error;
      }
    },
    close: () => {
      ended();
      return stream.close();
    },
  };
}
