import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, realpath, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { boundedMap } from './bounded-map.js';
import { lstatNames } from './lstat-names.js';
import type { Mount } from './mounts.js';
import { mountOf, readMounts } from './mounts.js';
import { PosixFile } from './posix-file.js';
import { removeAbsoluteTree } from './remove-tree.js';
import type { DirectoryEntry, EntryKind, FileStat, NameStat, OpenMode, Store, StoreFile } from './store.js';
import { errnoOf, isAbsence, StoreError, toStoreError } from './store-error.js';
import { baseNameOf, checkStorePath, isInside, parentOf } from './store-path.js';

/**
 * Files through the kernel: local disks, 3FS and other parallel file systems by their mounts. Links are resolved before
 * every use; whoever can race the check by replacing directories inside the root can write there anyway.
 */
export class PosixStore implements Store {
  readonly root: string;
  /** The mount the root lies on. */
  readonly mount: Mount | undefined;

  private constructor(root: string, mount: Mount | undefined) {
    this.root = root;
    this.mount = mount;
  }

  /** Opens a store over an existing directory. */
  static async open(directory: string): Promise<PosixStore> {
    return await guard(directory, async () => {
      const root = await realpath(directory);
      if (!(await stat(root)).isDirectory()) {
        throw new StoreError('not-found', directory, 'not a directory');
      }
      return new PosixStore(root, mountOf(await readMounts(), root));
    });
  }

  async resolve(path: string): Promise<string> {
    return await guard(path, async () => {
      const lexical = this.#absolute(path);
      try {
        return this.#inside(path, await realpath(lexical));
      } catch (error) {
        if (path === '' || errnoOf(error) !== 'ENOENT' || (await isLink(lexical))) {
          throw error;
        }
      }
      return join(this.#inside(path, await realpath(this.#absolute(parentOf(path)))), baseNameOf(path));
    });
  }

  async stat(path: string): Promise<FileStat> {
    return await guard(path, async () => toFileStat(await stat(await this.resolve(path))));
  }

  async statNames(directory: string, names: readonly string[]): Promise<(NameStat | undefined)[]> {
    const parent = await this.resolve(directory);
    const attributes = await lstatNames(parent, names, this.mount);
    const stats = attributes.map((found): NameStat | undefined => found && { ...toFileStat(found), link: false });
    const links = [...attributes.keys()].filter((index) => attributes[index]?.isSymbolicLink() === true);
    await boundedMap(links, async (index) => {
      const target = await this.#followLink(join(parent, names[index] ?? ''));
      stats[index] = target && { ...target, link: true };
    });
    return stats;
  }

  async list(directory: string): Promise<readonly DirectoryEntry[]> {
    return await guard(directory, async () => {
      const parent = await this.resolve(directory);
      const found = (await readdir(parent, { withFileTypes: true })).filter((entry) => !entry.name.includes('\uFFFD'));
      const entries = await boundedMap(found, async (entry): Promise<DirectoryEntry> => {
        const kind = entry.isSymbolicLink() ? ((await this.#followLink(join(parent, entry.name)))?.kind ?? 'other') : kindOf(entry);
        return { name: entry.name, kind };
      });
      return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async open(path: string, mode: OpenMode): Promise<StoreFile> {
    return await guard(path, async () => {
      const flags = mode === 'read' ? constants.O_RDONLY : constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
      return new PosixFile(await open(await this.resolve(path), flags, 0o666), path);
    });
  }

  async readFile(path: string, byteCountMax: number): Promise<Buffer> {
    const file = await this.open(path, 'read');
    try {
      const bytes = await file.read(0, byteCountMax + 1);
      if (bytes.length > byteCountMax) {
        throw new StoreError('too-large', path, `file is larger than ${byteCountMax} bytes`);
      }
      return bytes;
    } finally {
      await file.close();
    }
  }

  async rename(from: string, to: string): Promise<void> {
    await guard(to, async () => {
      await rename(await this.#resolveName(from), await this.#resolveName(to));
    });
  }

  async link(from: string, to: string): Promise<void> {
    await guard(to, async () => {
      await link(await this.#resolveName(from), await this.#resolveName(to));
    });
  }

  async makeDirectory(path: string, options: { readonly recursive?: boolean } = {}): Promise<void> {
    if (path === '' || options.recursive !== true) {
      await guard(path, async () => {
        await mkdir(await this.resolve(path));
      });
      return;
    }
    const absent: string[] = [];
    for (let ancestor = path; ancestor !== ''; ancestor = parentOf(ancestor)) {
      if (await this.#isDirectory(ancestor)) {
        break;
      }
      absent.unshift(ancestor);
    }
    for (const directory of absent) {
      await guard(directory, async () => {
        await mkdir(await this.resolve(directory)).catch(async (error: unknown) => {
          // Lost a race against another maker of the same directory.
          if (errnoOf(error) !== 'EEXIST' || !(await this.#isDirectory(directory))) {
            throw error;
          }
        });
      });
    }
  }

  async removeFile(path: string): Promise<void> {
    await guard(path, async () => {
      await unlink(await this.#resolveName(path));
    });
  }

  async removeTree(path: string): Promise<void> {
    if (path === '') {
      throw new StoreError('permission', path, 'a root is not removed');
    }
    try {
      await removeAbsoluteTree(await this.#resolveName(path), this.mount);
    } catch (error) {
      if (!isAbsence(error)) {
        throw toStoreError(error, path);
      }
    }
  }

  async syncFile(path: string): Promise<number> {
    return await guard(path, async () => {
      const handle = await open(await this.resolve(path), constants.O_RDONLY);
      try {
        await handle.sync();
        return (await handle.stat()).size;
      } finally {
        await handle.close();
      }
    });
  }

  async syncDirectory(path: string): Promise<void> {
    await this.syncFile(path);
  }

  #absolute(path: string): string {
    return join(this.root, checkStorePath(path));
  }

  #inside(path: string, real: string): string {
    if (!isInside(this.root, real)) {
      throw new StoreError('outside-roots', path, 'path leaves its root');
    }
    return real;
  }

  /** Resolves the directory of a name, not the name: for operations on links themselves. */
  async #resolveName(path: string): Promise<string> {
    if (path === '') {
      return this.root;
    }
    const parent = this.#inside(path, await realpath(this.#absolute(parentOf(checkStorePath(path)))));
    return join(parent, baseNameOf(path));
  }

  async #isDirectory(path: string): Promise<boolean> {
    try {
      return (await this.stat(path)).kind === 'directory';
    } catch (error) {
      if (error instanceof StoreError && error.code === 'not-found') {
        return false;
      }
      throw error;
    }
  }

  /** What a link leads to; undefined when that is nothing, out of the root, or not for us to see. */
  async #followLink(absolute: string): Promise<FileStat | undefined> {
    try {
      const real = await realpath(absolute);
      return isInside(this.root, real) ? toFileStat(await stat(real)) : undefined;
    } catch (error) {
      if (isAbsence(error) || errnoOf(error) === 'ELOOP' || errnoOf(error) === 'EACCES') {
        return undefined;
      }
      throw toStoreError(error, absolute);
    }
  }
}

async function guard<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw toStoreError(error, path);
  }
}

async function isLink(absolute: string): Promise<boolean> {
  try {
    return (await lstat(absolute)).isSymbolicLink();
  } catch (error) {
    if (isAbsence(error)) {
      return false;
    }
    throw error;
  }
}

function kindOf(attributes: { isFile(): boolean; isDirectory(): boolean }): EntryKind {
  return attributes.isFile() ? 'file' : attributes.isDirectory() ? 'directory' : 'other';
}

function toFileStat(attributes: Stats): FileStat {
  return {
    kind: kindOf(attributes),
    byteCount: attributes.size,
    mtimeMs: attributes.mtimeMs,
    inode: attributes.ino,
  };
}
