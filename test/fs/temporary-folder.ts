import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder for one test, removed by `remove`. */
export class TemporaryFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await realpath(await mkdtemp(join(tmpdir(), 'sluice-fs-'))));
  }

  /** The absolute path of a place in it, its folder made. */
  async place(path: string): Promise<string> {
    const absolute = join(this.path, path);
    await mkdir(dirname(absolute), { recursive: true });
    return absolute;
  }

  /** Writes a file and gives its absolute path. */
  async write(path: string, content: string | Uint8Array): Promise<string> {
    const absolute = await this.place(path);
    await writeFile(absolute, content);
    return absolute;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
