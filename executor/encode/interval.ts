import type { Vector } from '@duckdb/node-bindings';
import type { ByteSink } from './byte-sink.js';
import { intervalText } from './interval-style.js';
import { RenderedEncoder } from './rendered.js';
import type { Target } from './target.js';
import { ValueEncoder, readData } from './value-encoder.js';

/** DuckDB's interval: int32 months, int32 days, int64 microseconds. */
const INTERVAL_BYTES = 16;

/** INTERVAL in text, in the session's IntervalStyle. */
export class IntervalTextEncoder extends RenderedEncoder {
  readonly #style: string;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(intervalStyle: string) {
    super();
    this.#style = intervalStyle;
  }

  protected override loadSource(vector: Vector, count: number): void {
    const data = readData(vector, count * INTERVAL_BYTES);
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  protected override render(index: number, sink: ByteSink): void {
    const at = index * INTERVAL_BYTES;
    sink.ascii(
      intervalText(
        {
          months: this.#view.getInt32(at, true),
          days: this.#view.getInt32(at + 4, true),
          micros: this.#view.getBigInt64(at + 8, true),
        },
        this.#style,
      ),
    );
  }
}

/** INTERVAL in binary: microseconds, days, months. */
export class IntervalBinaryEncoder extends ValueEncoder {
  #view: DataView = new DataView(new ArrayBuffer(0));

  protected override loadValues(vector: Vector, count: number): void {
    const data = readData(vector, count * INTERVAL_BYTES);
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  override length(): number {
    return INTERVAL_BYTES;
  }

  override write(index: number, target: Target, at: number): number {
    const from = index * INTERVAL_BYTES;
    target.view.setBigInt64(at, this.#view.getBigInt64(from + 8, true));
    target.view.setInt32(at + 8, this.#view.getInt32(from + 4, true));
    target.view.setInt32(at + 12, this.#view.getInt32(from, true));
    return at + INTERVAL_BYTES;
  }
}
