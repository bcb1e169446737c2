import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { CopyReceiver } from '../session/backend.js';
import { checkModifier } from './check-value.js';
import { columnPlace, linePlace, placed } from './copy-context.js';
import { insertRows } from './insert-rows.js';
import { NULL_FIELD, PLAIN_DELIMITER, encodeField } from './normal-form.js';
import { RECORD_LENGTH_MAX } from './normalizer.js';
import { ReceivedFile } from './received-file.js';
import type { CopyIn } from './receiver.js';
import { storedText } from './stored-values.js';

/** What binary data starts with; flags and the length of an extension follow. */
export const BINARY_SIGNATURE: Buffer = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER_LENGTH = BINARY_SIGNATURE.length + 8;
const PIECE_LENGTH = 256 * 1024;
/** A flag above these bits that is not known cannot be passed over. */
const CRITICAL_FLAGS = 0xffff0000;

/** COPY FROM in binary: every value is read here and kept in stored form. */
export class BinaryReceiver implements CopyReceiver {
  readonly #copy: CopyIn;
  #chunks: Buffer[] = [];
  #length = 0;
  #workAt = 0;
  #hasHeader = false;
  #ended = false;
  #row = 0;
  /** The column whose value has not come whole yet, where the row's head has. */
  #wanted: string | null = null;
  #file: ReceivedFile | null = null;

  constructor(copy: CopyIn) {
    this.#copy = copy;
  }

  async receive(chunk: Buffer): Promise<void> {
    if (this.#ended && chunk.length > 0) {
      throw badFile('received copy data after EOF marker');
    }
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length >= this.#workAt) {
      await this.#work();
    }
  }

  async finish(): Promise<string> {
    await this.#work();
    if (!this.#hasHeader) {
      throw badFile('COPY file signature not recognized');
    }
    if (this.#length > 0) {
      const { table } = this.#copy;
      const place = this.#wanted === null ? linePlace(table, this.#row + 1) : columnPlace(table, this.#row + 1, this.#wanted);
      throw placed(badFile('unexpected EOF in COPY data'), place);
    }
    const file = this.#file;
    if (file === null) {
      return 'COPY 0';
    }
    await file.close();
    try {
      return `COPY ${await insertRows(this.#copy, file.rows(), 'stored')}`;
    } finally {
      await this.discard();
    }
  }

  async discard(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.remove();
  }

  async #work(): Promise<void> {
    const data = Buffer.concat(this.#chunks, this.#length);
    let at = 0;
    if (!this.#hasHeader) {
      const end = readHeader(data);
      if (end === null) {
        this.#keep(data);
        return;
      }
      this.#hasHeader = true;
      at = end;
    }
    let lines = '';
    while (!this.#ended) {
      const row = this.#readRow(data, at);
      if (row === null) {
        break;
      }
      at = row.end;
      lines += row.line;
    }
    if (lines !== '') {
      this.#copy.signal.throwIfAborted();
      this.#file ??= await ReceivedFile.create(this.#copy.session, PLAIN_DELIMITER);
      await this.#file.append(Buffer.from(lines));
    }
    if (this.#ended && at < data.length) {
      throw badFile('received copy data after EOF marker');
    }
    this.#keep(data.subarray(at));
  }

  #keep(rest: Buffer): void {
    if (rest.length > RECORD_LENGTH_MAX) {
      throw new SqlError(SQLSTATE.program_limit_exceeded, 'row is too large', { detail: `A row of COPY may take ${RECORD_LENGTH_MAX} bytes.` });
    }
    this.#chunks = rest.length === 0 ? [] : [Buffer.from(rest)];
    this.#length = rest.length;
    this.#workAt = Math.max(PIECE_LENGTH, rest.length * 2);
  }

  /** The row at an offset as a line, null when it is not whole yet. */
  #readRow(data: Buffer, from: number): { readonly line: string; readonly end: number } | null {
    const { table, forms } = this.#copy;
    this.#wanted = null;
    if (from + 2 > data.length) {
      return null;
    }
    const count = data.readInt16BE(from);
    const line = this.#row + 1;
    if (count === -1) {
      this.#ended = true;
      return { line: '', end: from + 2 };
    }
    if (count !== forms.length) {
      throw placed(badFile(`row field count is ${count}, expected ${forms.length}`), linePlace(table, line));
    }
    let at = from + 2;
    const values: (Buffer | null)[] = [];
    for (const form of forms) {
      this.#wanted = form.column.name;
      if (at + 4 > data.length) {
        return null;
      }
      const length = data.readInt32BE(at);
      at += 4;
      if (length < -1) {
        throw placed(badFile('invalid field size'), columnPlace(table, line, form.column.name));
      }
      if (length === -1) {
        values.push(null);
      } else {
        if (at + length > data.length) {
          return null;
        }
        values.push(data.subarray(at, at + length));
        at += length;
      }
    }
    this.#row = line;
    this.#wanted = null;
    const text = values.map((bytes, index) => this.#field(bytes, index)).join(PLAIN_DELIMITER);
    return { line: `${text === '' ? '\u0001e' : text}\n`, end: at };
  }

  #field(bytes: Buffer | null, index: number): string {
    const form = this.#copy.forms[index];
    if (form === undefined || bytes === null) {
      return NULL_FIELD;
    }
    try {
      const stored = storedText(form, { format: 'binary', bytes }, this.#copy.session.settings.output());
      checkModifier(form, stored);
      return encodeField(stored, PLAIN_DELIMITER);
    } catch (error) {
      throw placed(error, columnPlace(this.#copy.table, this.#row, form.column.name));
    }
  }
}

/** The offset of the first row, null when the header is not whole yet. */
function readHeader(data: Buffer): number | null {
  const known = Math.min(data.length, BINARY_SIGNATURE.length);
  if (!data.subarray(0, known).equals(BINARY_SIGNATURE.subarray(0, known))) {
    throw badFile('COPY file signature not recognized');
  }
  if (data.length < HEADER_LENGTH) {
    return null;
  }
  const flags = data.readUInt32BE(BINARY_SIGNATURE.length);
  if ((flags & CRITICAL_FLAGS) !== 0) {
    throw badFile('unrecognized critical flags in COPY file header');
  }
  const extension = data.readInt32BE(BINARY_SIGNATURE.length + 4);
  if (extension < 0) {
    throw badFile('invalid COPY file header (missing length)');
  }
  return data.length < HEADER_LENGTH + extension ? null : HEADER_LENGTH + extension;
}

function badFile(message: string): SqlError {
  return new SqlError(SQLSTATE.bad_copy_file_format, message);
}
