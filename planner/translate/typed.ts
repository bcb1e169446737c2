import type { DataType } from '../types/data-type.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import { formatPostgresType, OID, postgresTypeByOid, postgresTypeOf } from '../types/postgres-type.js';
import type { Column } from '../relation/relation.js';

/** A translated expression: DuckDB SQL (with marks for holes) and what is known of its type. Never needs parentheses around it. */
export interface Typed {
  readonly sql: string;
  /** Null where only DuckDB knows (structs, lambdas, functions of its own). `unknown` for literals and parameters without a type yet. */
  readonly type: PostgresColumnType | null;
  /** The text of a literal that has no type yet; null for NULL. */
  readonly literal?: string | null;
  /** Where such a literal stands, as the syntax tree says. */
  readonly location?: number;
  /** The number of a parameter that has no type yet. */
  readonly parameter?: number;
  /** Digits after the point of a numeric's DECIMAL, where known. 0 for HUGEINT. */
  readonly scale?: number;
  /** All digits of a numeric's DECIMAL, where known; 38 is assumed elsewhere. */
  readonly width?: number;
  /** The value's text as Postgres prints it, where the expression is a constant of a simple type; null for NULL. */
  readonly text?: string | null;
  /** The number of the parameter whose value this is, unchanged. */
  readonly wholeParameter?: number;
  /** A numeric literal's own text: divisors that are constants need no guard. */
  readonly constant?: string;
  /** True where DuckDB's type is narrower, wider or unsigned against the Postgres type: arithmetic casts first. */
  readonly oddStorage?: true;
  /** True when it returns a set of rows (unnest, generate_series in a SELECT list). */
  readonly set?: true;
  /** Fields of a row value, where known. */
  readonly fields?: readonly Typed[];
}

/** A type without modifier. */
export function typeOf(oid: number): PostgresColumnType {
  return { oid, modifier: -1 };
}

/** Shorthand for an expression of a known type. */
export function typed(sql: string, oid: number): Typed {
  return { sql, type: typeOf(oid) };
}

/** A numeric whose DECIMAL has this many digits after the point. */
export function numeric(sql: string, scale: number | undefined, width?: number): Typed {
  if (scale !== undefined && width !== undefined) {
    return { sql, type: typeOf(OID.numeric), scale, width };
  }
  return scale === undefined ? { sql, type: typeOf(OID.numeric) } : { sql, type: typeOf(OID.numeric), scale };
}

/** Another value of the same type: what was known of this one's value (a literal, a parameter) does not hold for it. */
export function otherValue(expression: Typed, sql: string): Typed {
  const { literal: _literal, location: _location, parameter: _parameter, text: _text, wholeParameter: _whole, constant: _constant, ...rest } = expression;
  return { ...rest, sql };
}

/** An expression whose type only DuckDB knows. */
export function opaque(sql: string): Typed {
  return { sql, type: null };
}

/** True for literals and parameters that take their type from where they stand. */
export function isUntyped(expression: Typed): boolean {
  return expression.type !== null && expression.type.oid === OID.unknown;
}

/** The OID, 0 where only DuckDB knows. */
export function oidOf(expression: Typed): number {
  return expression.type?.oid ?? 0;
}

/** pg_type.typcategory of an OID; empty when unknown. */
export function categoryOf(oid: number): string {
  return postgresTypeByOid(oid)?.category ?? '';
}

const EXPECTED_STORAGE = new Set([
  'BOOLEAN',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'HUGEINT',
  'VARCHAR',
  'JSON',
  'BLOB',
  'UUID',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE',
  'INTERVAL',
  'TIME WITH TIME ZONE',
  'BIT',
]);

/** What is known of a relation's column; `sql` is the reference to it. */
export function typedColumn(sql: string, column: Column): Typed {
  const type = column.type;
  if (column.postgres === undefined && !isFlat(type)) {
    return opaque(sql);
  }
  const reported = column.postgres ?? postgresTypeOf(type);
  if (reported.oid === OID.numeric) {
    if (type.kind === 'decimal') {
      return { sql, type: reported, scale: type.scale, width: type.width };
    }
    const scale = type.kind === 'scalar' && type.name === 'HUGEINT' ? 0 : undefined;
    return scale === undefined ? { sql, type: reported, oddStorage: true } : { sql, type: reported, scale };
  }
  const odd = type.kind === 'enum' || (type.kind === 'scalar' && !EXPECTED_STORAGE.has(type.name));
  return odd ? { sql, type: reported, oddStorage: true } : { sql, type: reported };
}

function isFlat(type: DataType): boolean {
  switch (type.kind) {
    case 'scalar':
    case 'decimal':
    case 'enum':
      return true;
    case 'list':
    case 'array':
      return isFlat(type.element) && type.element.kind !== 'list' && type.element.kind !== 'array'
        ? true
        : type.element.kind === 'list' && isFlat(type.element);
    case 'struct':
    case 'union':
    case 'map':
      return false;
  }
}

/** A type's name for messages. */
export function typeNameOf(expression: Typed): string {
  return expression.type === null ? 'record' : formatPostgresType(typeOf(expression.type.oid));
}
