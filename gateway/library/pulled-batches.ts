import type { RecordBatch } from 'apache-arrow';

/** Record batches between the one who makes them and the one who reads them: at most one waits. */
export class PulledBatches {
  #waiting: RecordBatch | null = null;
  #isEnded = false;
  #changed = new Signal();

  /** Hands a batch over; resolves when it was taken, or nobody takes any more. */
  async offer(batch: RecordBatch): Promise<void> {
    this.#waiting = batch;
    this.#changed.notify();
    while (this.#waiting !== null && !this.#isEnded) {
      await this.#changed.wait();
    }
  }

  /** The next batch; null after the last. */
  async take(): Promise<RecordBatch | null> {
    while (this.#waiting === null && !this.#isEnded) {
      await this.#changed.wait();
    }
    const batch = this.#waiting;
    this.#waiting = null;
    this.#changed.notify();
    return batch;
  }

  /** No more batches come, or are taken. */
  end(): void {
    this.#isEnded = true;
    this.#changed.notify();
  }
}

/** Wakes all who wait for the next change. */
class Signal {
  readonly #waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  notify(): void {
    for (const wake of this.#waiting.splice(0)) {
      wake();
    }
  }
}
