import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { claimDirectory, releaseDirectory, removeAbandoned } from '../../fs/owner/owner.js';

/** A folder of temporary files that belongs to this process; a later gateway removes it when this one died. */
export class ProcessFolder {
  readonly path: string;
  #count = 0;

  private constructor(path: string) {
    this.path = path;
  }

  /** Removes what dead processes left in `parent` and makes a folder of this one's own there. */
  static async open(parent: string, label: string): Promise<ProcessFolder> {
    await mkdir(parent, { recursive: true });
    await removeAbandoned(parent);
    const path = join(parent, `${label}-${randomUUID()}`);
    await claimDirectory(path);
    return new ProcessFolder(path);
  }

  /** A path in it for the next executor's spilled data; the executor makes it. */
  next(): string {
    this.#count += 1;
    return join(this.path, `executor-${this.#count}`);
  }

  /** Removes the folder. */
  async close(): Promise<void> {
    await releaseDirectory(this.path);
  }
}
