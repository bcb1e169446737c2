import { createHash } from 'node:crypto';
import { linkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { printDataType, quoteName, quoteText } from '../../planner/types/data-type.js';
import type { Column } from '../../planner/relation/relation.js';

/** Stub files kept; they are small (a few hundred bytes a column), and far fewer schemas are in use at a time. */
const STUB_COUNT_MAX = 8_192;

/** Zero-row Parquet files by schema and reference index, made once. */
export class StubFiles {
  readonly #directory: string;
  readonly #write: (sql: string) => Promise<void>;
  readonly #stubs = new Map<string, Promise<string>>();

  constructor(directory: string, write: (sql: string) => Promise<void>) {
    this.#directory = directory;
    this.#write = write;
  }

  /** Path of the stub with these columns for this reference: `<schema's hash>-<index>.parquet`. */
  path(columns: readonly Column[], referenceIndex: number): Promise<string> {
    const select = columns.map((column) => `CAST(NULL AS ${printDataType(column.type)}) AS ${quoteName(column.name)}`).join(', ');
    const hash = createHash('sha256').update(select).digest('hex').slice(0, 32);
    return this.#once(`${hash}-${referenceIndex}`, async (path) => {
      // The schema is written once and linked under a name for every reference.
      const original = await this.#once(hash, async (file) => {
        await this.#write(`COPY (SELECT ${select} WHERE false) TO ${quoteText(file)} (FORMAT parquet)`);
      });
      linkSync(original, path);
    });
  }

  #once(name: string, make: (path: string) => Promise<void>): Promise<string> {
    const known = this.#stubs.get(name);
    if (known !== undefined) {
      return known;
    }
    this.#evict();
    const path = join(this.#directory, `${name}.parquet`);
    const made = make(path).then(() => path);
    this.#stubs.set(name, made);
    made.catch(() => this.#stubs.delete(name));
    return made;
  }

  /** The oldest go first: a plan that still needs one would have to be older than thousands of others. */
  #evict(): void {
    for (const name of this.#stubs.keys()) {
      if (this.#stubs.size < STUB_COUNT_MAX) {
        return;
      }
      this.#stubs.delete(name);
      rmSync(join(this.#directory, `${name}.parquet`), { force: true });
    }
  }
}
