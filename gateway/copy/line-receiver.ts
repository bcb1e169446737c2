import { SqlError } from '../../planner/sql-error.js';
import type { CopyReceiver } from '../session/backend.js';
import { linePlace, placed } from './copy-context.js';
import { insertRows } from './insert-rows.js';
import { fileDelimiter } from './normal-form.js';
import { Normalizer } from './normalizer.js';
import { ReceivedFile } from './received-file.js';
import type { CopyIn } from './receiver.js';
import { readRows } from './slow-rows.js';

/** COPY FROM in text and CSV: rows wait in a file of the session until all have come, and are then inserted at once. */
export class LineReceiver implements CopyReceiver {
  readonly #copy: CopyIn;
  readonly #normalizer: Normalizer;
  #file: ReceivedFile | null = null;

  constructor(copy: CopyIn) {
    this.#copy = copy;
    this.#normalizer = new Normalizer(
      copy.format,
      copy.columns.map((column) => column.name),
    );
  }

  async receive(chunk: Buffer): Promise<void> {
    await this.#normalize(() => this.#normalizer.push(chunk, (lines) => this.#keep(lines)));
  }

  async finish(): Promise<string> {
    await this.#normalize(() => this.#normalizer.end((lines) => this.#keep(lines)));
    const file = this.#file;
    if (file === null) {
      return 'COPY 0';
    }
    await file.close();
    try {
      return `COPY ${await this.#insert(file)}`;
    } finally {
      await this.discard();
    }
  }

  async discard(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.remove();
  }

  async #keep(lines: Buffer): Promise<void> {
    this.#copy.signal.throwIfAborted();
    if (lines.length === 0) {
      return;
    }
    this.#file ??= await ReceivedFile.create(this.#copy.session, fileDelimiter(this.#copy.format.delimiter));
    await this.#file.append(lines);
  }

  /** DuckDB reads what it reads as PostgreSQL does; anything else is read again here, where it gets its value or its error. */
  async #insert(file: ReceivedFile): Promise<number> {
    try {
      return await insertRows(this.#copy, file.rows(), 'as sent');
    } catch (error) {
      if (!(error instanceof SqlError) || !/^2[23]/.test(error.sqlstate)) {
        throw error;
      }
      const read = await readRows(this.#copy, file.rows(), this.#normalizer.lineByte);
      try {
        return await insertRows(this.#copy, read.file.rows(), 'stored');
      } finally {
        await read.file.remove();
      }
    }
  }

  /** What cannot be split into rows is an error of its line, unless a row before has one. */
  async #normalize(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof SqlError) || !error.sqlstate.startsWith('22')) {
        throw error;
      }
      const { format, table } = this.#copy;
      const isHeader = this.#normalizer.isHeaderWrong;
      let line = 1 + (format.header === 'none' || isHeader ? 0 : 1);
      if (this.#file !== null) {
        await this.#file.close();
        const read = await readRows(this.#copy, this.#file.rows(), this.#normalizer.lineByte);
        await read.file.remove();
        line = read.lineCount + 1;
      }
      const failed = this.#normalizer.failedLine;
      const isOpen = format.format === 'csv' && !isHeader;
      if (failed !== null && isOpen && line > 1) {
        line += failed.filter((byte) => byte === this.#normalizer.lineByte).length;
      }
      const text = isOpen ? failed?.toString('utf8') : failed?.toString('utf8').split(/\r?\n|\r/, 1)[0];
      throw placed(error, linePlace(table, line, text));
    }
  }
}
