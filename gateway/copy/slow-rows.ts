import { createReadStream } from 'node:fs';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { checkModifier } from './check-value.js';
import { columnPlace, linePlace, placed } from './copy-context.js';
import { NULL_FIELD, PLAIN_DELIMITER, decodeField, encodeField } from './normal-form.js';
import { isString } from './plain-values.js';
import type { ColumnForm } from './plain-values.js';
import { ReceivedFile } from './received-file.js';
import type { ReceivedRows } from './received-file.js';
import type { CopyIn } from './receiver.js';
import { storedText } from './stored-values.js';
import { encodedNull } from './text-records.js';

const READ_LENGTH = 1 << 20;
const WRITE_LENGTH = 1 << 18;

/** What came of reading rows in the gateway. */
export interface ReadRows {
  /** Lines of data up to and with the last row's, as CONTEXT counts them. */
  readonly lineCount: number;
  /** The rows with their values in stored form. */
  readonly file: ReceivedFile;
}

/**
 * Reads received rows value by value, with PostgreSQL's meaning and its errors, each with its line. Slower than DuckDB
 * by far: only for data that DuckDB does not read the same way, and to say what is wrong with data. `lineByte` is what
 * counts as a line's end inside quotes.
 */
export async function readRows(copy: CopyIn, rows: ReceivedRows, lineByte: number): Promise<ReadRows> {
  const file = await ReceivedFile.create(copy.session, PLAIN_DELIMITER);
  const reader = new RowReader(copy, rows.delimiter, lineByte === 0x0a ? '\u0001c' : '\u0001d');
  try {
    let lines = '';
    for await (const line of linesOf(rows.path)) {
      lines += reader.read(line);
      if (lines.length >= WRITE_LENGTH) {
        copy.signal.throwIfAborted();
        await file.append(Buffer.from(lines));
        lines = '';
      }
    }
    await file.append(Buffer.from(lines));
    await file.close();
  } catch (error) {
    await file.remove();
    throw error;
  }
  return { lineCount: reader.lineCount, file };
}

/** The lines of a file, without their ends. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const read of createReadStream(path, { highWaterMark: READ_LENGTH })) {
    const chunk: Buffer = read;
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      const piece = chunk.subarray(start, end);
      yield (rest.length === 0 ? piece : Buffer.concat([...rest, piece])).toString('utf8');
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) {
      rest.push(chunk.subarray(start));
    }
  }
}

class RowReader {
  lineCount: number;
  readonly #copy: CopyIn;
  readonly #delimiter: string;
  readonly #lineMark: string;
  readonly #nullField: string;
  readonly #forceNull: readonly boolean[];
  readonly #forceNotNull: readonly boolean[];
  readonly #settings: { readonly timeZone: string; readonly dateStyle: string };

  constructor(copy: CopyIn, delimiter: string, lineMark: string) {
    this.#copy = copy;
    this.#delimiter = delimiter;
    this.#lineMark = lineMark;
    this.#nullField = encodedNull(copy.format);
    this.lineCount = copy.format.header === 'none' ? 0 : 1;
    this.#forceNull = copy.columns.map((column) => copy.format.forceNull.includes(column.name));
    this.#forceNotNull = copy.columns.map((column) => copy.format.forceNotNull.includes(column.name));
    this.#settings = copy.session.settings.output();
  }

  /** A line in normal form as one with stored values. */
  read(line: string): string {
    const { table, columns, forms, format } = this.#copy;
    this.lineCount += 1;
    // How lines end is known from the end of the first one on; before, carriage returns count.
    const lineMark = this.lineCount === 1 ? '\u0001d' : this.#lineMark;
    if (format.format === 'csv' && line.includes(lineMark)) {
      this.lineCount += line.split(lineMark).length - 1;
    }
    const fields = line.split(this.#delimiter);
    if (fields.length > columns.length) {
      throw this.#badLine(fields, 'extra data after last expected column');
    }
    const stored = forms.map((form, index) => {
      const field = fields[index];
      if (field === undefined) {
        throw this.#badLine(fields, `missing data for column "${form.column.name}"`);
      }
      const value = this.#valueOf(field, index);
      if (value === null) {
        return NULL_FIELD;
      }
      try {
        return encodeField(this.#stored(form, value), PLAIN_DELIMITER);
      } catch (error) {
        throw placed(error, columnPlace(table, this.lineCount, form.column.name, value));
      }
    });
    this.#checkNotNull(stored, fields);
    const text = stored.join(PLAIN_DELIMITER);
    return `${text === '' ? '\u0001e' : text}\n`;
  }

  #stored(form: ColumnForm, value: string): string {
    const stored = isString(form) ? value : storedText(form, { format: 'text', bytes: Buffer.from(value) }, this.#settings);
    checkModifier(form, stored);
    return stored;
  }

  #valueOf(field: string, index: number): string | null {
    if (field === NULL_FIELD || field === this.#nullField) {
      return this.#forceNotNull[index] === true ? decodeField(field === NULL_FIELD ? '' : field, this.#delimiter) : null;
    }
    const value = decodeField(field, this.#delimiter);
    return this.#forceNull[index] === true && value === this.#copy.format.nullText ? null : value;
  }

  /** Rows that WHERE leaves out may hold any NULL: then only the INSERT can tell. */
  #checkNotNull(stored: readonly string[], fields: readonly string[]): void {
    const { columns, table, where } = this.#copy;
    const wrong = where === null ? columns.find((column, index) => column.notNull === true && stored[index] === NULL_FIELD) : undefined;
    if (wrong !== undefined) {
      const message = `null value in column "${wrong.name}" of relation "${table}" violates not-null constraint`;
      throw new SqlError(SQLSTATE.not_null_violation, message, {
        table,
        column: wrong.name,
        context: linePlace(table, this.lineCount, this.#lineText(fields)),
      });
    }
  }

  #badLine(fields: readonly string[], message: string): SqlError {
    const { table } = this.#copy;
    return new SqlError(SQLSTATE.bad_copy_file_format, message, { context: linePlace(table, this.lineCount, this.#lineText(fields)) });
  }

  /** The line about as it was sent: quotes and escapes are not kept. */
  #lineText(fields: readonly string[]): string {
    const { format } = this.#copy;
    return fields.map((field) => (field === NULL_FIELD ? format.nullText : decodeField(field, this.#delimiter))).join(format.delimiter);
  }
}
