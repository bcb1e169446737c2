import type { Vector } from '@duckdb/node-bindings';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { FOUR_DIGIT_YEAR_FIRST_DAY, FOUR_DIGIT_YEAR_LAST_DAY, POSTGRES_EPOCH_DAY } from './calendar.js';
import type { DateLayout } from './date-style.js';
import { offsetText, timestampText, timeText } from './date-style.js';
import type { TimestampUnit } from './instants.js';
import { INFINITE_DAY, Instants } from './instants.js';
import { fractionBytes, ISO_DATE_BYTES, TIME_BYTES, writeIsoDate, writeTime } from './iso-date.js';
import type { Target } from './target.js';
import { writeAscii } from './target.js';
import type { TimeZone } from './time-zone.js';
import { ValueEncoder } from './value-encoder.js';

const INT64_MAX = 0x7fff_ffff_ffff_ffffn;
const INT64_MIN = -INT64_MAX - 1n;
const SECONDS_PER_DAY = 86_400;

/** TIMESTAMP of any precision, and TIMESTAMP WITH TIME ZONE, in text. Nanoseconds are printed where there are any. */
export class TimestampTextEncoder extends ValueEncoder {
  readonly #instants: Instants;
  readonly #layout: DateLayout;
  readonly #zoned: boolean;
  readonly #zoneName: string;
  readonly #iso: boolean;
  readonly #offsetTexts = new Map<number, string>();

  constructor(unit: TimestampUnit, layout: DateLayout, zone: { readonly name: string; readonly rules: TimeZone } | null) {
    super();
    this.#instants = new Instants(unit, zone === null ? null : zone.rules);
    this.#layout = layout;
    this.#zoned = zone !== null;
    this.#zoneName = zone === null ? '' : zone.name;
    this.#iso = layout.style === 'ISO';
  }

  protected override loadValues(vector: Vector, count: number): void {
    this.#instants.load(vector, count, this.validity);
  }

  #plain(index: number): boolean {
    const days = this.#instants.days[index] ?? 0;
    return this.#iso && days >= FOUR_DIGIT_YEAR_FIRST_DAY && days <= FOUR_DIGIT_YEAR_LAST_DAY && this.#instants.nanos[index] === 0;
  }

  #offset(index: number): string {
    const offset = this.#instants.offsets[index] ?? 0;
    let text = this.#offsetTexts.get(offset);
    if (text === undefined) {
      text = offsetText(offset);
      this.#offsetTexts.set(offset, text);
    }
    return text;
  }

  override length(index: number): number {
    if (!this.#plain(index)) {
      return this.#text(index).length;
    }
    const base = ISO_DATE_BYTES + 1 + TIME_BYTES + fractionBytes(this.#instants.micros[index] ?? 0);
    return this.#zoned ? base + this.#offset(index).length : base;
  }

  override write(index: number, target: Target, at: number): number {
    if (!this.#plain(index)) {
      return writeAscii(target, at, this.#text(index));
    }
    const instants = this.#instants;
    writeIsoDate(target, at, instants.days[index] ?? 0);
    target.bytes[at + ISO_DATE_BYTES] = 0x20;
    const end = writeTime(target, at + ISO_DATE_BYTES + 1, instants.seconds[index] ?? 0, instants.micros[index] ?? 0);
    return this.#zoned ? writeAscii(target, end, this.#offset(index)) : end;
  }

  #text(index: number): string {
    const instants = this.#instants;
    const days = instants.days[index] ?? 0;
    if (days === INFINITE_DAY || days === -INFINITE_DAY) {
      return days > 0 ? 'infinity' : '-infinity';
    }
    const nanos = instants.nanos[index] ?? 0;
    const micros = instants.micros[index] ?? 0;
    const time = nanos === 0 ? timeText(instants.seconds[index] ?? 0, micros, 6) : timeText(instants.seconds[index] ?? 0, micros * 1000 + nanos, 9);
    if (!this.#zoned) {
      return timestampText(days, time, null, this.#layout);
    }
    const offset = this.#offset(index);
    // Abbreviations (CEST) are not to be had from Intl; their offset is read back to the same instant.
    return timestampText(days, time, { offset, name: this.#zoneName === 'UTC' ? 'UTC' : offset }, this.#layout);
  }

  override measureColumn(count: number, rowLengths: Float64Array): void {
    for (let index = 0; index < count; index++) {
      if (!this.isNull(index)) {
        rowLengths[index] = (rowLengths[index] ?? 0) + this.length(index);
      }
    }
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

/** Timestamps in binary: microseconds since 2000-01-01, UTC for timestamptz. Nanoseconds are cut off: the form has no place for them. */
export class TimestampBinaryEncoder extends ValueEncoder {
  readonly #instants: Instants;

  constructor(unit: TimestampUnit) {
    super();
    this.#instants = new Instants(unit, null);
  }

  protected override loadValues(vector: Vector, count: number): void {
    this.#instants.load(vector, count, this.validity);
  }

  override length(): number {
    return 8;
  }

  override write(index: number, target: Target, at: number): number {
    target.view.setBigInt64(at, this.#micros(index));
    return at + 8;
  }

  #micros(index: number): bigint {
    const days = this.#instants.days[index] ?? 0;
    if (days === INFINITE_DAY || days === -INFINITE_DAY) {
      return days > 0 ? INT64_MAX : INT64_MIN;
    }
    const seconds = (days - POSTGRES_EPOCH_DAY) * SECONDS_PER_DAY + (this.#instants.seconds[index] ?? 0);
    const micros = seconds * 1e6 + (this.#instants.micros[index] ?? 0);
    const exact = Number.isSafeInteger(micros) ? BigInt(micros) : BigInt(seconds) * 1_000_000n + BigInt(this.#instants.micros[index] ?? 0);
    if (exact <= INT64_MIN || exact >= INT64_MAX) {
      throw new SqlError(SQLSTATE.datetime_field_overflow, 'timestamp out of range');
    }
    return exact;
  }
}
