import { DataType as Arrow, DateUnit, IntervalUnit, Precision, TimeUnit, Type } from 'apache-arrow';
import type { Data, DataType as ArrowType, Table } from 'apache-arrow';
import type { DescribedColumn } from '../engine.js';
import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { DataType } from '../../planner/types/data-type.js';
import { decimal, list, scalar } from '../../planner/types/data-type.js';
import type { ValueAt } from './arrow-rows.js';
import { valuesOf } from './arrow-rows.js';
import type { Item } from './literal-rows.js';

/** The columns of an Arrow table as DuckDB has them. 0A000 for types that DuckDB has none for. */
export function columnsOfTable(table: Table): readonly DescribedColumn[] {
  return table.schema.fields.map(({ name, type }) => ({ name, type: dataTypeOfArrow(type, name) }));
}

/** DuckDB's type of an Arrow type. */
export function dataTypeOfArrow(type: ArrowType, name: string): DataType {
  if (Arrow.isInt(type)) {
    const bytes = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' } as const;
    const unsigned = { 8: 'UTINYINT', 16: 'USMALLINT', 32: 'UINTEGER', 64: 'UBIGINT' } as const;
    return scalar((type.isSigned ? bytes : unsigned)[type.bitWidth]);
  }
  if (Arrow.isFloat(type)) {
    return scalar(type.precision === Precision.DOUBLE ? 'DOUBLE' : 'FLOAT');
  }
  if (Arrow.isTimestamp(type)) {
    return type.timezone === null || type.timezone === undefined ? scalar(TIMESTAMPS[type.unit]) : scalar('TIMESTAMP WITH TIME ZONE');
  }
  if (Arrow.isDecimal(type) && type.bitWidth === 128) {
    return decimal(type.precision, type.scale);
  }
  if (Arrow.isDictionary(type)) {
    return dataTypeOfArrow(type.dictionary, name);
  }
  if (Arrow.isList(type)) {
    return list(dataTypeOfArrow(type.valueType, name));
  }
  if (Arrow.isFixedSizeList(type)) {
    return { kind: 'array', element: dataTypeOfArrow(type.valueType, name), length: type.listSize };
  }
  if (Arrow.isStruct(type)) {
    return { kind: 'struct', fields: type.children.map((field) => ({ name: field.name, type: dataTypeOfArrow(field.type, name) })) };
  }
  if (Arrow.isMap(type)) {
    return { kind: 'map', key: dataTypeOfArrow(type.keyType, name), value: dataTypeOfArrow(type.valueType, name) };
  }
  return simpleType(type, name);
}

function simpleType(type: ArrowType, name: string): DataType {
  if (Arrow.isNull(type) || Arrow.isUtf8(type)) {
    return scalar('VARCHAR');
  }
  if (Arrow.isBool(type)) {
    return scalar('BOOLEAN');
  }
  if (Arrow.isBinary(type)) {
    return scalar('BLOB');
  }
  if (Arrow.isDate(type) && type.unit === DateUnit.DAY) {
    return scalar('DATE');
  }
  if (Arrow.isTime(type) && (type.unit === TimeUnit.MICROSECOND || type.unit === TimeUnit.NANOSECOND)) {
    return scalar(type.unit === TimeUnit.MICROSECOND ? 'TIME' : 'TIME_NS');
  }
  if (Arrow.isInterval(type) && type.unit === IntervalUnit.MONTH_DAY_NANO) {
    return scalar('INTERVAL');
  }
  throw new SqlError(SQLSTATE.feature_not_supported, `column "${name}" of the Arrow table is of type ${Type[type.typeId]}, which is not supported`);
}

const TIMESTAMPS = {
  [TimeUnit.SECOND]: 'TIMESTAMP_S',
  [TimeUnit.MILLISECOND]: 'TIMESTAMP_MS',
  [TimeUnit.MICROSECOND]: 'TIMESTAMP',
  [TimeUnit.NANOSECOND]: 'TIMESTAMP_NS',
} as const;

/** A table's rows in the forms that literal rows have. */
export function* itemsOfTable(table: Table): Generator<Item> {
  const { fields } = table.schema;
  for (const batch of table.batches) {
    const columns = batch.data.children.map((data) => valuesOf(data, exactText));
    for (let index = 0; index < batch.numRows; index += 1) {
      yield Object.fromEntries(fields.map((field, column) => [field.name, columns[column]?.(index)]));
    }
  }
}

/** Values that JavaScript's own forms would lose digits of, as text that DuckDB casts to their type. */
function exactText(data: Data): ValueAt | null {
  const { type } = data;
  if (Arrow.isTimestamp(type)) {
    const units: BigInt64Array = data.values;
    const digits = type.unit * 3;
    const suffix = type.timezone === null || type.timezone === undefined ? '' : '+00';
    return (index) => `${timestampText(units[index] ?? 0n, digits)}${suffix}`;
  }
  if (Arrow.isDate(type)) {
    const days: Int32Array = data.values;
    return (index) => new Date((days[index] ?? 0) * 86_400_000).toISOString().slice(0, -14);
  }
  if (Arrow.isInterval(type)) {
    const words: Int32Array = data.values;
    const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    return (index) =>
      `${view.getInt32(index * 16, true)} months ${view.getInt32(index * 16 + 4, true)} days ${view.getBigInt64(index * 16 + 8, true) / 1000n} microseconds`;
  }
  if (Arrow.isMap(type)) {
    const entries = data.children[0];
    const offsets: Int32Array = data.valueOffsets;
    const [keys, values] = (entries?.children ?? []).map((child) => valuesOf(child, exactText));
    return (index) => {
      const [first = 0, end = 0] = [offsets[index], offsets[index + 1]];
      return Object.fromEntries(Array.from({ length: end - first }, (_, at) => [String(keys?.(first + at)), values?.(first + at)]));
    };
  }
  return null;
}

/** A moment as DuckDB reads it: years before 1 and beyond 9999 with their sign. */
function timestampText(units: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits);
  const fraction = ((units % perSecond) + perSecond) % perSecond;
  const text = new Date(Number((units - fraction) / perSecond) * 1000).toISOString().replace('T', ' ').slice(0, -5);
  return digits === 0 ? text : `${text}.${String(fraction).padStart(digits, '0')}`;
}
