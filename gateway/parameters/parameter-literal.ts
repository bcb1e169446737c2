import { SqlError } from '../../planner/sql-error.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import { printDataType } from '../../planner/types/data-type.js';
import { dataTypeOf, OID, postgresTypeByOid } from '../../planner/types/postgres-type.js';
import type { ParameterValue } from '../session/backend.js';
import { arrayCodec } from './array.js';
import type { InputSettings, ParameterCodec } from './codec.js';
import { dateCodec, timeCodec, timestampParameterCodec, timestamptzCodec, timetzCodec } from './date-time.js';
import { int2Codec, int4Codec, int8Codec, oidCodec, registeredObjectCodec } from './integers.js';
import { intervalCodec } from './interval.js';
import { float4Codec, float8Codec, numericCodec } from './numbers.js';
import { bitCodec, boolCodec, byteaCodec, jsonbCodec, jsonCodec, uuidCodec } from './simple-values.js';
import { decodeText, stringCodec, unknownCodec } from './strings.js';

/** How values are read in a session that changed nothing. */
export const DEFAULT_INPUT_SETTINGS: InputSettings = { timeZone: 'UTC', dateStyle: 'ISO, MDY' };

const BIT_OID = 1560;

const CODECS: ReadonlyMap<number, ParameterCodec> = new Map<number, ParameterCodec>([
  [OID.bool, boolCodec],
  [OID.bytea, byteaCodec],
  [OID.int2, int2Codec],
  [OID.int4, int4Codec],
  [OID.int8, int8Codec],
  [OID.oid, oidCodec],
  [OID.float4, float4Codec],
  [OID.float8, float8Codec],
  [OID.numeric, numericCodec],
  [OID.unknown, unknownCodec],
  [OID.json, jsonCodec],
  [OID.jsonb, jsonbCodec],
  [OID.uuid, uuidCodec],
  [OID.date, dateCodec],
  [OID.time, timeCodec],
  [OID.timetz, timetzCodec],
  [OID.timestamp, timestampParameterCodec],
  [OID.timestamptz, timestamptzCodec],
  [OID.interval, intervalCodec],
  [OID.varbit, bitCodec],
  [BIT_OID, bitCodec],
]);

/** The codec of a type; an OID of 0 is unknown. */
export function codecOf(oid: number): ParameterCodec | undefined {
  const known = CODECS.get(oid === 0 ? OID.unknown : oid);
  if (known !== undefined) {
    return known;
  }
  const type = postgresTypeByOid(oid);
  if (type === undefined || type.category === 'P') {
    return undefined;
  }
  if (type.elementOid !== 0) {
    const element = codecOf(type.elementOid);
    const elementType = dataTypeOf({ oid: type.elementOid, modifier: -1 });
    return element === undefined || elementType === undefined ? undefined : arrayCodec(element, elementType);
  }
  if (type.name === 'xid') {
    return oidCodec;
  }
  return type.name.startsWith('reg') ? registeredObjectCodec(type.name) : stringCodec;
}

/**
 * A client's parameter value as a DuckDB constant expression of the type its OID stands for. Every part of it is either
 * written by Sluice (numbers, hexadecimal digits) or quoted text. Invalid input is the SqlError Postgres gives.
 */
export function parameterLiteral(value: ParameterValue, oid: number, settings: InputSettings = DEFAULT_INPUT_SETTINGS): string {
  if (value.bytes === null) {
    return nullLiteral(oid);
  }
  const codec = codecOf(oid);
  if (codec === undefined) {
    throw new SqlError(SQLSTATE.feature_not_supported, `parameters of type ${postgresTypeByOid(oid)?.sqlName ?? `with OID ${oid}`} are not supported`);
  }
  return value.format === 'text' ? codec.text(decodeText(value.bytes), settings) : codec.binary(value.bytes, settings);
}

/** NULL of a parameter's type, for describing a statement before it has values. */
export function nullLiteral(oid: number): string {
  const type = oid === 0 || oid === OID.unknown ? undefined : dataTypeOf({ oid, modifier: -1 });
  return type === undefined ? 'NULL' : `CAST(NULL AS ${printDataType(type)})`;
}
