import type { Vector } from '@duckdb/node-bindings';
import type { DataType } from '../../planner/types/data-type.js';
import { StringVector } from './string-vector.js';
import { isNullAt, readData } from './value-encoder.js';

const TWO_32 = 4_294_967_296;
/** High words within this bound make a 64-bit value a safe JavaScript integer. */
const SAFE_HIGH_WORD = 2_097_152;

/** How a type's unscaled integer lies in memory. */
export type ExactStorage = 'int8' | 'int16' | 'int32' | 'int64' | 'int128' | 'uint8' | 'uint16' | 'uint32' | 'uint64' | 'uint128' | 'bignum';

/** A type whose values are integers, or integers over a power of ten. */
export interface ExactType {
  readonly storage: ExactStorage;
  /** Decimal digits after the point. */
  readonly scale: number;
}

const STORAGE_BY_NAME: ReadonlyMap<string, ExactStorage> = new Map<string, ExactStorage>([
  ['TINYINT', 'int8'],
  ['SMALLINT', 'int16'],
  ['INTEGER', 'int32'],
  ['BIGINT', 'int64'],
  ['HUGEINT', 'int128'],
  ['UTINYINT', 'uint8'],
  ['USMALLINT', 'uint16'],
  ['UINTEGER', 'uint32'],
  ['UBIGINT', 'uint64'],
  ['UHUGEINT', 'uint128'],
  ['BIGNUM', 'bignum'],
  // What DuckDB makes of an untyped NULL comes out as an integer column without values.
  ['NULL', 'int32'],
]);

/** The storage of an exact number type; undefined for other types. */
export function exactTypeOf(type: DataType): ExactType | undefined {
  if (type.kind === 'decimal') {
    const storage = type.width <= 4 ? 'int16' : type.width <= 9 ? 'int32' : type.width <= 18 ? 'int64' : 'int128';
    return { storage, scale: type.scale };
  }
  const storage = type.kind === 'scalar' ? STORAGE_BY_NAME.get(type.name) : undefined;
  return storage === undefined ? undefined : { storage, scale: 0 };
}

/**
 * The unscaled integers of a vector: in `values` where they are safe JavaScript integers (nearly always), in `big`
 * otherwise; `values` then holds NaN.
 */
export class ExactNumbers {
  values: Float64Array = new Float64Array(0);
  readonly big: Map<number, bigint> = new Map();
  readonly #strings = new StringVector();
  readonly #storage: ExactStorage;

  constructor(storage: ExactStorage) {
    this.#storage = storage;
  }

  /** Reads a vector. */
  load(vector: Vector, count: number, validity: Uint8Array | null): void {
    if (this.values.length < count) {
      this.values = new Float64Array(count);
    }
    this.big.clear();
    switch (this.#storage) {
      case 'int8': {
        const data = readData(vector, count);
        this.values.set(new Int8Array(data.buffer, data.byteOffset, count));
        return;
      }
      case 'uint8': {
        this.values.set(readData(vector, count));
        return;
      }
      case 'int16': {
        const data = readData(vector, count * 2);
        this.values.set(new Int16Array(data.buffer, data.byteOffset, count));
        return;
      }
      case 'uint16': {
        const data = readData(vector, count * 2);
        this.values.set(new Uint16Array(data.buffer, data.byteOffset, count));
        return;
      }
      case 'int32': {
        const data = readData(vector, count * 4);
        this.values.set(new Int32Array(data.buffer, data.byteOffset, count));
        return;
      }
      case 'uint32': {
        const data = readData(vector, count * 4);
        this.values.set(new Uint32Array(data.buffer, data.byteOffset, count));
        return;
      }
      case 'int64':
      case 'uint64': {
        this.#load64(readData(vector, count * 8), count, this.#storage === 'int64');
        return;
      }
      case 'int128':
      case 'uint128': {
        this.#load128(readData(vector, count * 16), count, this.#storage === 'int128');
        return;
      }
      case 'bignum': {
        this.#strings.load(vector, count, validity);
        for (let index = 0; index < count; index++) {
          if (!isNullAt(validity, index)) {
            this.#put(index, bignumOf(this.#strings.bytes(index)));
          }
        }
      }
    }
  }

  /** The value at an index, whichever way it is kept. */
  bigint(index: number): bigint {
    return this.big.get(index) ?? BigInt(this.values[index] ?? 0);
  }

  #put(index: number, value: bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) {
      this.values[index] = number;
    } else {
      this.values[index] = Number.NaN;
      this.big.set(index, value);
    }
  }

  #load64(data: Uint8Array, count: number, signed: boolean): void {
    const low = new Uint32Array(data.buffer, data.byteOffset, count * 2);
    const high = signed ? new Int32Array(data.buffer, data.byteOffset, count * 2) : low;
    const values = this.values;
    for (let index = 0; index < count; index++) {
      const highWord = high[index * 2 + 1] ?? 0;
      if (highWord >= -SAFE_HIGH_WORD && highWord < SAFE_HIGH_WORD) {
        values[index] = highWord * TWO_32 + (low[index * 2] ?? 0);
      } else {
        this.#put(index, (BigInt(highWord) << 32n) | BigInt(low[index * 2] ?? 0));
      }
    }
  }

  #load128(data: Uint8Array, count: number, signed: boolean): void {
    const words = new Uint32Array(data.buffer, data.byteOffset, count * 4);
    for (let index = 0; index < count; index++) {
      const at = index * 4;
      const w1 = words[at + 1] ?? 0;
      if ((words[at + 3] ?? 0) === 0 && (words[at + 2] ?? 0) === 0 && w1 < SAFE_HIGH_WORD) {
        this.values[index] = w1 * TWO_32 + (words[at] ?? 0);
      } else {
        const value = (BigInt(words[at + 3] ?? 0) << 96n) | (BigInt(words[at + 2] ?? 0) << 64n) | (BigInt(w1) << 32n) | BigInt(words[at] ?? 0);
        this.#put(index, signed ? BigInt.asIntN(128, value) : value);
      }
    }
  }
}

/** BIGNUM: three header bytes (the top bit is the sign), then the magnitude, big-endian; negative ones are complemented. */
function bignumOf(bytes: Buffer): bigint {
  const negative = ((bytes[0] ?? 0) & 0x80) === 0;
  const magnitude = Buffer.from(bytes.subarray(3));
  if (negative) {
    for (let index = 0; index < magnitude.length; index++) {
      magnitude[index] = ~(magnitude[index] ?? 0) & 0xff;
    }
  }
  const value = BigInt(`0x${magnitude.length === 0 ? '0' : magnitude.toString('hex')}`);
  return negative ? -value : value;
}
