import type { Vector } from '@duckdb/node-bindings';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ByteSink } from './byte-sink.js';
import type { ExactType } from './exact-numbers.js';
import { ExactNumbers } from './exact-numbers.js';
import { scaledText } from './exact-text.js';
import { hasFastNumeric, renderNumeric, renderSafeNumeric } from './numeric-binary.js';
import { RenderedEncoder } from './rendered.js';
import type { Target } from './target.js';
import { ValueEncoder } from './value-encoder.js';

/** A Postgres integer type: its width and range. */
export interface IntegerTarget {
  readonly name: string;
  readonly bytes: 2 | 4 | 8;
  readonly minimum: bigint;
  readonly maximum: bigint;
}

const SMALLINT: IntegerTarget = { name: 'smallint', bytes: 2, minimum: -0x8000n, maximum: 0x7fffn };
const INTEGER: IntegerTarget = {
  name: 'integer',
  bytes: 4,
  minimum: -0x8000_0000n,
  maximum: 0x7fff_ffffn,
};
const BIGINT: IntegerTarget = {
  name: 'bigint',
  bytes: 8,
  minimum: -(1n << 63n),
  maximum: (1n << 63n) - 1n,
};
const OID_TARGET: IntegerTarget = { name: 'oid', bytes: 4, minimum: 0n, maximum: 0xffff_ffffn };

/** The integer type behind a Postgres type's OID: int2, int4, int8, and oid with its kin (xid, reg*); undefined for others. */
export function integerTargetOf(oid: number, name: string): IntegerTarget | undefined {
  switch (oid) {
    case 21:
      return SMALLINT;
    case 23:
      return INTEGER;
    case 20:
      return BIGINT;
    default:
      return name === 'oid' || name === 'xid' || name.startsWith('reg') ? OID_TARGET : undefined;
  }
}

/** The integer a scaled value stands for; an error when it has a fraction or does not fit. */
export function integerOf(unscaled: bigint, scale: number, target: IntegerTarget): bigint {
  const power = 10n ** BigInt(scale);
  const value = unscaled / power;
  if (unscaled % power !== 0n || value < target.minimum || value > target.maximum) {
    throw new SqlError(SQLSTATE.numeric_value_out_of_range, `value "${scaledText(unscaled, scale)}" is out of range for type ${target.name}`);
  }
  return value;
}

/** Integers in Postgres's big-endian binary forms. */
export class IntegerBinaryEncoder extends ValueEncoder {
  readonly #numbers: ExactNumbers;
  readonly #scale: number;
  readonly #target: IntegerTarget;
  readonly #power: number;
  readonly #minimum: number;
  readonly #maximum: number;

  constructor(type: ExactType, target: IntegerTarget) {
    super();
    this.#numbers = new ExactNumbers(type.storage);
    this.#scale = type.scale;
    this.#target = target;
    this.#power = 10 ** type.scale;
    this.#minimum = Number(target.minimum);
    this.#maximum = Number(target.maximum);
  }

  protected override loadValues(vector: Vector, count: number): void {
    this.#numbers.load(vector, count, this.validity);
  }

  override length(): number {
    return this.#target.bytes;
  }

  override write(index: number, target: Target, at: number): number {
    const unscaled = this.#numbers.values[index] ?? 0;
    const value = unscaled / this.#power;
    // The remainder, unlike the quotient, is exact; it is NaN for values kept as bigint.
    if (unscaled % this.#power !== 0 || value < this.#minimum || value > this.#maximum) {
      return this.#writeBig(index, target, at);
    }
    switch (this.#target.bytes) {
      case 2:
        target.view.setInt16(at, value);
        return at + 2;
      case 4:
        target.view.setInt32(at, value | 0);
        return at + 4;
      case 8:
        target.view.setInt32(at, Math.floor(value / 4_294_967_296));
        target.view.setUint32(at + 4, value >>> 0);
        return at + 8;
    }
  }

  #writeBig(index: number, target: Target, at: number): number {
    const value = integerOf(this.#numbers.bigint(index), this.#scale, this.#target);
    // Only 64-bit targets hold values beyond JavaScript's safe integers.
    target.view.setBigInt64(at, value);
    return at + 8;
  }

  override writeColumn(count: number, target: Target, cursors: Float64Array): void {
    for (let index = 0; index < count; index++) {
      const at = cursors[index] ?? 0;
      if (this.isNull(index)) {
        target.view.setInt32(at, -1);
        cursors[index] = at + 4;
      } else {
        target.view.setInt32(at, this.#target.bytes);
        cursors[index] = this.write(index, target, at + 4);
      }
    }
  }
}

/** Exact numbers reported as an integer type narrower than their own, in text: checked one by one. */
export class IntegerTextEncoder extends RenderedEncoder {
  readonly #numbers: ExactNumbers;
  readonly #scale: number;
  readonly #target: IntegerTarget;

  constructor(type: ExactType, target: IntegerTarget) {
    super();
    this.#numbers = new ExactNumbers(type.storage);
    this.#scale = type.scale;
    this.#target = target;
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#numbers.load(vector, count, this.validity);
  }

  protected override render(index: number, sink: ByteSink): void {
    sink.ascii(integerOf(this.#numbers.bigint(index), this.#scale, this.#target).toString());
  }
}

/** Integers and decimals as binary numeric. */
export class NumericBinaryEncoder extends RenderedEncoder {
  readonly #numbers: ExactNumbers;
  readonly #scale: number;
  readonly #fast: boolean;

  constructor(type: ExactType) {
    super();
    this.#numbers = new ExactNumbers(type.storage);
    this.#scale = type.scale;
    this.#fast = hasFastNumeric(type.scale);
  }

  protected override loadSource(vector: Vector, count: number): void {
    this.#numbers.load(vector, count, this.validity);
  }

  protected override render(index: number, sink: ByteSink): void {
    const value = this.#numbers.values[index] ?? 0;
    if (this.#fast && !Number.isNaN(value)) {
      renderSafeNumeric(value, this.#scale, sink);
    } else {
      renderNumeric(this.#numbers.bigint(index), this.#scale, sink);
    }
  }
}
