/** Whether tasks that take much longer than the others get a copy: never, when most are done, or sooner. */
export type Speculation = 'off' | 'on' | 'aggressive';

/** Share of a stage's tasks that must be done, how many times their median a task may take, and what it may take in any case. */
const LIMITS = {
  on: { doneShare: 0.75, medians: 1.5, leastMs: 200 },
  aggressive: { doneShare: 0.5, medians: 1.2, leastMs: 50 },
} as const;

/** How often running tasks are looked at. */
const LOOK_MS = 50;

/** Knows from the tasks of a stage that are done how long one may take. */
export class Stragglers {
  readonly #taskCount: number;
  readonly #speculation: Speculation;
  readonly #elapsedMs: number[] = [];

  constructor(taskCount: number, speculation: Speculation) {
    this.#taskCount = taskCount;
    this.#speculation = speculation;
  }

  /** False where no task gets a copy. */
  get mayCopy(): boolean {
    return this.#speculation !== 'off' && this.#taskCount > 1;
  }

  /** A task is done. */
  add(elapsedMs: number): void {
    this.#elapsedMs.push(elapsedMs);
  }

  /** The time after which a task gets a copy; null while too little is known. */
  get limitMs(): number | null {
    if (this.#speculation === 'off' || !this.mayCopy) {
      return null;
    }
    const { doneShare, medians, leastMs } = LIMITS[this.#speculation];
    if (this.#elapsedMs.length < this.#taskCount * doneShare) {
      return null;
    }
    const median = this.#elapsedMs.toSorted((a, b) => a - b)[Math.floor(this.#elapsedMs.length / 2)] ?? 0;
    return Math.max(median * medians, median + leastMs);
  }
}

/** A task and the copy it may get. */
export interface RacedTask<Result> {
  readonly signal: AbortSignal;
  readonly stragglers: Stragglers;
  /** Runs the task, or its copy. */
  readonly run: (signal: AbortSignal, isCopy: boolean) => Promise<Result>;
  /** Starts a copy when there is a place for one; false when there is none now. */
  readonly offerPlace: (work: () => Promise<void>) => boolean;
  /** True for errors that a copy would have, too. */
  readonly isFinal: (error: unknown) => boolean;
  /** Told of every run: one that lost is being cancelled, and may end later. */
  readonly started: (run: Promise<unknown>) => void;
}

/** Runs a task; once it takes much longer than others of its stage a copy, too. The first that is done counts, the other is cancelled. */
export function raceCopies<Result>({ signal, stragglers, run, offerPlace, isFinal, started }: RacedTask<Result>): Promise<Result> {
  if (!stragglers.mayCopy) {
    const only = run(signal, false);
    started(only.catch(() => undefined));
    return only;
  }
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const aborts: AbortController[] = [];
    let running = 0;
    let settled = false;
    let firstError: unknown = null;
    const settle = (): void => {
      settled = true;
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const onAbort = (): void => aborts.forEach((abort) => abort.abort(signal.reason));
    const start = async (isCopy: boolean): Promise<void> => {
      if (settled) {
        return;
      }
      const abort = new AbortController();
      aborts.push(abort);
      running += 1;
      if (signal.aborted) {
        abort.abort(signal.reason);
      }
      const one = run(abort.signal, isCopy);
      started(one.catch(() => undefined));
      try {
        const result = await one;
        if (!settled) {
          settle();
          stragglers.add(performance.now() - startedMs);
          resolve(result);
          aborts.filter((other) => other !== abort).forEach((other) => other.abort(new Error('another copy of the task was done first')));
        }
      } catch (error) {
        running -= 1;
        firstError ??= error;
        if (!settled && (running === 0 || isFinal(error))) {
          settle();
          reject(isFinal(error) ? asError(error) : asError(firstError));
          onAbort();
          aborts.forEach((other) => other.abort(asError(error)));
        }
      }
    };
    signal.addEventListener('abort', onAbort);
    let copies = 0;
    const timer = setInterval(() => {
      const { limitMs } = stragglers;
      if (copies === 0 && limitMs !== null && performance.now() - startedMs > limitMs && offerPlace(() => start(true))) {
        copies += 1;
      }
    }, LOOK_MS);
    void start(false);
  });
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error('a task failed', { cause: value });
}
