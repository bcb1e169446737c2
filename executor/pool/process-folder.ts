import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimFolder, removeDeadFolders } from './owner-record.js';

/** This gateway's folder for spilled data, with one folder a process in it. */
export class ProcessFolder {
  readonly #path: string;
  #count = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Removes what dead gateways left and makes a folder of this one's own. */
  static open(spillDirectory: string): ProcessFolder {
    mkdirSync(spillDirectory, { recursive: true });
    removeDeadFolders(spillDirectory);
    return new ProcessFolder(claimFolder(spillDirectory, 'spill'));
  }

  /** A path for the next process; the process makes it. */
  next(): string {
    this.#count += 1;
    return join(this.#path, `executor-${this.#count}`);
  }

  /** Removes the folder. */
  close(): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}
