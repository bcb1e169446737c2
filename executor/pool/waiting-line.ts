import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { cancelError } from './task-run.js';

/** Most statements that wait for a process; more than this means that nobody is served any more. */
const WAITING_COUNT_MAX = 1_000;

/** Longest wait before a statement is refused. */
const WAIT_MS_MAX = 60_000;

/** First come, first served; a statement that is cancelled leaves the line. */
export class WaitingLine<Served> {
  /** Who waits, in order, with the time they came. */
  readonly #line = new Map<(served: Served) => void, number>();
  readonly #refusals = new Set<(error: SqlError) => void>();

  get length(): number {
    return this.#line.size;
  }

  /** How long the first in line has waited; 0 when nobody waits. */
  get longestWaitMs(): number {
    for (const since of this.#line.values()) {
      return performance.now() - since;
    }
    return 0;
  }

  /** Waits for one's turn. Throws 53000 when it takes too long, or what the signal was aborted for. */
  wait(signal: AbortSignal): Promise<Served> {
    if (this.#line.size >= WAITING_COUNT_MAX) {
      return Promise.reject(new SqlError(SQLSTATE.insufficient_resources, 'too many statements are waiting for an executor'));
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#line.delete(serve);
        this.#refusals.delete(refuse);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const serve = (served: Served): void => {
        leave();
        resolve(served);
      };
      const refuse = (error: SqlError): void => {
        leave();
        reject(error);
      };
      const onAbort = (): void => refuse(cancelError(signal.reason));
      const timer = setTimeout(() => {
        refuse(
          new SqlError(SQLSTATE.insufficient_resources, 'no executor became free in time', {
            detail: `The statement waited ${WAIT_MS_MAX / 1000} s.`,
          }),
        );
      }, WAIT_MS_MAX);
      signal.addEventListener('abort', onAbort);
      this.#line.set(serve, performance.now());
      this.#refusals.add(refuse);
    });
  }

  /** Sends everybody away. */
  refuse(error: SqlError): void {
    for (const refuse of this.#refusals) {
      refuse(error);
    }
  }

  /** Serves the first in line; false when nobody waits. */
  serve(served: Served): boolean {
    for (const next of this.#line.keys()) {
      next(served);
      return true;
    }
    return false;
  }
}
