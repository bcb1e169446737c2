import type { OutputSettings } from '../engine.js';
import type { DataType } from '../../planner/types/data-type.js';
import { OID, postgresTypeByOid } from '../../planner/types/postgres-type.js';
import type { IntegerTarget } from './exact-binary.js';
import { IntegerBinaryEncoder, IntegerTextEncoder, integerTargetOf, NumericBinaryEncoder } from './exact-binary.js';
import { ExactAsFloatEncoder } from './exact-float.js';
import type { ExactStorage, ExactType } from './exact-numbers.js';
import { ExactTextEncoder } from './exact-text.js';
import type { FloatWidth } from './float.js';
import { FloatAsExactEncoder, FloatBinaryEncoder, FloatTextEncoder } from './float.js';
import { requireTextual } from './textual.js';
import type { ValueEncoder } from './value-encoder.js';

const STORAGE_RANGE: Readonly<Record<ExactStorage, readonly [minimum: bigint, maximum: bigint]>> = {
  int8: [-0x80n, 0x7fn],
  int16: [-0x8000n, 0x7fffn],
  int32: [-0x8000_0000n, 0x7fff_ffffn],
  int64: [-(1n << 63n), (1n << 63n) - 1n],
  int128: [-(1n << 127n), (1n << 127n) - 1n],
  uint8: [0n, 0xffn],
  uint16: [0n, 0xffffn],
  uint32: [0n, 0xffff_ffffn],
  uint64: [0n, (1n << 64n) - 1n],
  uint128: [0n, (1n << 128n) - 1n],
  // Unbounded; any bound beyond 64 bits will do.
  bignum: [-(1n << 127n), (1n << 128n) - 1n],
};

/** The encoder of an integer or decimal type for the Postgres type reported. */
export function createExactEncoder(type: DataType, exact: ExactType, oid: number, format: 'text' | 'binary', settings: OutputSettings): ValueEncoder {
  const reported = postgresTypeByOid(oid);
  const binary = format === 'binary';
  if (type.kind === 'scalar' && type.name === 'NULL') {
    // Holds nothing but NULLs, which look alike in every type and format.
    return new ExactTextEncoder(exact);
  }
  const integer = integerTargetOf(oid, reported?.name ?? '');
  if (integer !== undefined) {
    if (binary) {
      return new IntegerBinaryEncoder(exact, integer);
    }
    return fits(exact, integer) ? new ExactTextEncoder(exact) : new IntegerTextEncoder(exact, integer);
  }
  if (oid === OID.numeric) {
    return binary ? new NumericBinaryEncoder(exact) : new ExactTextEncoder(exact);
  }
  if (oid === OID.float4 || oid === OID.float8) {
    return new ExactAsFloatEncoder(exact, oid === OID.float4 ? 4 : 8, binary, settings.extraFloatDigits);
  }
  requireTextual(type, reported, binary);
  return new ExactTextEncoder(exact);
}

function fits(exact: ExactType, target: IntegerTarget): boolean {
  const [minimum, maximum] = STORAGE_RANGE[exact.storage];
  return exact.scale === 0 && minimum >= target.minimum && maximum <= target.maximum;
}

/** The encoder of FLOAT or DOUBLE for the Postgres type reported. */
export function createFloatEncoder(type: DataType, width: FloatWidth, oid: number, format: 'text' | 'binary', settings: OutputSettings): ValueEncoder {
  const reported = postgresTypeByOid(oid);
  const binary = format === 'binary';
  if (oid === OID.float4 || oid === OID.float8) {
    const reportedWidth = oid === OID.float4 ? 4 : 8;
    return binary ? new FloatBinaryEncoder(width, reportedWidth) : new FloatTextEncoder(width, reportedWidth, settings.extraFloatDigits);
  }
  const exact = oid === OID.numeric ? 'numeric' : integerTargetOf(oid, reported?.name ?? '');
  if (exact !== undefined) {
    return new FloatAsExactEncoder(width, exact, binary);
  }
  requireTextual(type, reported, binary);
  return new FloatTextEncoder(width, width, settings.extraFloatDigits);
}
