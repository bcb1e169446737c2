/** The places in which a query's tasks run, shared by its stages: of those that wait the earliest stage's go first. */
export class TaskSlots {
  readonly #count: number;
  #taken = 0;
  readonly #waiting: { readonly stage: number; readonly enter: () => void }[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  /** Tasks that run or wait for a place, at most as many as there are places. */
  get demand(): number {
    return Math.min(this.#count, this.#taken + this.#waiting.length);
  }

  /** Runs `work` once there is a place for it. */
  async run<Result>(stage: number, work: () => Promise<Result>): Promise<Result> {
    if (this.#taken < this.#count) {
      this.#taken += 1;
    } else {
      await new Promise<void>((enter) => {
        this.#waiting.push({ stage, enter });
      });
    }
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** A place that is left is the next one's at once. */
  #leave(): void {
    const next = this.#waiting.reduce((first, waiting, index) => (waiting.stage < (this.#waiting[first]?.stage ?? Infinity) ? index : first), 0);
    const [entering] = this.#waiting.splice(next, 1);
    if (entering === undefined) {
      this.#taken -= 1;
    } else {
      entering.enter();
    }
  }
}
