import { UsageError } from './options.js';
import { readOptions } from './read-options.js';

/** `sluice executor`: joins a cluster. Options are checked; the cluster engine itself is not in this release. */
export function runExecutor(argv: readonly string[]): Promise<number> {
  readOptions('executor', argv, process.env);
  return Promise.reject(
    new UsageError('sluice executor needs a cluster, and the cluster engine is not part of this release; sluice serve starts executors of its own'),
  );
}
