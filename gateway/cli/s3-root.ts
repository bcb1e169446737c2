import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { claimDirectory, releaseDirectory, removeAbandoned } from '../../fs/owner/owner.js';
import type { GapFill } from '../../fs/s3/cached-object.js';
import { S3Connection } from '../../fs/s3/connection.js';
import { parseS3Url } from '../../fs/s3/location.js';
import { ObjectCache } from '../../fs/s3/object-cache.js';
import { removeAbandonedUploads } from '../../fs/s3/s3-staging.js';
import { S3Store } from '../../fs/s3/s3-store.js';
import { DataRoots } from '../../fs/store/data-roots.js';
import { StoreError } from '../../fs/store/store-error.js';
import type { OptionValues } from './options.js';
import { S3_CACHE_BYTES_DEFAULT } from './options.js';
import { UsageError } from './usage-error.js';

/** A data root in S3, and the local copies of what is read of it. */
export interface S3Root {
  readonly roots: DataRoots;
  readonly objects: ObjectCache;
  /** Absolute; executors read the copies there. */
  readonly directory: string;
  close(): Promise<void>;
}

/** Opens `--data s3://...`; one request tells whether the bucket can be listed. */
export async function openS3Root(url: string, values: OptionValues, stateDirectory: string, gapFill: GapFill = 'hole'): Promise<S3Root> {
  const parent = join(stateDirectory, 's3-cache');
  await removeAbandoned(parent);
  const directory = join(parent, randomUUID());
  await claimDirectory(directory);
  try {
    const connection = await S3Connection.open(parseS3Url(url), {
      endpoint: values.get('s3-endpoint'),
      region: values.get('s3-region'),
      pathStyle: values.get('s3-path-style') === 'on',
    });
    const objects = new ObjectCache({ directory, byteCountMax: Number(values.get('s3-cache-size') ?? S3_CACHE_BYTES_DEFAULT), gapFill });
    const stagingParent = join(stateDirectory, 's3-staging');
    const store = new S3Store(connection, objects, stagingParent);
    await store.list('');
    await removeAbandonedUploads(connection, stagingParent);
    return {
      roots: DataRoots.ofRemote(store),
      objects,
      directory,
      close: async () => {
        connection.close();
        await releaseDirectory(directory);
      },
    };
  } catch (error) {
    await releaseDirectory(directory);
    throw error instanceof StoreError ? new UsageError(`--data ${url}: ${error.message}`) : error;
  }
}
