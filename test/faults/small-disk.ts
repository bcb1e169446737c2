import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A tmpfs of a few megabytes. */
export interface SmallDisk {
  readonly path: string;
  /** Unmounts it and removes its mount point. */
  remove(): void;
}

/** Mounts a file system of that size; needs the right to mount. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'sluice-small-disk-'));
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const run = (...command: readonly string[]): void => {
    const [program = '', ...args] = [...asRoot, ...command];
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=1777`, 'tmpfs', path);
  return {
    path,
    remove: () => {
      run('umount', '-l', path);
      rmdirSync(path);
    },
  };
}
