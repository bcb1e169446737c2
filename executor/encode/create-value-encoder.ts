import type { OutputSettings } from '../engine.js';
import type { DataType } from '../../planner/types/data-type.js';
import type { PostgresType } from '../../planner/types/postgres-type.js';
import { OID, postgresTypeByOid, postgresTypeOf } from '../../planner/types/postgres-type.js';
import { ArrayBinaryEncoder } from './array-binary.js';
import { ArrayTextEncoder, VectorTextEncoder } from './array-text.js';
import { createScalarEncoder } from './create-scalar-encoder.js';
import { EnumEncoder } from './enumeration.js';
import { JsonEncoder } from './json.js';
import type { ListType } from './list-levels.js';
import { arrayLevels, innermostElement } from './list-levels.js';
import { requireTextual } from './textual.js';
import { UnionEncoder } from './union.js';
import type { ValueEncoder } from './value-encoder.js';

/** The wire format of a value. */
export type WireFormat = 'text' | 'binary';

const INT2VECTOR = 22;
const OIDVECTOR = 30;

/**
 * The encoder that writes values of a DuckDB type as the Postgres type with this OID. Where the two differ, the value is
 * converted if that loses nothing, and otherwise written as text; a type that has no such text in binary is 0A000.
 */
export function createValueEncoder(type: DataType, oid: number, format: WireFormat, settings: OutputSettings): ValueEncoder {
  const reported = postgresTypeByOid(oid);
  const binary = format === 'binary';
  if ((oid === OID.json || oid === OID.jsonb) && isNested(type)) {
    const leaf = (leafType: DataType): ValueEncoder =>
      createValueEncoder(leafType, postgresTypeOf(leafType).oid, 'text', {
        ...settings,
        dateStyle: 'ISO',
      });
    return new JsonEncoder(type, leaf, binary && oid === OID.jsonb);
  }
  switch (type.kind) {
    case 'scalar':
    case 'decimal':
      return createScalarEncoder(type, oid, format, settings);
    case 'enum':
      requireTextual(type, reported, binary);
      return new EnumEncoder(type.values);
    case 'union':
      requireTextual(type, reported, binary);
      return new UnionEncoder(type.members.map((member) => createValueEncoder(member.type, postgresTypeOf(member.type).oid, 'text', settings)));
    case 'struct':
    case 'map':
      requireTextual(type, reported, binary);
      return createValueEncoder(type, OID.json, 'text', settings);
    case 'list':
    case 'array':
      return createArrayEncoder(type, reported, binary, settings);
  }
}

function isNested(type: DataType): boolean {
  return type.kind !== 'scalar' && type.kind !== 'decimal' && type.kind !== 'enum';
}

function createArrayEncoder(type: ListType, reported: PostgresType | undefined, binary: boolean, settings: OutputSettings): ValueEncoder {
  const innermost = innermostElement(type);
  const elementOid = reported === undefined || reported.elementOid === 0 ? postgresTypeOf(innermost).oid : reported.elementOid;
  const isVector = reported?.oid === INT2VECTOR || reported?.oid === OIDVECTOR;
  const asArray = binary && (reported === undefined || reported.elementOid !== 0);
  if (!asArray) {
    requireTextual(type, reported, binary);
  }
  const element = createValueEncoder(innermost, elementOid, asArray ? 'binary' : 'text', settings);
  const levels = arrayLevels(type, element);
  if (asArray) {
    return new ArrayBinaryEncoder(levels, elementOid, isVector ? 0 : 1);
  }
  return isVector ? new VectorTextEncoder(levels) : new ArrayTextEncoder(levels);
}
