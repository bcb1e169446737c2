import { readFile } from 'node:fs/promises';
import { isInside } from './store-path.js';

/** One mount of this machine. */
export interface Mount {
  /** Absolute path it is mounted at. */
  readonly path: string;
  /** File system type as the kernel names it (`ext4`, `fuse.hf3fs`). */
  readonly type: string;
  readonly readOnly: boolean;
}

/** The type a 3FS mount has; by this alone 3FS is recognised, never by its path. */
export const THREE_FS_TYPE = 'fuse.hf3fs';

/** The mounts of this process. */
export async function readMounts(): Promise<readonly Mount[]> {
  return parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** Parses the text of /proc/self/mountinfo (proc(5)): fields before ` - `, then type, source and options. */
export function parseMountInfo(text: string): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const separator = line.indexOf(' - ');
    if (separator === -1) {
      continue;
    }
    const fields = line.slice(0, separator).split(' ');
    const [type, , superOptions] = line.slice(separator + 3).split(' ');
    const [path, options] = [fields[4], fields[5]];
    if (path === undefined || options === undefined || type === undefined) {
      continue;
    }
    const readOnly = hasOption(options, 'ro') || hasOption(superOptions ?? '', 'ro');
    mounts.push({ path: unescapeOctal(path), type, readOnly });
  }
  return mounts;
}

/** The mount an absolute real path lies on: the deepest one above it, and of equally deep ones the last, which covers the others. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    if (isInside(mount.path, path) && (found === undefined || mount.path.length >= found.path.length)) {
      found = mount;
    }
  }
  return found;
}

function hasOption(options: string, name: string): boolean {
  return options.split(',').includes(name);
}

/** The kernel writes space, tab, newline and backslash as \040, \011, \012, \134. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
