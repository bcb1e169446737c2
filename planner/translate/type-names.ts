import { SQLSTATE } from '../sqlstate.js';
import type { TypeName } from '../parse/syntax-tree.js';
import { stringValues } from '../parse/syntax-tree.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import { numericModifier, OID, postgresTypeByName, postgresTypeByOid } from '../types/postgres-type.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';

/** DuckDB's names for types, and Postgres's second names, where the grammar has not turned them into internal ones. */
const SECOND_NAMES: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
  smallint: 'int2',
  tinyint: 'int2',
  utinyint: 'int2',
  usmallint: 'int4',
  uinteger: 'int8',
  ubigint: 'numeric',
  hugeint: 'numeric',
  uhugeint: 'numeric',
  double: 'float8',
  real: 'float4',
  decimal: 'numeric',
  string: 'text',
  blob: 'bytea',
  boolean: 'bool',
  datetime: 'timestamp',
  timestamp_s: 'timestamp',
  timestamp_ms: 'timestamp',
  timestamp_ns: 'timestamp',
  cstring: 'text',
  character: 'bpchar',
  pg_lsn: 'text',
};

/** The Postgres type a type name means, with its modifier. */
export function resolveTypeName(translation: Pick<Translation, 'source'>, name: TypeName): PostgresColumnType {
  const parts = stringValues(name.names);
  const last = parts.at(-1) ?? '';
  const type = postgresTypeByName(last) ?? postgresTypeByName(SECOND_NAMES[last] ?? '');
  if (type === undefined || (parts.length > 1 && parts[0] !== 'pg_catalog')) {
    throw errorAt(translation, SQLSTATE.undefined_object, name.location, `type "${parts.join('.')}" does not exist`);
  }
  const modifier = typeModifier(translation, name, type.oid);
  if (name.arrayBounds !== undefined && name.arrayBounds.length > 0) {
    if (type.arrayOid === 0) {
      throw errorAt(translation, SQLSTATE.undefined_object, name.location, `type "${last}[]" does not exist`);
    }
    return { oid: type.arrayOid, modifier };
  }
  return { oid: type.oid, modifier };
}

function typeModifier(translation: Pick<Translation, 'source'>, name: TypeName, oid: number): number {
  const numbers: number[] = [];
  for (const node of name.typmods ?? []) {
    if ('A_Const' in node && node.A_Const.ival !== undefined) {
      numbers.push(node.A_Const.ival.ival ?? 0);
    }
  }
  const first = numbers[0];
  if (first === undefined) {
    return -1;
  }
  switch (oid) {
    case OID.numeric: {
      const scale = numbers[1] ?? 0;
      if (first < 1 || first > 1000) {
        throw errorAt(translation, SQLSTATE.invalid_parameter_value, name.location, `NUMERIC precision ${first} must be between 1 and 1000`);
      }
      if (scale < 0 || scale > first || first > 38) {
        // DuckDB's DECIMAL ends at 38 digits: wider declarations keep as many as there are.
        return numericModifier(38, Math.max(0, Math.min(scale, 37)));
      }
      return numericModifier(first, scale);
    }
    case OID.varchar:
    case OID.bpchar:
      if (first < 1) {
        throw errorAt(
          translation,
          SQLSTATE.invalid_parameter_value,
          name.location,
          `length for type ${oid === OID.varchar ? 'varchar' : 'char'} must be at least 1`,
        );
      }
      return first + 4;
    case OID.interval:
      return first;
    case OID.time:
    case OID.timetz:
    case OID.timestamp:
    case OID.timestamptz:
      return Math.min(first, 6);
    case 1560:
    case OID.varbit:
      return first;
    default:
      throw errorAt(translation, SQLSTATE.syntax_error, name.location, `type modifier is not allowed for type "${postgresTypeByOid(oid)?.name ?? ''}"`);
  }
}
