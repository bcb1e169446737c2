import { DataType, TimeUnit, Type } from 'apache-arrow';
import type { Data, Table } from 'apache-arrow';

/** A value of Arrow's data, or null. */
export type ValueAt = (index: number) => unknown;

const MILLISECONDS_PER_DAY = 86_400_000;
const DECODER = new TextDecoder();

/** A table's rows as plain objects, values as docs/library.md lists them. */
export function rowsOfTable(table: Table): readonly Readonly<Record<string, unknown>>[] {
  const rows: Record<string, unknown>[] = [];
  const names = table.schema.fields.map(({ name }) => name);
  for (const batch of table.batches) {
    const columns = batch.data.children.map((data) => valuesOf(data));
    for (let index = 0; index < batch.numRows; index += 1) {
      // A column may be called __proto__.
      rows.push(Object.fromEntries(names.map((name, column) => [name, columns[column]?.(index)])));
    }
  }
  return rows;
}

/** Another form for values of some types; null where they have their own. */
export type OtherForm = (data: Data) => ValueAt | null;

/** Reads values of any data, nested ones too. */
export function valuesOf(data: Data, otherForm: OtherForm = () => null): ValueAt {
  const value = otherForm(data) ?? plainValues(data, otherForm);
  return data.nullCount === 0 ? value : (index) => (data.getValid(index) ? value(index) : null);
}

function plainValues(data: Data, otherForm: OtherForm): ValueAt {
  const { type } = data;
  if (DataType.isNull(type)) {
    return () => null;
  }
  if (DataType.isInt(type) || DataType.isFloat(type)) {
    const values: ArrayLike<unknown> = data.values;
    return (index) => values[index];
  }
  if (DataType.isBool(type)) {
    const bits: Uint8Array = data.values;
    return (index) => ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }
  if (DataType.isUtf8(type) || DataType.isBinary(type)) {
    const offsets: Int32Array = data.valueOffsets;
    const bytes: Uint8Array = data.values;
    const isText = DataType.isUtf8(type);
    return (index) => {
      const part = bytes.subarray(offsets[index], offsets[index + 1]);
      return isText ? DECODER.decode(part) : part.slice();
    };
  }
  if (DataType.isDecimal(type)) {
    const words: Uint32Array = data.values;
    return (index) => decimalText(words, index, type.scale);
  }
  if (DataType.isDate(type)) {
    const days: Int32Array = data.values;
    return (index) => new Date((days[index] ?? 0) * MILLISECONDS_PER_DAY);
  }
  if (DataType.isTimestamp(type)) {
    const units: BigInt64Array = data.values;
    const [numerator, denominator] = MILLISECONDS[type.unit] ?? [1n, 1n];
    return (index) => new Date(Number(floorDivide((units[index] ?? 0n) * numerator, denominator)));
  }
  if (DataType.isTime(type)) {
    const units: BigInt64Array = data.values;
    const digits = type.unit === TimeUnit.NANOSECOND ? 9 : 6;
    return (index) => timeText(units[index] ?? 0n, digits);
  }
  return nestedValues(data, otherForm);
}

function nestedValues(data: Data, otherForm: OtherForm): ValueAt {
  const { type } = data;
  if (DataType.isInterval(type)) {
    const words: Int32Array = data.values;
    const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    return (index) => ({
      months: view.getInt32(index * 16, true),
      days: view.getInt32(index * 16 + 4, true),
      nanoseconds: view.getBigInt64(index * 16 + 8, true),
    });
  }
  if (DataType.isDictionary(type)) {
    const keys: ArrayLike<number> = data.values;
    return (index) => data.dictionary?.get(keys[index] ?? 0);
  }
  const children = data.children.map((child) => valuesOf(child, otherForm));
  const [first = () => null] = children;
  if (DataType.isStruct(type)) {
    const names = type.children.map(({ name }) => name);
    return (index) => Object.fromEntries(names.map((name, child) => [name, children[child]?.(index)]));
  }
  if (DataType.isFixedSizeList(type)) {
    return (index) => range(index * type.listSize, type.listSize).map(first);
  }
  const offsets: Int32Array = data.valueOffsets;
  const elements = (index: number): readonly unknown[] => range(offsets[index] ?? 0, (offsets[index + 1] ?? 0) - (offsets[index] ?? 0)).map(first);
  if (DataType.isMap(type)) {
    return (index) => new Map(elements(index).map((entry) => [fieldOf(entry, 'key'), fieldOf(entry, 'value')]));
  }
  if (type.typeId === Type.List) {
    return elements;
  }
  throw new Error(`no values of Arrow's type ${Type[type.typeId]}`);
}

/** Milliseconds as a fraction of Arrow's units: seconds, milliseconds, microseconds, nanoseconds. */
const MILLISECONDS: readonly (readonly [bigint, bigint])[] = [
  [1000n, 1n],
  [1n, 1n],
  [1n, 1000n],
  [1n, 1_000_000n],
];

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return quotient * by > value ? quotient - 1n : quotient;
}

function decimalText(words: Uint32Array, index: number, scale: number): string | bigint {
  let value = 0n;
  for (let word = 3; word >= 0; word -= 1) {
    value = (value << 32n) | BigInt(words[index * 4 + word] ?? 0);
  }
  const signed = BigInt.asIntN(128, value);
  if (scale === 0) {
    return signed;
  }
  const digits = String(signed < 0n ? -signed : signed).padStart(scale + 1, '0');
  return `${signed < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function timeText(units: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits);
  const seconds = Number(units / perSecond);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
  const fraction = String(units % perSecond)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return `${parts.join(':')}${fraction === '' ? '' : `.${fraction}`}`;
}

function range(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function fieldOf(entry: unknown, name: string): unknown {
  return typeof entry === 'object' && entry !== null ? new Map<string, unknown>(Object.entries(entry)).get(name) : undefined;
}
