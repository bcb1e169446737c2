import { randomUUID } from 'node:crypto';
import { claimDirectory, releaseDirectory, removeAbandoned } from '../owner/owner.js';
import { PRIVATE_FOLDER } from '../store/data-roots.js';
import type { Store } from '../store/store.js';
import { baseNameOf, joinStorePath } from '../store/store-path.js';
import type { PublishOptions } from './publish.js';
import { publish } from './publish.js';
import { restoreReplaced } from './replace.js';
import type { StagedFile } from './staged-files.js';

/** Folder of a root in which files are written before they are published: on the same file system, so that one rename publishes them. */
const STAGING_FOLDER = `${PRIVATE_FOLDER}/staging`;

/**
 * One writing job: its files grow in a folder of its own that no listing shows, then appear under the target's name all at
 * once, or never. The folder belongs to this process; `removeAbandonedStaging` clears up after processes that died.
 *
 *   .sluice/staging/ID.owner          the record of the process (see fs/owner)
 *   .sluice/staging/ID/content/...    the files
 *   .sluice/staging/ID/replaced, ID/target   while an old target is moved aside (see replace.ts)
 */
export class Staging {
  readonly id: string;
  readonly store: Store;
  /** Absolute path of the folder that writers write into. */
  readonly directory: string;
  readonly #folder: string;

  private constructor(store: Store, id: string) {
    this.id = id;
    this.store = store;
    this.#folder = joinStorePath(STAGING_FOLDER, id);
    this.directory = `${store.root}/${this.#folder}/content`;
  }

  /** Makes an empty staging folder. */
  static async begin(store: Store): Promise<Staging> {
    const staging = new Staging(store, randomUUID());
    // Made through the store, which refuses a folder that is a link out of the root.
    await store.makeDirectory(STAGING_FOLDER, { recursive: true });
    await claimDirectory(`${store.root}/${staging.#folder}`);
    await store.makeDirectory(`${staging.#folder}/content`);
    return staging;
  }

  /**
   * Publishes exactly these files at `target` (store-relative): durable, complete, and at once. `exists` when there is
   * something already and the mode is `create`. The staging folder is gone afterwards, also when this fails.
   */
  async publish(target: string, files: readonly StagedFile[], options: PublishOptions): Promise<void> {
    try {
      await publish(this.store, this.#folder, target, files, { ...options, id: this.id });
    } finally {
      await this.discard();
    }
  }

  /** Removes the staging folder and what is in it, but never an old target that has nothing in its place. Safe to call more than once. */
  async discard(): Promise<void> {
    await restoreReplaced(this.store, this.#folder);
    await releaseDirectory(`${this.store.root}/${this.#folder}`);
  }
}

/** At start: puts right and removes what dead processes left in staging. Gives the ids of the jobs removed. */
export async function removeAbandonedStaging(store: Store): Promise<readonly string[]> {
  const removed = await removeAbandoned(`${store.root}/${STAGING_FOLDER}`, async (path) => {
    await restoreReplaced(store, joinStorePath(STAGING_FOLDER, baseNameOf(path)));
  });
  return removed.map(baseNameOf);
}
