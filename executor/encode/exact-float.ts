import type { Vector } from '@duckdb/node-bindings';
import type { ByteSink } from './byte-sink.js';
import type { ExactType } from './exact-numbers.js';
import { ExactNumbers } from './exact-numbers.js';
import { scaledText } from './exact-text.js';
import type { FloatWidth } from './float.js';
import { toFloat } from './float.js';
import { doubleText, floatText } from './float-text.js';
import { RenderedEncoder } from './rendered.js';

/** Integers and decimals reported as float4 or float8: the nearest one, as Postgres's cast gives. */
export class ExactAsFloatEncoder extends RenderedEncoder {
  readonly #numbers: ExactNumbers;
  readonly #scale: number;
  readonly #width: FloatWidth;
  readonly #binary: boolean;
  readonly #extraFloatDigits: number;

  constructor(type: ExactType, width: FloatWidth, binary: boolean, extraFloatDigits: number) {
    super();
    this.#numbers = new ExactNumbers(type.storage);
    this.#scale = type.scale;
    this.#width = width;
    this.#binary = binary;
    this.#extraFloatDigits = extraFloatDigits;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#numbers.load(vector, count, this.validity);
  }

  protected override render(index: number, sink: ByteSink): void {
    const double = Number(scaledText(this.#numbers.bigint(index), this.#scale));
    const value = this.#width === 4 ? toFloat(double) : double;
    if (!this.#binary) {
      sink.ascii(this.#width === 4 ? floatText(value, this.#extraFloatDigits) : doubleText(value, this.#extraFloatDigits));
      return;
    }
    const view = sink.reserve(this.#width).view;
    if (this.#width === 4) {
      view.setFloat32(sink.length, value);
    } else {
      view.setFloat64(sink.length, value);
    }
    sink.length += this.#width;
  }
}
