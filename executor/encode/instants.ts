import type { Vector } from '@duckdb/node-bindings';
import type { TimeZone } from './time-zone.js';
import { isNullAt, readData } from './value-encoder.js';

/** In what a timestamp vector counts since 1970. */
export type TimestampUnit = 'days' | 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';

/** Day numbers that stand for the infinities; far outside what a timestamp reaches. */
export const INFINITE_DAY = 0x7fff_ffff;

const TWO_32 = 4_294_967_296;
const SECONDS_PER_DAY = 86_400;
const SAFE_HIGH_WORD = 2_097_152;
const INFINITE_BITS = 0x7fff_ffff_ffff_ffffn;

const PER_SECOND: Readonly<Record<TimestampUnit, number>> = {
  days: 1,
  seconds: 1,
  milliseconds: 1e3,
  microseconds: 1e6,
  nanoseconds: 1e9,
};

/** The timestamps of a vector, taken apart: local day, second of the day, and fraction, in the zone given. */
export class Instants {
  /** Days since 1970, or plus or minus `INFINITE_DAY`. */
  days: Int32Array = new Int32Array(0);
  seconds: Int32Array = new Int32Array(0);
  micros: Int32Array = new Int32Array(0);
  /** Nanoseconds beyond the microseconds. */
  nanos: Int32Array = new Int32Array(0);
  /** Seconds east of UTC that were added. */
  offsets: Int32Array = new Int32Array(0);
  readonly #unit: TimestampUnit;
  readonly #zone: TimeZone | null;

  constructor(unit: TimestampUnit, zone: TimeZone | null) {
    this.#unit = unit;
    this.#zone = zone;
  }

  /** Reads a vector. NULL rows hold anything. */
  load(vector: Vector, count: number, validity: Uint8Array | null): void {
    if (this.days.length < count) {
      this.days = new Int32Array(count);
      this.seconds = new Int32Array(count);
      this.micros = new Int32Array(count);
      this.nanos = new Int32Array(count);
      this.offsets = new Int32Array(count);
    }
    if (this.#unit === 'days') {
      const data = readData(vector, count * 4);
      this.days.set(new Int32Array(data.buffer, data.byteOffset, count));
      return;
    }
    const data = readData(vector, count * 8);
    const low = new Uint32Array(data.buffer, data.byteOffset, count * 2);
    const high = new Int32Array(data.buffer, data.byteOffset, count * 2);
    const perSecond = PER_SECOND[this.#unit];
    for (let index = 0; index < count; index++) {
      if (isNullAt(validity, index)) {
        continue;
      }
      const highWord = high[index * 2 + 1] ?? 0;
      const lowWord = low[index * 2] ?? 0;
      if (highWord >= -SAFE_HIGH_WORD && highWord < SAFE_HIGH_WORD) {
        const value = highWord * TWO_32 + lowWord;
        let epochSeconds = Math.floor(value / perSecond);
        let fraction = value - epochSeconds * perSecond;
        if (fraction < 0) {
          // The quotient was rounded up to an integer.
          epochSeconds -= 1;
          fraction += perSecond;
        }
        this.#put(index, epochSeconds, fraction * (1e9 / perSecond));
      } else {
        this.#loadBig(index, (BigInt(highWord) << 32n) | BigInt(lowWord), BigInt(perSecond));
      }
    }
  }

  #loadBig(index: number, value: bigint, perSecond: bigint): void {
    if (value === INFINITE_BITS || value === -INFINITE_BITS) {
      this.days[index] = value > 0n ? INFINITE_DAY : -INFINITE_DAY;
      return;
    }
    const fraction = ((value % perSecond) + perSecond) % perSecond;
    this.#put(index, Number((value - fraction) / perSecond), Number(fraction) * (1e9 / Number(perSecond)));
  }

  #put(index: number, epochSeconds: number, nanos: number): void {
    const offset = this.#zone === null ? 0 : this.#zone.offsetAt(epochSeconds);
    const local = epochSeconds + offset;
    const day = Math.floor(local / SECONDS_PER_DAY);
    const micros = Math.floor(nanos / 1000);
    this.offsets[index] = offset;
    this.days[index] = day;
    this.seconds[index] = local - day * SECONDS_PER_DAY;
    this.micros[index] = micros;
    this.nanos[index] = nanos - micros * 1000;
  }
}
