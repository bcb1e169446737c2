import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { CopyFormat } from './copy-format.js';

/** A row's values as texts; null is SQL NULL. */
export type CopyRow = readonly (string | null)[];

/** COPY's text or CSV, chunk by chunk, as rows. It keeps no more than one record beside the chunk it was given. */
export class CopyLines {
  readonly #format: CopyFormat;
  readonly #names: readonly string[];
  readonly #table: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #rest = '';
  #line = 0;
  #ended = false;

  constructor(format: CopyFormat, table: string, names: readonly string[]) {
    this.#format = format;
    this.#table = table;
    this.#names = names;
  }

  /** The rows that end in this chunk; null stands for the end of the data. 22021, 22P04 for what is no COPY data. */
  *rows(chunk: Buffer | null): Generator<CopyRow> {
    let text: string;
    try {
      text = this.#rest + (chunk === null ? this.#decoder.decode() : this.#decoder.decode(chunk, { stream: true }));
    } catch {
      throw new SqlError(SQLSTATE.character_not_in_repertoire, 'invalid byte sequence for encoding "UTF8"', { detail: this.#place() });
    }
    let start = 0;
    while (!this.#ended) {
      const end = this.#recordEnd(text, start, chunk === null);
      if (end === null) {
        break;
      }
      const record = text.slice(start, end.at);
      start = end.next;
      this.#line += 1;
      if (record === '\\.') {
        this.#ended = true;
      } else if (record.includes('\0')) {
        throw new SqlError(SQLSTATE.character_not_in_repertoire, 'invalid byte sequence for encoding "UTF8": 0x00', { detail: this.#place() });
      } else {
        const row = this.#format.format === 'text' ? this.#textRow(record) : this.#csvRow(record);
        if (this.#line > 1 || this.#format.header === 'none') {
          yield this.#checked(row);
        } else if (this.#format.header === 'match') {
          this.#matchHeader(row);
        }
      }
    }
    this.#rest = this.#ended ? '' : text.slice(start);
  }

  /** Where the record from `start` ends and the next begins; null when more data must tell. */
  #recordEnd(text: string, start: number, isLast: boolean): { readonly at: number; readonly next: number } | null {
    const { format, quote, escape } = this.#format;
    let quoted = false;
    for (let at = start; at < text.length; at += 1) {
      const character = text[at];
      if (format === 'text' ? character === '\\' : quoted && character === escape && escape !== quote) {
        at += format === 'text' || text[at + 1] === quote || text[at + 1] === escape ? 1 : 0;
      } else if (format === 'csv' && character === quote) {
        quoted = !quoted;
      } else if (!quoted && (character === '\n' || character === '\r')) {
        if (character === '\r' && at + 1 === text.length && !isLast) {
          return null;
        }
        return { at, next: at + (character === '\r' && text[at + 1] === '\n' ? 2 : 1) };
      }
    }
    if (!isLast || start >= text.length) {
      return null;
    }
    if (quoted) {
      this.#line += 1;
      throw this.#bad('unterminated CSV quoted field');
    }
    return { at: text.length, next: text.length };
  }

  #textRow(record: string): CopyRow {
    const { delimiter, nullText } = this.#format;
    const fields: string[] = [];
    let start = 0;
    for (let at = 0; at < record.length; at += 1) {
      if (record[at] === '\\') {
        at += 1;
      } else if (record[at] === delimiter) {
        fields.push(record.slice(start, at));
        start = at + 1;
      }
    }
    fields.push(record.slice(start));
    return fields.map((field) => (field === nullText ? null : field.includes('\\') ? this.#unescaped(field) : field));
  }

  #unescaped(field: string): string {
    return field.replace(/(?:\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}))+|\\([^]?)/g, (found: string, simple: string | undefined) => {
      if (simple !== undefined) {
        return SIMPLE[simple] ?? simple;
      }
      const bytes = found
        .slice(1)
        .split('\\')
        .map((code) => (code.startsWith('x') ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8) & 0xff));
      try {
        const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
        if (!text.includes('\0')) {
          return text;
        }
      } catch {
        // Reported below.
      }
      throw new SqlError(SQLSTATE.character_not_in_repertoire, 'invalid byte sequence for encoding "UTF8"', { detail: this.#place() });
    });
  }

  #csvRow(record: string): CopyRow {
    const { delimiter, quote, escape, nullText } = this.#format;
    const row: (string | null)[] = [];
    let value = '';
    let wasQuoted = false;
    let quoted = false;
    const add = (): void => {
      row.push(!wasQuoted && value === nullText ? null : value);
      value = '';
      wasQuoted = false;
    };
    for (let at = 0; at < record.length; at += 1) {
      const character = record[at] ?? '';
      const next = record[at + 1];
      if (quoted && character === escape && (next === quote || next === escape)) {
        value += next;
        at += 1;
      } else if (character === quote) {
        quoted = !quoted;
        wasQuoted = true;
      } else if (!quoted && character === delimiter) {
        add();
      } else {
        value += character;
      }
    }
    add();
    return row;
  }

  #checked(row: CopyRow): CopyRow {
    if (row.length > this.#names.length) {
      throw this.#bad('extra data after last expected column');
    }
    if (row.length < this.#names.length) {
      throw this.#bad(`missing data for column "${this.#names[row.length] ?? ''}"`);
    }
    return row;
  }

  #matchHeader(row: CopyRow): void {
    if (row.length !== this.#names.length) {
      throw this.#bad(`wrong number of fields in header line: got ${row.length}, expected ${this.#names.length}`);
    }
    const wrong = row.findIndex((name, index) => name !== this.#names[index]);
    if (wrong >= 0) {
      throw this.#bad(`column name mismatch in header line field ${wrong + 1}: got "${row[wrong] ?? ''}", expected "${this.#names[wrong] ?? ''}"`);
    }
  }

  #bad(message: string): SqlError {
    return new SqlError(SQLSTATE.bad_copy_file_format, message, { detail: this.#place() });
  }

  #place(): string {
    return `COPY ${this.#table}, line ${this.#line}`;
  }
}

const SIMPLE: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '': '\\' };
