import type { PoolLog } from '../pool/options.js';

/** How the binder's processes are set up. */
export interface BinderOptions {
  /** Where stub files are; the binder makes a folder of its own in it and removes it at the end. */
  readonly stubDirectory: string;
  /** Where its processes would spill. */
  readonly spillDirectory: string;
  /** Directories whose files may be described and inspected. */
  readonly readableRoots: readonly string[];
  readonly log: PoolLog;
}
