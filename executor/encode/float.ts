import type { Vector } from '@duckdb/node-bindings';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ByteSink } from './byte-sink.js';
import { digitCount, writeDigits } from './digits.js';
import type { IntegerTarget } from './exact-binary.js';
import { integerOf } from './exact-binary.js';
import { scaledText } from './exact-text.js';
import { doubleText, floatText } from './float-text.js';
import { renderNumeric, renderSpecialNumeric } from './numeric-binary.js';
import { RenderedEncoder } from './rendered.js';
import type { Target } from './target.js';
import { ValueEncoder, readData } from './value-encoder.js';

/** A floating-point type: its bytes. */
export type FloatWidth = 4 | 8;

function readFloats(vector: Vector, count: number, width: FloatWidth): Float32Array | Float64Array {
  const data = readData(vector, count * width);
  return width === 4 ? new Float32Array(data.buffer, data.byteOffset, count) : new Float64Array(data.buffer, data.byteOffset, count);
}

/** Below this, a number of hundredths is a decimal of at most 15 digits, which is then the shortest form. */
const HUNDREDTHS_MAX = 1e13;

/** FLOAT and DOUBLE in text, as float4 or float8. */
export class FloatTextEncoder extends RenderedEncoder {
  readonly #source: FloatWidth;
  readonly #reported: FloatWidth;
  readonly #extraFloatDigits: number;
  #values: Float32Array | Float64Array = new Float64Array(0);

  constructor(source: FloatWidth, reported: FloatWidth, extraFloatDigits: number) {
    super();
    this.#source = source;
    this.#reported = reported;
    this.#extraFloatDigits = extraFloatDigits;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#values = readFloats(vector, count, this.#source);
  }

  protected override render(index: number, sink: ByteSink): void {
    const value = this.#values[index] ?? 0;
    if (this.#reported === 4) {
      sink.ascii(floatText(toFloat(value), this.#extraFloatDigits));
      return;
    }
    const hundredths = Math.round(value * 100);
    if (hundredths > 0 && hundredths < HUNDREDTHS_MAX && hundredths / 100 === value && this.#extraFloatDigits >= 0) {
      renderHundredths(hundredths, sink);
    } else {
      sink.ascii(doubleText(value, this.#extraFloatDigits));
    }
  }
}

/** Prices and rates: most doubles in tables have two decimals, and cost a fraction of the general way. */
function renderHundredths(hundredths: number, sink: ByteSink): void {
  const whole = Math.floor(hundredths / 100);
  const rest = hundredths - whole * 100;
  const digits = digitCount(whole);
  const target = sink.reserve(digits + 3);
  const point = sink.length + digits;
  writeDigits(target, point, whole, digits);
  if (rest === 0) {
    sink.length = point;
    return;
  }
  target.bytes[point] = 0x2e;
  const decimals = rest % 10 === 0 ? 1 : 2;
  writeDigits(target, point + 1 + decimals, decimals === 1 ? rest / 10 : rest, decimals);
  sink.length = point + 1 + decimals;
}

/** A double as float4; an error when it is too large for one, as Postgres's cast gives. */
export function toFloat(value: number): number {
  const float = Math.fround(value);
  if (!Number.isFinite(float) && Number.isFinite(value)) {
    throw new SqlError(SQLSTATE.numeric_value_out_of_range, 'value out of range: overflow');
  }
  return float;
}

/** FLOAT and DOUBLE in binary, as float4 or float8. */
export class FloatBinaryEncoder extends ValueEncoder {
  readonly #source: FloatWidth;
  readonly #reported: FloatWidth;
  #values: Float32Array | Float64Array = new Float64Array(0);

  constructor(source: FloatWidth, reported: FloatWidth) {
    super();
    this.#source = source;
    this.#reported = reported;
  }

  protected override loadValues(vector: Vector, count: number): void {
    this.#values = readFloats(vector, count, this.#source);
  }

  override length(): number {
    return this.#reported;
  }

  override write(index: number, target: Target, at: number): number {
    const value = this.#values[index] ?? 0;
    if (this.#reported === 4) {
      target.view.setFloat32(at, toFloat(value));
    } else {
      target.view.setFloat64(at, value);
    }
    return at + this.#reported;
  }
}

/** FLOAT and DOUBLE reported as numeric or as an integer, by way of their shortest decimal. */
export class FloatAsExactEncoder extends RenderedEncoder {
  readonly #source: FloatWidth;
  readonly #target: IntegerTarget | 'numeric';
  readonly #binary: boolean;
  #values: Float32Array | Float64Array = new Float64Array(0);

  constructor(source: FloatWidth, target: IntegerTarget | 'numeric', binary: boolean) {
    super();
    this.#source = source;
    this.#target = target;
    this.#binary = binary;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#values = readFloats(vector, count, this.#source);
  }

  protected override render(index: number, sink: ByteSink): void {
    const value = this.#values[index] ?? 0;
    const target = this.#target;
    if (!Number.isFinite(value)) {
      if (target !== 'numeric') {
        throw new SqlError(SQLSTATE.numeric_value_out_of_range, `${target.name} out of range`);
      }
      if (this.#binary) {
        renderSpecialNumeric(value, sink);
      } else {
        sink.ascii(doubleText(value, 1));
      }
      return;
    }
    const text = this.#source === 4 ? floatText(value, 1) : doubleText(value, 1);
    const { unscaled, scale } = exactDecimal(text);
    if (target === 'numeric') {
      if (this.#binary) {
        renderNumeric(unscaled, scale, sink);
      } else {
        sink.ascii(scaledText(unscaled, scale));
      }
      return;
    }
    const integer = integerOf(unscaled, scale, target);
    if (!this.#binary) {
      sink.ascii(integer.toString());
      return;
    }
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(integer);
    for (const byte of bytes.subarray(8 - target.bytes)) {
      sink.byte(byte);
    }
  }
}

/** Decimal text, with an exponent or not, as an integer over a power of ten. */
export function exactDecimal(text: string): { readonly unscaled: bigint; readonly scale: number } {
  const [mantissa = '', exponentText = '0'] = text.split('e');
  const point = mantissa.indexOf('.');
  const scale = (point < 0 ? 0 : mantissa.length - point - 1) - Number(exponentText);
  const unscaled = BigInt(mantissa.replace('.', ''));
  return scale < 0 ? { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 } : { unscaled, scale };
}
