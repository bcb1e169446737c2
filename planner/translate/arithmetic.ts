import { alignedPair } from './numeric-scales.js';
import { OID } from '../types/postgres-type.js';
import { printDataType } from '../types/data-type.js';
import { dataTypeOf } from '../types/postgres-type.js';
import { coerce } from './coercion.js';
import { dateArithmetic } from './date-arithmetic.js';
import type { Translation } from './translation.js';
import type { Typed } from './typed.js';
import { categoryOf, isUntyped, numeric, oidOf, opaque, typed, typeOf } from './typed.js';

/** Numeric types by how far up Postgres's implicit casts reach. */
const RANK: ReadonlyMap<number, number> = new Map([
  [OID.int2, 1],
  [OID.int4, 2],
  [OID.int8, 3],
  [OID.numeric, 4],
  [OID.float4, 5],
  [OID.float8, 6],
]);

/** What a division by zero raises; the executor turns it into SQLSTATE 22012. */
export const DIVISION_BY_ZERO: string = "error('SLUICE:22012:division by zero')";

/** Operands longer than this are not written twice into a guard: nested divisions would double the text at every level. */
const GUARDED_TEXT_MAX = 2000;

/** Digits after the point of a numeric quotient: what Postgres gives for quotients of the size of 1. */
const QUOTIENT_SCALE = 16;

/** `+ - * / % ^` over numbers, dates and intervals; null where Postgres has no such operator. */
export function arithmetic(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): Typed | null {
  const [a, b] = settlePair(translation, name, left, right, location);
  const leftRank = rankOf(a);
  const rightRank = rankOf(b);
  if (leftRank !== undefined && rightRank !== undefined) {
    return numberArithmetic(name, a, b, leftRank, rightRank);
  }
  if (a.type === null || b.type === null) {
    return opaque(`(${a.sql} ${name} ${b.sql})`);
  }
  return dateArithmetic(name, a, b);
}

function rankOf(expression: Typed): number | undefined {
  const oid = oidOf(expression);
  return RANK.get(oid) ?? (oid === OID.oid || (categoryOf(oid) === 'N' && oid !== 0) ? 3 : undefined);
}

/** An untyped side takes the other's type, with Postgres's exceptions for dates and intervals. */
function settlePair(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): readonly [Typed, Typed] {
  if (isUntyped(left) && isUntyped(right)) {
    return [coerce(translation, left, typeOf(OID.float8), 'implicit', location), coerce(translation, right, typeOf(OID.float8), 'implicit', location)];
  }
  if (isUntyped(left)) {
    return [coerce(translation, left, typeOf(partnerType(name, oidOf(right), true)), 'implicit', location), right];
  }
  if (isUntyped(right)) {
    return [left, coerce(translation, right, typeOf(partnerType(name, oidOf(left), false)), 'implicit', location)];
  }
  return [left, right];
}

function partnerType(name: string, oid: number, partnerIsLeft: boolean): number {
  switch (oid) {
    case OID.date:
      // `date + '1'` has no operator of its own type: + takes an integer... Postgres picks interval for `date ± unknown` only when it reads so.
      return name === '-' && !partnerIsLeft ? OID.date : OID.interval;
    case OID.timestamp:
    case OID.timestamptz:
      return name === '-' ? (partnerIsLeft ? oid : oid) : OID.interval;
    case OID.time:
    case OID.timetz:
      return OID.interval;
    case OID.interval:
      return name === '*' || name === '/' ? OID.float8 : OID.interval;
    case 0:
      return OID.float8;
    default:
      return name === '^' && oid !== OID.numeric ? OID.float8 : oid;
  }
}

function numberArithmetic(name: string, left: Typed, right: Typed, leftRank: number, rightRank: number): Typed {
  const rank = Math.max(leftRank, rightRank);
  if (name === '^') {
    return power(left, right, rank);
  }
  if (rank >= 5) {
    const isReal = leftRank === 5 && rightRank === 5;
    const a = isReal ? left : asDouble(left);
    const b = isReal ? right : asDouble(right);
    const operator = name === '%' ? 'fmod' : name;
    const divisor = name === '/' || name === '%' ? guardZero(b, a) : b.sql;
    const sql = operator === 'fmod' ? `fmod(${a.sql}, ${divisor})` : `(${a.sql} ${operator} ${divisor})`;
    return typed(sql, isReal ? OID.float4 : OID.float8);
  }
  if (rank === 4) {
    return decimalArithmetic(name, left, right);
  }
  const oid = rank === 1 ? OID.int2 : rank === 2 ? OID.int4 : OID.int8;
  const a = widen(left, leftRank, rank);
  const b = widen(right, rightRank, rank);
  if (name === '/') {
    return typed(`(${a} // ${guardZero({ ...right, sql: b }, { ...left, sql: a })})`, oid);
  }
  if (name === '%') {
    return typed(`(${a} % ${guardZero({ ...right, sql: b }, { ...left, sql: a })})`, oid);
  }
  return typed(`(${a} ${name} ${b})`, oid);
}

/** DuckDB fits integer literals to the other side and widens by itself; only int2 beside an int4 literal, and odd storage, need a cast. */
function widen(expression: Typed, rank: number, wanted: number): string {
  if (expression.oddStorage === true || (rank < wanted && expression.constant === undefined && wanted === 2)) {
    return `CAST(${expression.sql} AS ${wanted === 1 ? 'SMALLINT' : wanted === 2 ? 'INTEGER' : 'BIGINT'})`;
  }
  if (rank < wanted && expression.constant !== undefined && wanted === 3) {
    return `CAST(${expression.sql} AS BIGINT)`;
  }
  return expression.sql;
}

function asDouble(expression: Typed): Typed {
  if (oidOf(expression) === OID.float8 && expression.oddStorage !== true) {
    return expression;
  }
  return { ...expression, sql: `CAST(${expression.sql} AS DOUBLE)`, type: typeOf(OID.float8) };
}

/** A divisor that raises 22012 when it is zero and the dividend is not NULL. Constants other than zero need no guard. */
export function guardZero(divisor: Typed, dividend: Typed): string {
  if (divisor.constant !== undefined) {
    return Number(divisor.constant) === 0 ? `CASE WHEN ${dividend.sql} IS NOT NULL THEN ${DIVISION_BY_ZERO} ELSE 0 END` : divisor.sql;
  }
  if (divisor.sql.length > GUARDED_TEXT_MAX) {
    return divisor.sql;
  }
  const knowsDividend = dividend.constant !== undefined || dividend.sql.length > GUARDED_TEXT_MAX;
  return `CASE WHEN ${divisor.sql} = 0${knowsDividend ? '' : ` AND ${dividend.sql} IS NOT NULL`} THEN ${DIVISION_BY_ZERO} ELSE ${divisor.sql} END`;
}

function decimalScale(expression: Typed): number | undefined {
  return oidOf(expression) === OID.numeric ? (expression.oddStorage === true ? undefined : expression.scale) : 0;
}

function decimalArithmetic(name: string, left: Typed, right: Typed): Typed {
  const leftScale = decimalScale(left);
  const rightScale = decimalScale(right);
  const known = leftScale !== undefined && rightScale !== undefined;
  switch (name) {
    case '+':
    case '-': {
      const [a, b] = alignedPair(left, right);
      return numeric(`(${a.sql} ${name} ${b.sql})`, known ? Math.max(leftScale, rightScale) : undefined);
    }
    case '%': {
      const [a, b] = alignedPair(left, right);
      return numeric(`(${a.sql} % ${guardZero(b, a)})`, known ? Math.max(leftScale, rightScale) : undefined);
    }
    case '*': {
      if (known && leftScale + rightScale <= PRODUCT_SCALE_MAX) {
        return numeric(`(${left.sql} * ${right.sql})`, leftScale + rightScale);
      }
      if (known) {
        const product = `CAST(${left.sql} AS DOUBLE) * CAST(${right.sql} AS DOUBLE)`;
        return numeric(`CAST(${product} AS DECIMAL(38, ${QUOTIENT_SCALE}))`, QUOTIENT_SCALE);
      }
      return numeric(`(${left.sql} * ${right.sql})`, undefined);
    }
    default:
      return quotient(left, right, leftScale, rightScale);
  }
}

/** Scales above leave DuckDB's 38 digits too few before the point. */
const PRODUCT_SCALE_MAX = 20;

/** Scale of divisors up to which the exact quotient fits 128 bits for dividends of everyday size. */
const EXACT_DIVISOR_SCALE_MAX = 6;

/**
 * numeric / numeric. DuckDB divides DECIMALs as DOUBLE, so the quotient is taken over the unscaled integers with one digit
 * more than wanted, and the last cast rounds it half away from zero as Postgres does.
 */
function quotient(left: Typed, right: Typed, leftScale: number | undefined, rightScale: number | undefined): Typed {
  const exact = leftScale !== undefined && rightScale !== undefined && rightScale <= EXACT_DIVISOR_SCALE_MAX && leftScale <= QUOTIENT_SCALE;
  const divisor = guardZero(right, left);
  if (!exact) {
    return numeric(`CAST(CAST(${left.sql} AS DOUBLE) / CAST(${divisor} AS DOUBLE) AS DECIMAL(38, ${QUOTIENT_SCALE}))`, QUOTIENT_SCALE);
  }
  const shift = QUOTIENT_SCALE + 1 + rightScale - leftScale;
  return numeric(exactQuotient(unscaled(left.sql, leftScale), unscaled(divisor, rightScale), shift), QUOTIENT_SCALE);
}

/** An integer of 128 bits: the DECIMAL without its point. */
export function unscaled(sql: string, scale: number): string {
  return scale === 0 ? `CAST(${sql} AS HUGEINT)` : `CAST(${sql} * 1${'0'.repeat(scale)} AS HUGEINT)`;
}

/** dividend * 10^power // divisor as a DECIMAL of QUOTIENT_SCALE digits, both sides being integers. */
export function exactQuotient(dividend: string, divisor: string, shift: number): string {
  return `CAST(CAST(${dividend} * 1${'0'.repeat(shift)} // ${divisor} AS DECIMAL(38, 0)) * 0.${'0'.repeat(QUOTIENT_SCALE)}1 AS DECIMAL(38, ${QUOTIENT_SCALE}))`;
}

function power(left: Typed, right: Typed, rank: number): Typed {
  const result = `power(${asDouble(left).sql}, ${asDouble(right).sql})`;
  if (rank === 4) {
    return numeric(`CAST(${result} AS DECIMAL(38, ${QUOTIENT_SCALE}))`, QUOTIENT_SCALE);
  }
  return typed(result, OID.float8);
}

/** DuckDB's name of a type without modifier. */
export function storageName(oid: number): string {
  const type = dataTypeOf(typeOf(oid));
  return type === undefined ? 'VARCHAR' : printDataType(type);
}
