/** Lets the tasks of an ordered result give their rows one task after the other; each may compute before its turn. */
export class TaskTurns {
  readonly #isOrdered: boolean;
  #next = 0;
  readonly #waiting = new Map<number, () => void>();

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  /** Resolves when every task before this one has ended, or when the query is stopped. */
  wait(task: number, signal: AbortSignal): Promise<void> {
    if (!this.#isOrdered || task <= this.#next || signal.aborted) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting.set(task, resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Says that all of a task's rows were given. */
  end(task: number): void {
    if (this.#isOrdered) {
      this.#next = task + 1;
      this.#waiting.get(this.#next)?.();
    }
  }
}
