import { CreateBucketCommand, DeleteObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CephS3 } from '../services/ceph.js';
import { startSluice, type SluiceServer } from '../services/sluice.js';

/** A bucket of a test's own. */
export interface TestBucket {
  readonly name: string;
  put(key: string, body: Buffer | string): Promise<void>;
  remove(key: string): Promise<void>;
  /** Every file below a directory, under `prefix`. */
  putDirectory(directory: string, prefix: string): Promise<void>;
  /** Keys, in order. */
  keys(): Promise<string[]>;
  /** Uploads in parts that are neither completed nor aborted. */
  uploadCount(): Promise<number>;
  close(): void;
}

/** Makes a bucket. */
export async function makeBucket(server: CephS3, name: string): Promise<TestBucket> {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const client = new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  const put = async (key: string, body: Buffer | string): Promise<void> => {
    await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: body }));
  };
  return {
    name,
    put,
    remove: async (key) => {
      await client.send(new DeleteObjectCommand({ Bucket: name, Key: key }));
    },
    putDirectory: async (directory, prefix) => {
      for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) {
          const path = join(entry.parentPath, entry.name);
          await put(`${prefix}/${relative(directory, path)}`, readFileSync(path));
        }
      }
    },
    keys: async () => ((await client.send(new ListObjectsV2Command({ Bucket: name }))).Contents ?? []).flatMap(({ Key: key }) => key ?? []).toSorted(),
    uploadCount: async () => ((await client.send(new ListMultipartUploadsCommand({ Bucket: name }))).Uploads ?? []).length,
    close: () => client.destroy(),
  };
}

/** Sluice over a place in S3, with garbage where nothing was fetched. */
export async function startOverS3(server: CephS3, endpoint: string, data: string, state?: string): Promise<SluiceServer> {
  return await startSluice({
    data,
    ...(state === undefined ? {} : { state }),
    program: fileURLToPath(new URL('garbage-server.js', import.meta.url)),
    executors: 2,
    threads: 1,
    environment: { AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey },
    extra: ['--s3-endpoint', endpoint, '--s3-region', 'us-east-1', '--s3-path-style', 'on'],
  });
}
