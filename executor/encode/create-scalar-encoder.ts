import type { OutputSettings } from '../engine.js';
import type { DataType } from '../../planner/types/data-type.js';
import { OID, postgresTypeByOid } from '../../planner/types/postgres-type.js';
import { BitEncoder, BlobTextEncoder } from './blob.js';
import { BooleanEncoder } from './boolean.js';
import { DateBinaryEncoder, DateTextEncoder } from './date.js';
import { dateLayoutOf } from './date-style.js';
import { createExactEncoder, createFloatEncoder } from './create-number-encoder.js';
import { exactTypeOf } from './exact-numbers.js';
import type { TimestampUnit } from './instants.js';
import { IntervalBinaryEncoder, IntervalTextEncoder } from './interval.js';
import { JsonbEncoder, StringEncoder } from './text.js';
import { requireTextual } from './textual.js';
import { TimeBinaryEncoder, TimeNsTextEncoder, TimeTextEncoder, TimeTzEncoder } from './time.js';
import { timeZoneOf } from './time-zone.js';
import { TimestampBinaryEncoder, TimestampTextEncoder } from './timestamp.js';
import { UuidEncoder } from './uuid.js';
import type { ValueEncoder } from './value-encoder.js';

type ScalarType = Extract<DataType, { readonly kind: 'scalar' | 'decimal' }>;

/** The encoder of a type without parts; `createValueEncoder` says how differing types are treated. */
export function createScalarEncoder(type: ScalarType, oid: number, format: 'text' | 'binary', settings: OutputSettings): ValueEncoder {
  const exact = exactTypeOf(type);
  if (exact !== undefined) {
    return createExactEncoder(type, exact, oid, format, settings);
  }
  const name = type.kind === 'decimal' ? 'NULL' : type.name;
  const reported = postgresTypeByOid(oid);
  const binary = format === 'binary';
  /** Binary where the reported type is the type's own, text otherwise. */
  const asOwn = (ownOid: number): boolean => {
    const own = oid === ownOid;
    if (!own) {
      requireTextual(type, reported, binary);
    }
    return own && binary;
  };
  switch (name) {
    case 'BOOLEAN':
      return asOwn(OID.bool) ? new BooleanEncoder('byte') : new BooleanEncoder(oid === OID.bool ? 'letter' : 'word');
    case 'FLOAT':
      return createFloatEncoder(type, 4, oid, format, settings);
    case 'DOUBLE':
      return createFloatEncoder(type, 8, oid, format, settings);
    case 'VARCHAR':
    case 'JSON':
      return asOwn(OID.jsonb) ? new JsonbEncoder() : new StringEncoder();
    case 'BLOB':
      return asOwn(OID.bytea) ? new StringEncoder() : new BlobTextEncoder(settings.byteaOutput);
    case 'BIT':
      return new BitEncoder(asOwn(oid === BIT_OID ? BIT_OID : OID.varbit));
    case 'UUID':
      return new UuidEncoder(asOwn(OID.uuid));
    case 'DATE':
      if (oid === OID.timestamp) {
        return timestampEncoder('days', binary, settings);
      }
      return asOwn(OID.date) ? new DateBinaryEncoder() : new DateTextEncoder(dateLayoutOf(settings.dateStyle));
    case 'TIME':
      return asOwn(OID.time) ? new TimeBinaryEncoder('microseconds') : new TimeTextEncoder();
    case 'TIME_NS':
      return asOwn(OID.time) ? new TimeBinaryEncoder('nanoseconds') : new TimeNsTextEncoder();
    case 'TIME WITH TIME ZONE':
      return new TimeTzEncoder(asOwn(OID.timetz));
    case 'TIMESTAMP':
      return timestampEncoder('microseconds', asOwn(OID.timestamp), settings);
    case 'TIMESTAMP_S':
      return timestampEncoder('seconds', asOwn(OID.timestamp), settings);
    case 'TIMESTAMP_MS':
      return timestampEncoder('milliseconds', asOwn(OID.timestamp), settings);
    case 'TIMESTAMP_NS':
      return timestampEncoder('nanoseconds', asOwn(OID.timestamp), settings);
    case 'TIMESTAMP WITH TIME ZONE':
      if (asOwn(OID.timestamptz)) {
        return new TimestampBinaryEncoder('microseconds');
      }
      return new TimestampTextEncoder('microseconds', dateLayoutOf(settings.dateStyle), {
        name: settings.timeZone,
        rules: timeZoneOf(settings.timeZone),
      });
    case 'INTERVAL':
      return asOwn(OID.interval) ? new IntervalBinaryEncoder() : new IntervalTextEncoder(settings.intervalStyle);
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
    case 'HUGEINT':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
    case 'UBIGINT':
    case 'UHUGEINT':
    case 'BIGNUM':
    case 'NULL':
      throw new Error(`${name} is an exact number type`);
  }
}

const BIT_OID = 1560;

function timestampEncoder(unit: TimestampUnit, binary: boolean, settings: OutputSettings): ValueEncoder {
  return binary ? new TimestampBinaryEncoder(unit) : new TimestampTextEncoder(unit, dateLayoutOf(settings.dateStyle), null);
}
