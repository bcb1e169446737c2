import { folderError, S3Staging } from '../s3/s3-staging.js';
import { S3Store } from '../s3/s3-store.js';
import type { Store } from '../store/store.js';
import type { PublishOptions } from './publish.js';
import type { StagedFile } from './staged-files.js';
import { Staging } from './staging.js';

/** A writing job of any store: see staging.ts and s3/s3-staging.ts. */
export interface StagingJob {
  /** Absolute path of the folder that writers write into. */
  readonly directory: string;
  publish(target: string, files: readonly StagedFile[], options: PublishOptions): Promise<void>;
  discard(): Promise<void>;
}

/** Begins a writing job in a store; what it cannot publish is refused before anything is written. */
export async function beginStaging(store: Store, target: string, options: PublishOptions): Promise<StagingJob> {
  if (!(store instanceof S3Store)) {
    return await Staging.begin(store);
  }
  if (!options.singleFile || options.mode === 'append') {
    throw folderError(store.connection.urlOf(target));
  }
  const staging = await S3Staging.begin(store.connection, store.stagingParent);
  return {
    directory: staging.directory,
    publish: async (...published) => {
      await staging.publish(...published);
      store.forgetListings();
    },
    discard: () => staging.discard(),
  };
}
