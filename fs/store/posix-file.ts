import type { FileHandle } from 'node:fs/promises';
import type { StoreFile } from './store.js';
import { toStoreError } from './store-error.js';

/** An open file of the POSIX store. */
export class PosixFile implements StoreFile {
  readonly #handle: FileHandle;
  readonly #path: string;

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#guard(this.#handle.read(buffer, filled, length - filled, offset + filled));
      if (bytesRead === 0) {
        break;
      }
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  async write(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const result = await this.#guard(this.#handle.write(bytes, written, bytes.length - written, null));
      written += result.bytesWritten;
    }
  }

  async sync(): Promise<void> {
    await this.#guard(this.#handle.sync());
  }

  async close(): Promise<void> {
    await this.#guard(this.#handle.close());
  }

  async #guard<T>(operation: Promise<T>): Promise<T> {
    try {
      return await operation;
    } catch (error) {
      throw toStoreError(error, this.#path);
    }
  }
}
