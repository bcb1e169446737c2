import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of one session: those of its temporary tables, and rows that a statement keeps until its transaction ends. */
export class TemporaryFiles {
  /** Where temporary tables have their files; whoever writes one makes the directory. */
  readonly tables: string;
  readonly #root: string;
  readonly #staged = new Set<string>();

  /** `parent` holds one directory for each session, named by its process id. */
  constructor(parent: string, processId: number) {
    this.#root = join(parent, String(processId));
    this.tables = join(this.#root, 'tables');
  }

  /** A new, empty directory for rows of one statement. */
  async makeDirectory(): Promise<string> {
    const directory = join(this.#root, randomUUID());
    this.#staged.add(directory);
    await mkdir(directory, { recursive: true });
    return directory;
  }

  /** Removes what statements have kept. Must not be called while a query may still read it. */
  async removeStaged(): Promise<void> {
    const directories = [...this.#staged];
    this.#staged.clear();
    for (const directory of directories) {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Removes all of them. */
  async removeAll(): Promise<void> {
    this.#staged.clear();
    await rm(this.#root, { recursive: true, force: true });
  }
}
