import type { FileHandle } from 'node:fs/promises';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { quoteText } from '../../planner/types/data-type.js';
import { fileListSql } from '../../planner/relation/file-list-sql.js';
import type { Session } from '../session/session.js';
import { NULL_FIELD } from './normal-form.js';

/** Rows in normal form in a file of the session. */
export interface ReceivedRows {
  readonly path: string;
  readonly byteCount: number;
  /** No line is longer. */
  readonly lineLengthMax: number;
  readonly delimiter: string;
}

/** DuckDB's own bounds for a line and for its reading buffer; they grow only for longer lines. */
const LINE_LENGTH_MAX = 2 << 20;
const READ_BUFFER_LENGTH = 32 << 20;

/** Writes rows in normal form to a file of the session. */
export class ReceivedFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #delimiter: string;
  #byteCount = 0;
  #longestChunk = 0;
  #isOpen = true;

  private constructor(path: string, handle: FileHandle, delimiter: string) {
    this.#path = path;
    this.#handle = handle;
    this.#delimiter = delimiter;
  }

  static async create(session: Session, delimiter: string): Promise<ReceivedFile> {
    const path = join(await session.temporaryFiles.makeDirectory(), 'rows');
    return new ReceivedFile(path, await open(path, 'wx'), delimiter);
  }

  /** Appends whole lines. */
  async append(lines: Buffer): Promise<void> {
    if (lines.length > 0) {
      await this.#handle.appendFile(lines);
      this.#byteCount += lines.length;
      this.#longestChunk = Math.max(this.#longestChunk, lines.length);
    }
  }

  /** What was written so far. */
  rows(): ReceivedRows {
    return { path: this.#path, byteCount: this.#byteCount, lineLengthMax: this.#longestChunk, delimiter: this.#delimiter };
  }

  /** Nothing more is written. */
  async close(): Promise<void> {
    if (this.#isOpen) {
      this.#isOpen = false;
      await this.#handle.close();
    }
  }

  /** Closes and removes it. */
  async remove(): Promise<void> {
    await this.close();
    await rm(dirname(this.#path), { recursive: true, force: true });
  }
}

/** Name of a received column in `receivedSql`. */
export function receivedColumn(index: number): string {
  return `c${index}`;
}

/** A DuckDB table expression over the file: every column VARCHAR, in normal form. Lines of another number of fields are an error. */
export function receivedSql(rows: ReceivedRows, columnCount: number): string {
  const columns = Array.from({ length: columnCount }, (_, index) => `${receivedColumn(index)}: 'VARCHAR'`).join(', ');
  const lineLength = Math.max(LINE_LENGTH_MAX, rows.lineLengthMax + 1);
  const options = [
    'auto_detect = false',
    'header = false',
    'skip = 0',
    `delim = ${quoteText(rows.delimiter)}`,
    "quote = ''",
    "escape = ''",
    "comment = ''",
    "new_line = '\\n'",
    `nullstr = ${quoteText(NULL_FIELD)}`,
    'strict_mode = true',
    'null_padding = false',
    'ignore_errors = false',
    `max_line_size = ${lineLength}`,
    `buffer_size = ${Math.max(READ_BUFFER_LENGTH, lineLength * 2)}`,
    `columns = {${columns}}`,
  ];
  return `read_csv(${fileListSql([rows.path])}, ${options.join(', ')})`;
}
