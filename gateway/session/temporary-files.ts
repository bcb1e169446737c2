import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Relation } from '../../planner/relation/relation.js';

/**
 * The files of one session's temporary tables. Every write has a directory of its own, so that a write that fails or is
 * rolled back leaves nothing behind: what no table names any more is removed between transactions.
 */
export class TemporaryFiles {
  readonly #root: string;
  readonly #directories = new Set<string>();

  /** `parent` holds one directory for each session, named by its process id. */
  constructor(parent: string, processId: number) {
    this.#root = join(parent, String(processId));
  }

  /** A new, empty directory for the files of one write. */
  async makeDirectory(): Promise<string> {
    const directory = join(this.#root, randomUUID());
    this.#directories.add(directory);
    await mkdir(directory, { recursive: true });
    return directory;
  }

  /** Removes every directory that holds no file of these relations. Must not be called while a query may still read them. */
  async removeUnused(relations: readonly Relation[]): Promise<void> {
    if (this.#directories.size === 0) {
      return;
    }
    const used = new Set(relations.flatMap(({ source }) => (source.kind === 'files' ? source.files.map((file) => dirname(file.path)) : [])));
    for (const directory of [...this.#directories].filter((candidate) => !used.has(candidate))) {
      this.#directories.delete(directory);
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Removes all of them. */
  async removeAll(): Promise<void> {
    this.#directories.clear();
    await rm(this.#root, { recursive: true, force: true });
  }
}
