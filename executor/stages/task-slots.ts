/** The places in which a query's tasks run, shared by its stages: of those that wait the earliest stage's go first. */
export class TaskSlots {
  readonly #count: number;
  #taken = 0;
  readonly #waiting: { readonly stage: number; readonly enter: () => void }[] = [];
  /** Tasks that hold a place and wait for all others to be over. */
  readonly #lonely: (() => void)[] = [];
  #aloneRuns = false;

  constructor(count: number) {
    this.#count = count;
  }

  /** Tasks that run or wait for a place, at most as many as there are places. */
  get demand(): number {
    return Math.min(this.#count, this.#taken + this.#waiting.length);
  }

  /** True when a task that came now would not wait. */
  get hasFree(): boolean {
    return this.#taken < this.#count && !this.#isReserved;
  }

  /** Runs `work` once there is a place for it. */
  async run<Result>(stage: number, work: () => Promise<Result>): Promise<Result> {
    if (this.hasFree) {
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

  /** Runs `work`, of a task that has a place, while none of the other tasks runs: those that run end first, none starts. */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((start) => {
      this.#lonely.push(start);
      this.#startAlone();
    });
    try {
      return await work();
    } finally {
      this.#aloneRuns = false;
      this.#startAlone();
    }
  }

  get #isReserved(): boolean {
    return this.#aloneRuns || this.#lonely.length > 0;
  }

  #startAlone(): void {
    if (!this.#aloneRuns && this.#lonely.length > 0 && this.#taken <= this.#lonely.length) {
      this.#aloneRuns = true;
      this.#lonely.shift()?.();
    }
  }

  #leave(): void {
    this.#taken -= 1;
    this.#startAlone();
    while (this.hasFree && this.#waiting.length > 0) {
      const next = this.#waiting.reduce((first, waiting, index) => (waiting.stage < (this.#waiting[first]?.stage ?? Infinity) ? index : first), 0);
      const [entering] = this.#waiting.splice(next, 1);
      this.#taken += 1;
      entering?.enter();
    }
  }
}
