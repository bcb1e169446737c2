/**
 * Keeps reads and commits apart: a commit waits for the reads under way, and reads that come meanwhile wait for it.
 *
 * DuckDB 1.5.6 makes rows visible a moment before its statistics know of them. A read that starts in that moment drops a
 * filter which the old statistics call always true (`begin_snapshot <= 31`), and gives rows of a later snapshot.
 */
export class CommitGate {
  readonly #reads = new Set<Promise<unknown>>();
  #commit: Promise<unknown> | null = null;

  async read<T>(work: () => Promise<T>): Promise<T> {
    while (this.#commit !== null) {
      await this.#commit;
    }
    const read = work();
    const ended = read.catch(() => undefined);
    this.#reads.add(ended);
    try {
      return await read;
    } finally {
      this.#reads.delete(ended);
    }
  }

  /** Commits must come one after another. */
  async commit<T>(work: () => Promise<T>): Promise<T> {
    const commit = Promise.all(this.#reads).then(work);
    this.#commit = commit.catch(() => undefined);
    try {
      return await commit;
    } finally {
      this.#commit = null;
    }
  }
}
