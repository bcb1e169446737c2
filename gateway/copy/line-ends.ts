import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** How lines end: the first line tells, and all others must do the same. */
export class LineEnds {
  style: 'unknown' | 'newline' | 'return' | 'both' = 'unknown';
  readonly #csv: boolean;

  constructor(csv: boolean) {
    this.#csv = csv;
  }

  /** Bytes of the line end at `at`, where a newline or carriage return stands; null when the next byte must tell. 22P04 for another style than before. */
  lengthAt(data: Buffer, at: number, isLast: boolean): number | null {
    if (data[at] === NEWLINE) {
      if (this.style === 'return' || this.style === 'both') {
        throw this.#literal('newline', '\\n');
      }
      this.style = 'newline';
      return 1;
    }
    if (this.style === 'newline') {
      throw this.#literal('carriage return', '\\r');
    }
    if (this.style === 'return') {
      return 1;
    }
    if (at + 1 >= data.length && !isLast) {
      return null;
    }
    if (data[at + 1] === NEWLINE) {
      this.style = 'both';
      return 2;
    }
    if (this.style === 'both') {
      throw this.#literal('carriage return', '\\r');
    }
    this.style = 'return';
    return 1;
  }

  /**
   * Whether the data ends at `at`, where `\.` stands: it must be alone up to its line's end. Null when more data must tell.
   * In CSV anything else after it makes it a value.
   */
  endMarkerAt(data: Buffer, at: number): boolean | null {
    let next = at + 2;
    if (this.style === 'both') {
      const first = data[next];
      if (first === undefined) {
        return null;
      }
      if (first !== CARRIAGE_RETURN) {
        return this.#noMarker(first === NEWLINE ? 'end-of-copy marker does not match previous newline style' : 'end-of-copy marker corrupt');
      }
      next += 1;
    }
    const last = data[next];
    if (last === undefined) {
      return null;
    }
    if (last !== NEWLINE && last !== CARRIAGE_RETURN) {
      return this.#noMarker('end-of-copy marker corrupt');
    }
    const wanted = this.style === 'unknown' ? last : this.style === 'return' ? CARRIAGE_RETURN : NEWLINE;
    if (last !== wanted) {
      throw new SqlError(SQLSTATE.bad_copy_file_format, 'end-of-copy marker does not match previous newline style');
    }
    return true;
  }

  #noMarker(message: string): false {
    if (this.#csv) {
      return false;
    }
    throw new SqlError(SQLSTATE.bad_copy_file_format, message);
  }

  #literal(name: string, written: string): SqlError {
    return new SqlError(SQLSTATE.bad_copy_file_format, `${this.#csv ? 'unquoted' : 'literal'} ${name} found in data`, {
      hint: this.#csv ? `Use quoted CSV field to represent ${name}.` : `Use "${written}" to represent ${name}.`,
    });
  }
}
