import type { SqlError } from '../../planner/sql-error.js';
import type { ExecuteOptions, ParameterValue } from '../session/backend.js';

/**
 * What aborts one execution. It is an AbortController that makes its signal only when somebody asks for it: making one
 * costs as much as all the rest of a statement that is answered from constants.
 */
export class AbortSource {
  #reason: SqlError | null = null;
  #controller: AbortController | null = null;
  #leave: ((reason: SqlError) => void) | null = null;

  /** Why the execution was aborted, null as long as it was not. */
  get reason(): SqlError | null {
    return this.#reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) {
        this.#controller.abort(this.#reason);
      }
    }
    return this.#controller.signal;
  }

  /** Aborts the execution; only the first reason counts. */
  abort(reason: SqlError): void {
    if (this.#reason === null) {
      this.#reason = reason;
      this.#controller?.abort(reason);
      this.#leave?.(reason);
    }
  }

  /** The outcome of work that takes no signal, or the reason as soon as this is aborted; the work's own end is then of no interest. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#leave = reject;
      work.then(resolve, reject);
      if (this.#reason !== null) {
        reject(this.#reason);
      }
    });
  }

  throwIfAborted(): void {
    if (this.#reason !== null) {
      throw this.#reason;
    }
  }

  /** Options of an execution that this source aborts. */
  executeOptions(parameters: readonly ParameterValue[], resultFormats: readonly ('text' | 'binary')[]): ExecuteOptions {
    const signalOf = (): AbortSignal => this.signal;
    return {
      parameters,
      resultFormats,
      get signal() {
        return signalOf();
      },
    };
  }
}
