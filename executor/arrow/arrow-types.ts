import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  IntervalMonthDayNano,
  List,
  Map_,
  Null,
  Struct,
  TimeMicrosecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
} from 'apache-arrow';
import type { DataType as ArrowType } from 'apache-arrow';
import { arrowLayout } from '../encode/arrow-layout.js';
import type { DataType, ScalarTypeName, StructField } from '../../planner/types/data-type.js';

/** DECIMAL and HUGEINT in Arrow: 128 bits. */
const DECIMAL_BITS = 128;
/** Digits of a HUGEINT that Arrow's decimals can say they have; larger values are there all the same. */
const HUGEINT_DIGITS = 38;

const SCALARS: Readonly<Record<ScalarTypeName, () => ArrowType>> = {
  BOOLEAN: () => new Bool(),
  TINYINT: () => new Int8(),
  SMALLINT: () => new Int16(),
  INTEGER: () => new Int32(),
  BIGINT: () => new Int64(),
  HUGEINT: () => new Decimal(0, HUGEINT_DIGITS, DECIMAL_BITS),
  UTINYINT: () => new Uint8(),
  USMALLINT: () => new Uint16(),
  UINTEGER: () => new Uint32(),
  UBIGINT: () => new Uint64(),
  UHUGEINT: () => new Utf8(),
  FLOAT: () => new Float32(),
  DOUBLE: () => new Float64(),
  BIGNUM: () => new Utf8(),
  VARCHAR: () => new Utf8(),
  JSON: () => new Utf8(),
  BLOB: () => new Binary(),
  BIT: () => new Utf8(),
  UUID: () => new Utf8(),
  DATE: () => new DateDay(),
  TIME: () => new TimeMicrosecond(),
  'TIME WITH TIME ZONE': () => new Utf8(),
  TIME_NS: () => new TimeNanosecond(),
  TIMESTAMP: () => new TimestampMicrosecond(),
  TIMESTAMP_S: () => new TimestampSecond(),
  TIMESTAMP_MS: () => new TimestampMillisecond(),
  TIMESTAMP_NS: () => new TimestampNanosecond(),
  'TIMESTAMP WITH TIME ZONE': () => new TimestampMicrosecond('UTC'),
  INTERVAL: () => new IntervalMonthDayNano(),
  NULL: () => new Null(),
};

/** Arrow's type of a DuckDB type, as `docs/library.md` lists them. */
export function arrowType(type: DataType): ArrowType {
  switch (type.kind) {
    case 'scalar':
      return SCALARS[type.name]();
    case 'decimal':
      return new Decimal(type.scale, type.width, DECIMAL_BITS);
    case 'enum': {
      const layout = arrowLayout(type);
      const width = layout.kind === 'enum' ? layout.byteWidth : 4;
      return new Dictionary(new Utf8(), width === 1 ? new Uint8() : width === 2 ? new Uint16() : new Uint32());
    }
    case 'list':
      return new List(new Field('item', arrowType(type.element), true));
    case 'array':
      return new FixedSizeList(type.length, new Field('item', arrowType(type.element), true));
    case 'struct':
      return new Struct(fieldsOf(type.fields));
    case 'map':
      return new Map_(
        new Field(
          'entries',
          new Struct<{ key: ArrowType; value: ArrowType }>([new Field('key', arrowType(type.key), false), new Field('value', arrowType(type.value), true)]),
          false,
        ),
      );
    case 'union':
      return new Utf8();
  }
}

function fieldsOf(fields: readonly StructField[]): Field[] {
  return fields.map((field) => new Field(field.name, arrowType(field.type), true));
}
