import { dirname } from 'node:path';
import type { Hold } from '../holds.js';
import { removeEmptyFolders, removeFolders, removeWrittenFiles, type WrittenFile } from './durable-files.js';
import { newFolder } from './file-folders.js';

/** The files of one transaction, and what becomes of them at its end. */
export class TransactionFiles {
  readonly #hold: Hold;
  readonly #gatewayId: number;
  readonly #folders: string[] = [];
  /** Every file ever staged, also those a savepoint or a later change gave up: what is not committed is removed at the end. */
  readonly #written: WrittenFile[] = [];

  constructor(hold: Hold, gatewayId: number) {
    this.#hold = hold;
    this.#gatewayId = gatewayId;
  }

  /** A new folder for files of a table. */
  newFolder(tablePath: string): string {
    const folder = newFolder(tablePath, this.#gatewayId);
    this.#hold.write(folder);
    this.#folders.push(folder);
    return folder;
  }

  /** These were written. */
  add(files: readonly WrittenFile[]): void {
    this.#written.push(...files);
  }

  /** The end of what succeeded: only `kept` stay of what was written, and of `before`, the files the transaction took over. */
  async keep(kept: readonly WrittenFile[], before: readonly WrittenFile[]): Promise<void> {
    const paths = new Set(kept.map(({ path }) => path));
    await removeWrittenFiles([...this.#written, ...before].filter(({ path }) => !paths.has(path)));
    await removeEmptyFolders([...this.#folders, ...before.map(({ path }) => dirname(path))]);
    this.#hold.end();
  }

  /** The end of what was rolled back. */
  async removeAll(): Promise<void> {
    await removeWrittenFiles(this.#written);
    await removeFolders(this.#folders);
    this.#hold.end();
  }

  /** The end of what may have been committed: the files must stay. When they are not named, they are orphans for upkeep to find. */
  leave(): void {
    this.#hold.end({ keepsFolders: true });
  }
}
