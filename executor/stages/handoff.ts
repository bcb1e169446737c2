import type { RowBatch } from '../engine.js';

/** Passes batches from several producers to one reader, one at a time: a producer goes on once its batch was taken. */
export class Handoff {
  readonly #offered: { readonly batch: RowBatch; readonly taken: () => void }[] = [];
  #wakeReader: (() => void) | null = null;
  #end: { readonly error: Error | null } | null = null;

  /** Offers a batch; resolves when it was taken, or when nobody will. */
  offer(batch: RowBatch): Promise<void> {
    if (this.#end !== null) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#offered.push({ batch, taken: resolve });
      this.#wake();
    });
  }

  /** The next batch, or null at the end. Throws the error the hand-off ended with, at once. */
  async take(): Promise<RowBatch | null> {
    for (;;) {
      if (this.#end !== null && this.#end.error !== null) {
        throw this.#end.error;
      }
      const offer = this.#offered.shift();
      if (offer !== undefined) {
        offer.taken();
        return offer.batch;
      }
      if (this.#end !== null) {
        return null;
      }
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  /** Ends the hand-off; the first end counts. With an error, what was offered is dropped. */
  end(error: Error | null): void {
    this.#end ??= { error };
    if (error !== null) {
      for (const { taken } of this.#offered.splice(0)) {
        taken();
      }
    }
    this.#wake();
  }

  #wake(): void {
    const wake = this.#wakeReader;
    this.#wakeReader = null;
    wake?.();
  }
}
