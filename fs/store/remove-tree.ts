import { randomUUID } from 'node:crypto';
import { lstat, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mount } from './mounts.js';
import { THREE_FS_TYPE } from './mounts.js';
import { errnoOf } from './store-error.js';

/** Folder of a 3FS mount in which a symbolic link to a tree makes the file system delete that tree by itself. */
const THREE_FS_REMOVE_FOLDER = '3fs-virt/rm-rf';

/**
 * Removes a tree by its absolute path. On 3FS the metadata service is asked to do it in one operation; anywhere else, and
 * for single files, names are removed one by one.
 */
export async function removeAbsoluteTree(path: string, mount: Mount | undefined): Promise<void> {
  if (mount?.type === THREE_FS_TYPE && path !== mount.path) {
    try {
      if ((await lstat(path)).isDirectory()) {
        await symlink(path, join(mount.path, THREE_FS_REMOVE_FOLDER, randomUUID()));
        return;
      }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return;
      }
      throw error;
    }
  }
  // A file created by a dying writer between listing and rmdir gives ENOTEMPTY: rm's own retries cover it.
  await rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 });
}
