import type { Vector } from '@duckdb/node-bindings';
import { offsetText, timeText } from './date-style.js';
import { fractionBytes, TIME_BYTES, writeTime } from './iso-date.js';
import type { ByteSink } from './byte-sink.js';
import { RenderedEncoder } from './rendered.js';
import type { Target } from './target.js';
import { ValueEncoder, readData } from './value-encoder.js';

const TWO_32 = 4_294_967_296;
const MICROS_PER_SECOND = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;

/** Times of a vector as numbers: microseconds, or nanoseconds for TIME_NS; both below 2^53. */
function readTimes(vector: Vector, count: number): Float64Array {
  const data = readData(vector, count * 8);
  const words = new Uint32Array(data.buffer, data.byteOffset, count * 2);
  const times = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    times[index] = (words[index * 2 + 1] ?? 0) * TWO_32 + (words[index * 2] ?? 0);
  }
  return times;
}

/** TIME in text. */
export class TimeTextEncoder extends ValueEncoder {
  #times: Float64Array = new Float64Array(0);

  protected override loadValues(vector: Vector, count: number): void {
    this.#times = readTimes(vector, count);
  }

  override length(index: number): number {
    return TIME_BYTES + fractionBytes((this.#times[index] ?? 0) % MICROS_PER_SECOND);
  }

  override write(index: number, target: Target, at: number): number {
    const time = this.#times[index] ?? 0;
    const seconds = Math.floor(time / MICROS_PER_SECOND);
    return writeTime(target, at, seconds, time - seconds * MICROS_PER_SECOND);
  }
}

/** TIME_NS in text, with all its digits. */
export class TimeNsTextEncoder extends RenderedEncoder {
  #times: Float64Array = new Float64Array(0);

  protected override loadSource(vector: Vector, count: number): void {
    this.#times = readTimes(vector, count);
  }

  protected override render(index: number, sink: ByteSink): void {
    const time = this.#times[index] ?? 0;
    const seconds = Math.floor(time / NANOS_PER_SECOND);
    sink.ascii(timeText(seconds, time - seconds * NANOS_PER_SECOND, 9));
  }
}

/** TIME and TIME_NS in binary: microseconds since midnight. */
export class TimeBinaryEncoder extends ValueEncoder {
  readonly #divisor: number;
  #times: Float64Array = new Float64Array(0);

  constructor(unit: 'microseconds' | 'nanoseconds') {
    super();
    this.#divisor = unit === 'microseconds' ? 1 : 1000;
  }

  protected override loadValues(vector: Vector, count: number): void {
    this.#times = readTimes(vector, count);
  }

  override length(): number {
    return 8;
  }

  override write(index: number, target: Target, at: number): number {
    const micros = Math.floor((this.#times[index] ?? 0) / this.#divisor);
    target.view.setUint32(at, Math.floor(micros / TWO_32));
    target.view.setUint32(at + 4, micros >>> 0);
    return at + 8;
  }
}

/** What DuckDB subtracts the offset from, so that its bits sort by time. */
const MAX_OFFSET_SECONDS = 57_599;

/** TIME WITH TIME ZONE: 40 bits of microseconds, then 24 bits of 57,599 minus the seconds east of UTC. */
export class TimeTzEncoder extends RenderedEncoder {
  readonly #binary: boolean;
  #words: Uint32Array = new Uint32Array(0);

  constructor(binary: boolean) {
    super();
    this.#binary = binary;
  }

  protected override loadSource(vector: Vector, count: number): void {
    const data = readData(vector, count * 8);
    this.#words = new Uint32Array(data.buffer, data.byteOffset, count * 2);
  }

  protected override render(index: number, sink: ByteSink): void {
    const low = this.#words[index * 2] ?? 0;
    const micros = (this.#words[index * 2 + 1] ?? 0) * 256 + (low >>> 24);
    const offset = MAX_OFFSET_SECONDS - (low & 0xff_ffff);
    if (this.#binary) {
      sink.int32(Math.floor(micros / TWO_32));
      sink.int32(micros | 0);
      sink.int32(-offset);
      return;
    }
    const seconds = Math.floor(micros / MICROS_PER_SECOND);
    sink.ascii(timeText(seconds, micros - seconds * MICROS_PER_SECOND, 6) + offsetText(offset));
  }
}
