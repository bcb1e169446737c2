/** Statements kept per session: enough for a driver's or dashboard's repeated texts, small in memory. */
const ENTRY_COUNT_MAX = 128;

/** Longer texts are not kept: they are rarely repeated and would hold memory. */
const TEXT_LENGTH_MAX = 20_000;

/** Least-recently-used statements by text. */
export class StatementCache<T> {
  readonly #entries = new Map<string, T>();

  get(text: string): T | undefined {
    const entry = this.#entries.get(text);
    if (entry !== undefined) {
      this.#entries.delete(text);
      this.#entries.set(text, entry);
    }
    return entry;
  }

  put(text: string, entry: T): void {
    if (text.length > TEXT_LENGTH_MAX) {
      return;
    }
    this.#entries.set(text, entry);
    if (this.#entries.size > ENTRY_COUNT_MAX) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) {
        this.#entries.delete(oldest);
      }
    }
  }

  clear(): void {
    this.#entries.clear();
  }
}
