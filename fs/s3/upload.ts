import { open, type FileHandle } from 'node:fs/promises';
import { boundedMap } from '../store/bounded-map.js';
import { StoreError, toStoreError } from '../store/store-error.js';
import type { S3Connection } from './connection.js';

/** Files up to this size are one request, which every server makes conditional. */
const PUT_BYTES_MAX = 32 << 20;
/** S3 takes at most 10,000 parts of 5 MB to 5 GB. */
const PART_BYTES_MIN = 16 << 20;
const PARTS_MAX = 9000;
const PARTS_AT_ONCE = 8;

/** How a file is uploaded. */
export interface UploadOptions {
  /** True: `exists` when there is an object of that name already. */
  readonly mustBeNew: boolean;
  /** Told of an upload in parts before its first part is sent. */
  readonly onBegun: (uploadId: string) => Promise<void>;
  /** Told when an upload in parts has become an object; one that failed before is the caller's to abort. */
  readonly onEnded: () => Promise<void>;
}

/** Uploads a local file as one object, every request with its content's MD5, which the server compares. Nothing is seen before the end. */
export async function uploadFile(connection: S3Connection, file: string, byteCount: number, target: string, options: UploadOptions): Promise<void> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw toStoreError(error, file);
  });
  try {
    const { size } = await handle.stat();
    if (size !== byteCount) {
      throw new StoreError('corrupt', file, `file has ${size} bytes where its writer wrote ${byteCount}`);
    }
    if (byteCount <= PUT_BYTES_MAX) {
      await connection.put(target, await readPart(handle, 0, byteCount), options.mustBeNew);
    } else {
      await uploadParts(connection, handle, byteCount, target, options);
    }
  } finally {
    await handle.close();
  }
}

/** Ends an upload in parts without a result; one that is gone is no error. */
export async function abortUpload(connection: S3Connection, target: string, uploadId: string): Promise<void> {
  try {
    await connection.abortUpload(target, uploadId);
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'not-found')) {
      throw error;
    }
  }
}

async function uploadParts(connection: S3Connection, handle: FileHandle, byteCount: number, target: string, options: UploadOptions): Promise<void> {
  const uploadId = await connection.beginUpload(target);
  await options.onBegun(uploadId);
  const partBytes = Math.max(PART_BYTES_MIN, Math.ceil(byteCount / PARTS_MAX));
  const starts = Array.from({ length: Math.ceil(byteCount / partBytes) }, (_, index) => index * partBytes);
  const etags = await boundedMap(
    starts,
    async (start, index) => connection.uploadPart(target, uploadId, index + 1, await readPart(handle, start, Math.min(partBytes, byteCount - start))),
    PARTS_AT_ONCE,
  );
  // Not every server heeds the condition on the last request: asked for beforehand too.
  if (options.mustBeNew && (await connection.head(target)) !== undefined) {
    throw new StoreError('exists', connection.urlOf(target), 'already exists');
  }
  await connection.completeUpload(target, uploadId, etags, options.mustBeNew);
  await options.onEnded();
}

async function readPart(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) {
      throw new StoreError('corrupt', '', 'a file became shorter while it was uploaded');
    }
    filled += bytesRead;
  }
  return bytes;
}
