import { SQLSTATE } from '../sqlstate.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import { formatPostgresType, OID, postgresTypeByOid } from '../types/postgres-type.js';
import { arithmetic } from './arithmetic.js';
import { coerce, isImplicitlyCoercible, settle } from './coercion.js';
import { otherOperator } from './other-operators.js';
import { alignedPair } from './numeric-scales.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';
import type { Typed } from './typed.js';
import { categoryOf, isUntyped, oidOf, opaque, otherValue, typed, typeNameOf, typeOf } from './typed.js';

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^']);

/** A binary operator by its name, with the types and errors Postgres gives it. */
export function binaryOperator(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): Typed {
  if (COMPARISONS.has(name)) {
    return comparison(translation, name, left, right, location);
  }
  if (ARITHMETIC.has(name)) {
    return arithmetic(translation, name, left, right, location) ?? missing(translation, name, left, right, location);
  }
  return otherOperator(translation, name, left, right, location) ?? missing(translation, name, left, right, location);
}

/** A prefix operator. */
export function prefixOperator(translation: Translation, name: string, operand: Typed, location: number | undefined): Typed {
  if (isUntyped(operand)) {
    const number = coerce(translation, operand, typeOf(OID.float8), 'implicit', location);
    return prefixOperator(translation, name, number, location);
  }
  const known = operand.type;
  switch (name) {
    case '+':
      return operand;
    case '-':
      return {
        ...otherValue(operand, `(-${operand.sql})`),
        ...(operand.constant === undefined ? {} : { constant: negated(operand.constant) }),
      };
    case '@':
      return otherValue(operand, `abs(${operand.sql})`);
    case '~':
      return otherValue(operand, `(~${operand.sql})`);
    case '|/':
      return typed(`sqrt(${operand.sql})`, OID.float8);
    case '||/':
      return typed(`cbrt(${operand.sql})`, OID.float8);
    default:
      throw errorAt(
        translation,
        SQLSTATE.undefined_function,
        location,
        `operator does not exist: ${name} ${known === null ? '?' : formatPostgresType(known)}`,
        {
          hint: 'No operator matches the given name and argument type. You might need to add an explicit type cast.',
        },
      );
  }
}

function negated(constant: string): string {
  return constant.startsWith('-') ? constant.slice(1) : `-${constant}`;
}

/** Both sides of a comparison in one type, as Postgres resolves it; throws 42883 where no operator takes both. */
export function comparablePair(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): readonly [Typed, Typed] {
  if (isUntyped(left) && isUntyped(right)) {
    const text = typeOf(OID.text);
    return [coerce(translation, left, text, 'implicit', location), coerce(translation, right, text, 'implicit', location)];
  }
  if (isUntyped(left)) {
    return withoutPadding(coerce(translation, left, comparedType(right), 'implicit', location), right);
  }
  if (isUntyped(right)) {
    return withoutPadding(left, coerce(translation, right, comparedType(left), 'implicit', location));
  }
  const from = oidOf(left);
  const to = oidOf(right);
  if (from === to || from === 0 || to === 0) {
    return from === OID.numeric && to === OID.numeric ? alignedPair(left, right) : from === to ? withoutPadding(left, right) : [left, right];
  }
  if (categoryOf(from) === 'N' && categoryOf(to) === 'N') {
    return numericPair(translation, left, right);
  }
  if (from === OID.bpchar || to === OID.bpchar) {
    return [trimmed(left), trimmed(right)];
  }
  if (isImplicitlyCoercible(from, to) || isImplicitlyCoercible(to, from)) {
    const target: PostgresColumnType = isImplicitlyCoercible(from, to) ? typeOf(to) : typeOf(from);
    return [coerce(translation, left, target, 'implicit', location), coerce(translation, right, target, 'implicit', location)];
  }
  return missing(translation, name, left, right, location);
}

/** A float beside a numeric is compared as float8 in Postgres, as DOUBLE in DuckDB: alike. Integers beside numerics are exact in both. */
function numericPair(translation: Translation, left: Typed, right: Typed): readonly [Typed, Typed] {
  const from = oidOf(left);
  const to = oidOf(right);
  if ((from === OID.float4 && to === OID.numeric) || (from === OID.numeric && to === OID.float4) || (from === OID.float4 && to === OID.float8)) {
    return [coerce(translation, left, typeOf(OID.float8), 'explicit'), coerce(translation, right, typeOf(OID.float8), 'explicit')];
  }
  return [left, right];
}

function withoutPadding(left: Typed, right: Typed): readonly [Typed, Typed] {
  return oidOf(left) === OID.bpchar ? [trimmed(left), trimmed(right)] : [left, right];
}

/** char(n) compares without its padding. */
function trimmed(expression: Typed): Typed {
  return oidOf(expression) === OID.bpchar ? otherValue(expression, `rtrim(${expression.sql}, ' ')`) : expression;
}

/** What an untyped side takes: the other's type, without its modifier. */
function comparedType(expression: Typed): PostgresColumnType {
  const type = expression.type;
  if (type === null) {
    return typeOf(OID.text);
  }
  return typeOf(type.oid === OID.varchar ? OID.text : type.oid);
}

function comparison(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): Typed {
  const operator = name === '!=' ? '<>' : name;
  const [a, b] = comparablePair(translation, operator, left, right, location);
  return typed(`(${a.sql} ${operator} ${b.sql})`, OID.bool);
}

/** 42883 with both types. */
export function missing(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): never {
  throw errorAt(translation, SQLSTATE.undefined_function, location, `operator does not exist: ${typeNameOf(left)} ${name} ${typeNameOf(right)}`, {
    hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.',
  });
}

/** True when an operator's side is an array. */
export function isArray(expression: Typed): boolean {
  return categoryOf(oidOf(expression)) === 'A';
}

/** The element type of an array expression; null when unknown. */
export function elementType(expression: Typed): PostgresColumnType | null {
  const element = postgresTypeByOid(oidOf(expression))?.elementOid ?? 0;
  return element === 0 ? null : typeOf(element);
}

export { opaque, settle };
