/**
 * Knows when the first tasks of a stage gave all the rows that are needed. Counting from the first task, whichever ends first,
 * gives the rows that would be taken if all tasks ran.
 */
export class EnoughRows {
  readonly #needed: number | null;
  readonly #outer: AbortSignal;
  readonly #stop = new AbortController();
  readonly #rowCounts = new Map<number, number>();
  #taskCount: number;

  /** `needed` null: all tasks run. */
  constructor(needed: number | null, taskCount: number, outer: AbortSignal) {
    this.#needed = needed;
    this.#taskCount = taskCount;
    this.#outer = outer;
  }

  get isReached(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Tasks, from the first, whose rows count. */
  get taskCount(): number {
    return this.#taskCount;
  }

  /** Does a task's work, or gives null where enough rows are there before it ends. */
  async unlessReached<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result | null> {
    if (this.#needed === null) {
      return await work(this.#outer);
    }
    const both = new AbortController();
    const abort = (): void => both.abort(this.#outer.aborted ? this.#outer.reason : this.#stop.signal.reason);
    this.#outer.addEventListener('abort', abort);
    this.#stop.signal.addEventListener('abort', abort);
    if (this.#outer.aborted) {
      abort();
    }
    try {
      return await work(both.signal);
    } catch (error) {
      if (this.isReached && !this.#outer.aborted) {
        return null;
      }
      throw error;
    } finally {
      this.#outer.removeEventListener('abort', abort);
      this.#stop.signal.removeEventListener('abort', abort);
    }
  }

  /** Says how many rows a task that has ended gave; stops the others when they are not needed any more. */
  add(task: number, rowCount: number): void {
    this.#rowCounts.set(task, rowCount);
    if (this.#needed === null || this.isReached) {
      return;
    }
    let sum = 0;
    let taskCount = 0;
    while (sum < this.#needed) {
      const rows = this.#rowCounts.get(taskCount);
      if (rows === undefined) {
        return;
      }
      sum += rows;
      taskCount += 1;
    }
    this.#taskCount = taskCount;
    this.#stop.abort(new Error('enough rows'));
  }
}
