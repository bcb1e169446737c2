import type * as SdkModule from '@aws-sdk/client-s3';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../store/store-error.js';
import { BadBodyError, isThrottle, isTransient, statusOf, toS3StoreError } from './failures.js';
import type { S3Access, S3Location } from './location.js';
import { printS3Url } from './location.js';
import { contentMd5 } from './content-md5.js';
import { RequestWindow } from './request-window.js';

/** An object as a listing shows it. */
export interface ObjectSummary {
  /** Below the location's prefix. */
  readonly path: string;
  readonly byteCount: number;
  /** Without quotes. */
  readonly etag: string;
  readonly mtimeMs: number;
}

/** What a listing of one level gives. */
export interface ListedLevel {
  readonly objects: readonly ObjectSummary[];
  /** Paths of the folders below, without their slash. */
  readonly folders: readonly string[];
}

/** Times a request is sent at most. */
const ATTEMPTS_MAX = 8;
const BACKOFF_BASE_MS = 50;
const BACKOFF_MAX_MS = 5000;
const CONNECT_TIMEOUT_MS = 5000;
/** A body of which nothing comes for this long is given up. */
const STALL_MS = 15_000;
/** Connections kept open at most. */
const SOCKETS_MAX = 64;

type Sdk = typeof SdkModule;

/** One bucket and prefix of one server: requests tried again with jittered back-off, bodies checked. All failures are StoreErrors. */
export class S3Connection {
  readonly location: S3Location;
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #window = new RequestWindow();

  private constructor(location: S3Location, sdk: Sdk, client: S3Client) {
    this.location = location;
    this.#sdk = sdk;
    this.#client = client;
  }

  /** The library is loaded here and nowhere else: whoever reads local files never pays for it. */
  static async open(location: S3Location, access: S3Access): Promise<S3Connection> {
    // Its note on versions of Node to come is for us, who pin the library, and not for who starts Sluice.
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
    const sdk = await import('@aws-sdk/client-s3');
    const client = new sdk.S3Client({
      ...(access.endpoint === undefined ? {} : { endpoint: access.endpoint }),
      ...(access.region === undefined ? {} : { region: access.region }),
      forcePathStyle: access.pathStyle,
      maxAttempts: 1, // Tried again here, where the window of requests learns of it.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: STALL_MS,
        httpAgent: { keepAlive: true, maxSockets: SOCKETS_MAX },
        httpsAgent: { keepAlive: true, maxSockets: SOCKETS_MAX },
      },
    });
    return new S3Connection(location, sdk, client);
  }

  /** An object as users write it. */
  urlOf(path: string): string {
    return path === '' ? printS3Url(this.location) : `${printS3Url(this.location)}/${path}`;
  }

  /** Objects and folders directly below a folder ('' is the prefix itself). */
  async list(folder: string): Promise<ListedLevel> {
    const prefix = this.#keyOf(folder);
    const above = prefix === '' ? '' : `${prefix}/`;
    const objects: ObjectSummary[] = [];
    const folders: string[] = [];
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const page = await this.#send(folder, () =>
        this.#client.send(
          new this.#sdk.ListObjectsV2Command({
            Bucket: this.location.bucket,
            Prefix: above,
            Delimiter: '/',
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        ),
      );
      for (const { Key: key, Size: size, ETag: etag, LastModified: modified } of page.Contents ?? []) {
        if (key !== undefined && size !== undefined && etag !== undefined && !key.endsWith('/')) {
          objects.push({ path: this.#pathOf(key), byteCount: size, etag: unquote(etag), mtimeMs: modified?.getTime() ?? 0 });
        }
      }
      folders.push(...(page.CommonPrefixes ?? []).flatMap(({ Prefix: found }) => (found === undefined ? [] : [this.#pathOf(found.slice(0, -1))])));
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    }
    return { objects, folders };
  }

  /** What is known of an object; undefined when there is none. */
  async head(path: string): Promise<ObjectSummary | undefined> {
    return await this.#send(path, async () => {
      try {
        const found = await this.#client.send(new this.#sdk.HeadObjectCommand({ Bucket: this.location.bucket, Key: this.#keyOf(path) }));
        return { path, byteCount: found.ContentLength ?? 0, etag: unquote(found.ETag ?? ''), mtimeMs: found.LastModified?.getTime() ?? 0 };
      } catch (error) {
        if (statusOf(error) === 404) {
          return undefined;
        }
        throw error;
      }
    });
  }

  /** Bytes `start` to `end` (exclusive) of the version `object` names; a `corrupt` error when another is there by now. */
  async read(object: ObjectSummary, start: number, end: number): Promise<Buffer> {
    const whole = start === 0 && end === object.byteCount;
    if (start >= end) {
      return Buffer.alloc(0);
    }
    return await this.#send(object.path, async () => {
      const abort = new AbortController();
      const answer = await this.#client.send(
        new this.#sdk.GetObjectCommand({
          Bucket: this.location.bucket,
          Key: this.#keyOf(object.path),
          IfMatch: `"${object.etag}"`,
          ...(whole ? {} : { Range: `bytes=${start}-${end - 1}` }),
        }),
        { abortSignal: abort.signal },
      );
      const bytes = await readBody(answer, end - start, abort);
      if (whole) {
        checkContent(bytes, object.etag, answer.ServerSideEncryption);
      }
      return bytes;
    });
  }

  /** Makes an object of these bytes at once; `exists` when it must be new and is not. */
  async put(path: string, bytes: Uint8Array, mustBeNew: boolean): Promise<void> {
    let isRepeated = false;
    await this.#send(path, async () => {
      try {
        await this.#client.send(
          new this.#sdk.PutObjectCommand({ ...this.#named(path), Body: bytes, ContentMD5: contentMd5(bytes), ...(mustBeNew ? { IfNoneMatch: '*' } : {}) }),
        );
      } catch (error) {
        // The answer to an earlier try may have been lost: then what is there is ours.
        if (statusOf(error) === 412 && !(isRepeated && (await this.#etagOf(path)) === Buffer.from(contentMd5(bytes), 'base64').toString('hex'))) {
          throw alreadyExists(this.urlOf(path), error);
        }
        isRepeated = true;
        if (statusOf(error) !== 412) {
          throw error;
        }
      }
    });
  }

  /** Begins an upload in parts and gives its id. */
  async beginUpload(path: string): Promise<string> {
    const { UploadId: id } = await this.#send(path, () => this.#client.send(new this.#sdk.CreateMultipartUploadCommand(this.#named(path))));
    if (id === undefined) {
      throw new StoreError('io', this.urlOf(path), 'S3 began no upload');
    }
    return id;
  }

  /** Sends a part, counted from 1, and gives its ETag. */
  async uploadPart(path: string, uploadId: string, part: number, bytes: Uint8Array): Promise<string> {
    const { ETag: etag } = await this.#send(path, () =>
      this.#client.send(
        new this.#sdk.UploadPartCommand({ ...this.#named(path), UploadId: uploadId, PartNumber: part, Body: bytes, ContentMD5: contentMd5(bytes) }),
      ),
    );
    return etag ?? '';
  }

  /** Makes the object of its parts, in order; `exists` when it must be new and is not, where the server heeds the condition. */
  async completeUpload(path: string, uploadId: string, etags: readonly string[], mustBeNew: boolean): Promise<void> {
    const parts = etags.map((etag, index) => ({ ETag: etag, PartNumber: index + 1 }));
    let isRepeated = false;
    await this.#send(path, async () => {
      try {
        await this.#client.send(
          new this.#sdk.CompleteMultipartUploadCommand({
            ...this.#named(path),
            UploadId: uploadId,
            MultipartUpload: { Parts: parts },
            ...(mustBeNew ? { IfNoneMatch: '*' } : {}),
          }),
        );
      } catch (error) {
        // The upload is gone where an earlier try went well and its answer was lost: the object of so many parts is there.
        const isDone = isRepeated && statusOf(error) === 404 && (await this.#etagOf(path)).endsWith(`-${parts.length}`);
        isRepeated = true;
        if (!isDone) {
          throw statusOf(error) === 412 ? alreadyExists(this.urlOf(path), error) : error;
        }
      }
    });
  }

  /** Ends an upload in parts without a result. */
  async abortUpload(path: string, uploadId: string): Promise<void> {
    await this.#send(path, () => this.#client.send(new this.#sdk.AbortMultipartUploadCommand({ ...this.#named(path), UploadId: uploadId })));
  }

  /** Without quotes; an error of the library when there is no such object. */
  async #etagOf(path: string): Promise<string> {
    const found = await this.#client.send(new this.#sdk.HeadObjectCommand(this.#named(path)));
    return unquote(found.ETag ?? '');
  }

  #named(path: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.location.bucket, Key: this.#keyOf(path) };
  }

  /** Closes the connections. */
  close(): void {
    this.#client.destroy();
  }

  async #send<T>(path: string, request: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#window.run(request, isThrottle);
      } catch (error) {
        if (attempt >= ATTEMPTS_MAX || !isTransient(error)) {
          throw toS3StoreError(error, this.urlOf(path));
        }
      }
      // Full jitter: clients that failed together do not come back together.
      await sleep(Math.random() * Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** attempt));
    }
  }

  #keyOf(path: string): string {
    const { prefix } = this.location;
    return prefix === '' ? path : path === '' ? prefix : `${prefix}/${path}`;
  }

  #pathOf(key: string): string {
    const { prefix } = this.location;
    return prefix === '' ? key : key.slice(prefix.length + 1);
  }
}

async function readBody(answer: GetObjectCommandOutput, byteCount: number, abort: AbortController): Promise<Buffer> {
  const { Body: body } = answer;
  if (!(body instanceof Readable)) {
    throw new BadBodyError('an answer without a body');
  }
  const bytes = Buffer.allocUnsafe(byteCount);
  let filled = 0;
  const stalled = setTimeout(() => abortBody(body, abort), STALL_MS);
  try {
    for await (const chunk of body) {
      stalled.refresh();
      if (!(chunk instanceof Uint8Array) || filled + chunk.length > byteCount) {
        abortBody(body, abort);
        throw new BadBodyError(`a body longer than the ${byteCount} bytes asked for`);
      }
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
  } catch (error) {
    throw error instanceof BadBodyError ? error : new BadBodyError(`a body that broke off after ${filled} of ${byteCount} bytes`);
  } finally {
    clearTimeout(stalled);
  }
  if (filled !== byteCount) {
    throw new BadBodyError(`a body of ${filled} bytes where ${byteCount} were asked for`);
  }
  return bytes;
}

function abortBody(body: Readable, abort: AbortController): void {
  abort.abort();
  body.destroy();
}

/** Where the ETag is the content's MD5 (no parts, no keys of a key service) the whole content is compared with it. */
function checkContent(bytes: Buffer, etag: string, encryption: string | undefined): void {
  const isMd5 = /^[0-9a-f]{32}$/.test(etag) && (encryption === undefined || encryption === 'AES256');
  if (isMd5 && createHash('md5').update(bytes).digest('hex') !== etag) {
    throw new BadBodyError('a body whose checksum is not the one stored');
  }
}

function alreadyExists(url: string, cause: unknown): StoreError {
  return new StoreError('exists', url, 'already exists', cause);
}

function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
