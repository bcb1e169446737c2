import type { Vector } from '@duckdb/node-bindings';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { FOUR_DIGIT_YEAR_FIRST_DAY, FOUR_DIGIT_YEAR_LAST_DAY, POSTGRES_EPOCH_DAY } from './calendar.js';
import type { DateLayout } from './date-style.js';
import { dateText } from './date-style.js';
import { ISO_DATE_BYTES, writeIsoDate } from './iso-date.js';
import type { Target } from './target.js';
import { writeAscii } from './target.js';
import { ValueEncoder, readData } from './value-encoder.js';

const INFINITE_DAY = 0x7fff_ffff;
const INT32_MIN = -0x8000_0000;

function readDays(vector: Vector, count: number): Int32Array {
  const data = readData(vector, count * 4);
  return new Int32Array(data.buffer, data.byteOffset, count);
}

/** DATE in text. */
export class DateTextEncoder extends ValueEncoder {
  readonly #layout: DateLayout;
  readonly #iso: boolean;
  #days: Int32Array = new Int32Array(0);

  constructor(layout: DateLayout) {
    super();
    this.#layout = layout;
    this.#iso = layout.style === 'ISO';
  }

  protected override loadValues(vector: Vector, count: number): void {
    this.#days = readDays(vector, count);
  }

  override length(index: number): number {
    const days = this.#days[index] ?? 0;
    return days >= FOUR_DIGIT_YEAR_FIRST_DAY && days <= FOUR_DIGIT_YEAR_LAST_DAY ? ISO_DATE_BYTES : this.#text(days).length;
  }

  override write(index: number, target: Target, at: number): number {
    const days = this.#days[index] ?? 0;
    if (this.#iso && days >= FOUR_DIGIT_YEAR_FIRST_DAY && days <= FOUR_DIGIT_YEAR_LAST_DAY) {
      writeIsoDate(target, at, days);
      return at + ISO_DATE_BYTES;
    }
    return writeAscii(target, at, this.#text(days));
  }

  #text(days: number): string {
    return days === INFINITE_DAY ? 'infinity' : days === -INFINITE_DAY ? '-infinity' : dateText(days, this.#layout);
  }

  override writeColumn(count: number, target: Target, cursors: Float64Array): void {
    for (let index = 0; index < count; index++) {
      const at = cursors[index] ?? 0;
      if (this.isNull(index)) {
        target.view.setInt32(at, -1);
        cursors[index] = at + 4;
      } else {
        const end = this.write(index, target, at + 4);
        target.view.setInt32(at, end - at - 4);
        cursors[index] = end;
      }
    }
  }
}

/** DATE in binary: days since 2000-01-01. */
export class DateBinaryEncoder extends ValueEncoder {
  #days: Int32Array = new Int32Array(0);

  protected override loadValues(vector: Vector, count: number): void {
    this.#days = readDays(vector, count);
  }

  override length(): number {
    return 4;
  }

  override write(index: number, target: Target, at: number): number {
    const days = this.#days[index] ?? 0;
    if (days === INFINITE_DAY || days === -INFINITE_DAY) {
      target.view.setInt32(at, days === INFINITE_DAY ? INFINITE_DAY : INT32_MIN);
    } else {
      const shifted = days - POSTGRES_EPOCH_DAY;
      if (shifted <= INT32_MIN) {
        throw new SqlError(SQLSTATE.datetime_field_overflow, 'date out of range');
      }
      target.view.setInt32(at, shifted);
    }
    return at + 4;
  }
}
