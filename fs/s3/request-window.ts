/** Requests in flight when a server is first met. */
const WINDOW_START = 16;
const WINDOW_MIN = 2;
const WINDOW_MAX = 64;

/**
 * Bounds the requests in flight by what the server bears: each answer widens the window a little, each "slow down" halves
 * it, as TCP does with packets.
 */
export class RequestWindow {
  #size = WINDOW_START;
  #inFlight = 0;
  readonly #waiting: (() => void)[] = [];

  /** Requests allowed in flight now. */
  get size(): number {
    return Math.floor(this.#size);
  }

  /** Runs a request when there is room. `isThrottled` says of its failure whether the server wants fewer. */
  async run<T>(request: () => Promise<T>, isThrottled: (error: unknown) => boolean): Promise<T> {
    while (this.#inFlight >= this.size) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#inFlight += 1;
    try {
      const result = await request();
      this.#size = Math.min(WINDOW_MAX, this.#size + 1 / this.#size);
      return result;
    } catch (error) {
      if (isThrottled(error)) {
        this.#size = Math.max(WINDOW_MIN, this.#size / 2);
      }
      throw error;
    } finally {
      this.#inFlight -= 1;
      for (let room = this.size - this.#inFlight; room > 0; room--) {
        this.#waiting.shift()?.();
      }
    }
  }
}
