import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublishOptions } from '../commit/publish.js';
import type { StagedFile } from '../commit/staged-files.js';
import { claimDirectory, releaseDirectory, removeAbandoned } from '../owner/owner.js';
import { isAbsence, StoreError, toStoreError } from '../store/store-error.js';
import type { S3Connection } from './connection.js';
import { abortUpload, uploadFile } from './upload.js';

const UPLOAD_SUFFIX = '.upload.json';

/**
 * One writing job on S3: its file grows on the local disk, is uploaded out of sight, and appears under the target's name in the
 * one request that completes it, or never. The folder belongs to this process and remembers uploads under way, so that
 * `removeAbandonedUploads` can abort those of processes that died.
 */
export class S3Staging {
  /** Absolute path of the folder that writers write into. */
  readonly directory: string;
  readonly #connection: S3Connection;
  readonly #folder: string;

  private constructor(connection: S3Connection, folder: string) {
    this.#connection = connection;
    this.#folder = folder;
    this.directory = join(folder, 'content');
  }

  /** Makes an empty staging folder below `parent`, a local directory. */
  static async begin(connection: S3Connection, parent: string): Promise<S3Staging> {
    try {
      await mkdir(parent, { recursive: true });
      const staging = new S3Staging(connection, join(parent, randomUUID()));
      await claimDirectory(staging.#folder);
      await mkdir(staging.directory);
      return staging;
    } catch (error) {
      throw toStoreError(error, parent);
    }
  }

  /**
   * Publishes one file at `target`. `exists` when there is something already and the mode is `create`; `unsupported` for
   * folders. The staging folder is gone afterwards, also when this fails.
   */
  async publish(target: string, files: readonly StagedFile[], options: PublishOptions): Promise<void> {
    try {
      const [file, ...others] = files;
      if (!options.singleFile || options.mode === 'append' || file === undefined || others.length > 0) {
        throw folderError(this.#connection.urlOf(target));
      }
      const record = join(this.#folder, `${randomUUID()}${UPLOAD_SUFFIX}`);
      await uploadFile(this.#connection, join(this.directory, file.path), file.byteCount, target, {
        mustBeNew: options.mode === 'create',
        onBegun: async (uploadId) => {
          await writeFile(record, JSON.stringify({ target, uploadId }));
        },
        onEnded: async () => {
          await rm(record);
        },
      });
    } finally {
      await this.discard();
    }
  }

  /**
   * Aborts what is under way and removes the staging folder. Safe to call more than once. Where S3 does not let it abort, the
   * folder stays and a later start tries again.
   */
  async discard(): Promise<void> {
    try {
      await abortRecorded(this.#connection, this.#folder);
    } catch {
      return;
    }
    await releaseDirectory(this.#folder);
  }
}

/** Why a folder cannot be written. */
export function folderError(url: string): StoreError {
  return new StoreError('unsupported', url, 'COPY TO a folder in S3 is not supported, only to a file');
}

/** At start: aborts the uploads of dead processes of this machine and removes what they left. Gives how many uploads were aborted. */
export async function removeAbandonedUploads(connection: S3Connection, parent: string): Promise<number> {
  let aborted = 0;
  await removeAbandoned(parent, async (folder) => {
    aborted += await abortRecorded(connection, folder);
  });
  return aborted;
}

async function abortRecorded(connection: S3Connection, folder: string): Promise<number> {
  let aborted = 0;
  for (const name of await namesIn(folder)) {
    const upload = name.endsWith(UPLOAD_SUFFIX) ? parseRecord(await readFile(join(folder, name), 'utf8')) : undefined;
    if (upload !== undefined) {
      await abortUpload(connection, upload.target, upload.uploadId);
      aborted += 1;
    }
  }
  return aborted;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsence(error)) {
      return [];
    }
    throw toStoreError(error, folder);
  }
}

/** Undefined for a record that was not written to its end: its upload had no part yet. */
function parseRecord(text: string): { readonly target: string; readonly uploadId: string } | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
  const record: object = typeof parsed === 'object' && parsed !== null ? parsed : {};
  const { target, uploadId } = { target: undefined, uploadId: undefined, ...record };
  return typeof target === 'string' && typeof uploadId === 'string' ? { target, uploadId } : undefined;
}
