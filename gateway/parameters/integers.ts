import { SqlError } from '../../planner/sql-error.js';
import { quoteText } from '../../planner/types/data-type.js';
import { SQLSTATE } from '../../planner/sqlstate.js';
import type { ParameterCodec } from './codec.js';
import { invalidText, outOfRange, requireBytes } from './codec.js';

interface IntegerType {
  readonly name: string;
  readonly duckdb: string;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly bytes: number;
  readonly read: (bytes: Buffer) => number | bigint;
}

function integerCodec(type: IntegerType): ParameterCodec {
  return {
    text: (text) => {
      if (!/^\s*[+-]?\d+\s*$/.test(text)) {
        throw invalidText(type.name, text);
      }
      const value = BigInt(text.trim().replace(/^\+/, ''));
      if (value < type.minimum || value > type.maximum) {
        throw outOfRange(type.name, text);
      }
      return integerLiteral(value, type.duckdb);
    },
    binary: (bytes) => {
      requireBytes(bytes, type.bytes, type.name);
      return integerLiteral(type.read(bytes), type.duckdb);
    },
  };
}

/** Quoted, for a bare minus is an operator, and the smallest BIGINT would overflow before it. */
function integerLiteral(value: number | bigint, duckdb: string): string {
  return `CAST('${value}' AS ${duckdb})`;
}

/** int2. */
export const int2Codec: ParameterCodec = integerCodec({
  name: 'smallint',
  duckdb: 'SMALLINT',
  minimum: -0x8000n,
  maximum: 0x7fffn,
  bytes: 2,
  read: (bytes) => bytes.readInt16BE(),
});

/** int4. */
export const int4Codec: ParameterCodec = integerCodec({
  name: 'integer',
  duckdb: 'INTEGER',
  minimum: -0x8000_0000n,
  maximum: 0x7fff_ffffn,
  bytes: 4,
  read: (bytes) => bytes.readInt32BE(),
});

/** int8. */
export const int8Codec: ParameterCodec = integerCodec({
  name: 'bigint',
  duckdb: 'BIGINT',
  minimum: -(1n << 63n),
  maximum: (1n << 63n) - 1n,
  bytes: 8,
  read: (bytes) => bytes.readBigInt64BE(),
});

/** oid and xid: unsigned, computed as BIGINT. Postgres's oid also reads negative text, as its two's complement. */
export const oidCodec: ParameterCodec = {
  text: (text) => {
    if (!/^\s*[+-]?\d+\s*$/.test(text)) {
      throw invalidText('oid', text);
    }
    const value = BigInt(text.trim().replace(/^\+/, ''));
    if (value < -0x8000_0000n || value > 0xffff_ffffn) {
      throw outOfRange('oid', text);
    }
    return integerLiteral(BigInt.asUintN(32, value), 'BIGINT');
  },
  binary: (bytes) => {
    requireBytes(bytes, 4, 'oid');
    return integerLiteral(bytes.readUInt32BE(), 'BIGINT');
  },
};

/** Types whose names a macro of the catalog's looks up (see gateway/catalog/pg/macros.ts). */
const NAMED_OBJECTS: ReadonlySet<string> = new Set(['regclass', 'regtype', 'regproc', 'regprocedure', 'regnamespace', 'regrole']);

/** regclass, regtype and kin: an OID, or a name that is looked up where the query runs. */
export function registeredObjectCodec(type: string): ParameterCodec {
  return {
    text: (text) => {
      if (/^\d+$/.test(text)) {
        return oidCodec.text(text, { timeZone: 'UTC', dateStyle: 'ISO' });
      }
      if (!NAMED_OBJECTS.has(type)) {
        throw new SqlError(SQLSTATE.undefined_object, `object "${text}" does not exist`, {
          hint: `Parameters of type ${type} are taken as OIDs; write a name as a literal in the statement.`,
        });
      }
      return `pg_${type}_in(${quoteText(text)})`;
    },
    binary: oidCodec.binary,
  };
}
