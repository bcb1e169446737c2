import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { PostgresColumnType } from '../types/postgres-type.js';
import { formatPostgresType, OID, postgresTypeByOid } from '../types/postgres-type.js';
import { castSql } from './casts.js';
import { invalidInput, literalOf } from './literals.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';
import type { Typed } from './typed.js';
import { categoryOf, isUntyped, oidOf, typeOf } from './typed.js';

/** Implicit: wherever an expression stands. Assignment: INSERT's columns. Explicit: `::` and CAST. */
export type CoercionContext = 'implicit' | 'assignment' | 'explicit';

const NUMERIC_LADDER: readonly number[] = [OID.int2, OID.int4, OID.int8, OID.numeric, OID.float4, OID.float8];
/** pg_node_tree, which catalog functions take as text. */
const PG_NODE_TREE = 194;

const TEXTS: ReadonlySet<number> = new Set([OID.text, OID.varchar, OID.bpchar, OID.name]);

/** True when Postgres converts without being asked (pg_cast.castcontext 'i'), or both are one type. */
export function isImplicitlyCoercible(from: number, to: number): boolean {
  if (from === to || from === OID.unknown || from === 0 || to === 0) {
    return true;
  }
  const fromRank = NUMERIC_LADDER.indexOf(from);
  const toRank = NUMERIC_LADDER.indexOf(to);
  if (fromRank >= 0 && toRank >= 0) {
    return fromRank < toRank;
  }
  if (TEXTS.has(to) && (TEXTS.has(from) || from === OID.char || from === PG_NODE_TREE)) {
    return true;
  }
  if (from === OID.date) {
    return to === OID.timestamp || to === OID.timestamptz;
  }
  if (from === OID.timestamp) {
    return to === OID.timestamptz;
  }
  if (from === OID.time) {
    return to === OID.timetz || to === OID.interval;
  }
  const toName = postgresTypeByOid(to)?.name ?? '';
  const fromName = postgresTypeByOid(from)?.name ?? '';
  if (to === OID.oid || toName.startsWith('reg')) {
    return from === OID.int2 || from === OID.int4 || from === OID.int8 || from === OID.oid || fromName.startsWith('reg');
  }
  if (fromName.startsWith('reg') || from === OID.oid) {
    return to === OID.int8 && from === OID.oid;
  }
  const fromElement = postgresTypeByOid(from)?.elementOid ?? 0;
  const toElement = postgresTypeByOid(to)?.elementOid ?? 0;
  return fromElement !== 0 && toElement !== 0 && isImplicitlyCoercible(fromElement, toElement);
}

/** True when a cast in this context exists at all. Unknown pairs are left to DuckDB under an explicit cast. */
function canCoerce(from: number, to: number, context: CoercionContext): boolean {
  if (isImplicitlyCoercible(from, to)) {
    return true;
  }
  const fromCategory = categoryOf(from);
  const toCategory = categoryOf(to);
  if (fromCategory === '' || toCategory === '') {
    return true;
  }
  if (context === 'implicit') {
    return false;
  }
  if ((fromCategory === 'N' && toCategory === 'N') || (fromCategory === 'V' && (to === OID.int4 || to === OID.int8))) {
    return true;
  }
  if (fromCategory === 'D' && toCategory === 'D') {
    return !(from === OID.time && to !== OID.timetz) && !(from === OID.date && (to === OID.time || to === OID.timetz));
  }
  // Everything can be written as text; only an explicit cast reads text back.
  if (TEXTS.has(to) || to === OID.char) {
    return true;
  }
  if (context === 'assignment') {
    return fromCategory === 'A' && toCategory === 'A';
  }
  if (TEXTS.has(from)) {
    return true;
  }
  if (to === OID.bool || from === OID.bool) {
    return from === OID.int4 || to === OID.int4;
  }
  return fromCategory === toCategory || (from === OID.interval && to === OID.time) || from === OID.jsonb || to === OID.jsonb;
}

/** Gives an expression a type: literals are read as it, open parameters take it, others are cast. */
export function coerce(translation: Translation, expression: Typed, target: PostgresColumnType, context: CoercionContext, location?: number): Typed {
  if (expression.parameter !== undefined) {
    return bindParameter(translation, expression, expression.parameter, target, context, location);
  }
  if (expression.literal !== undefined) {
    if (context === 'assignment') {
      requireLength(translation, expression.literal, target);
    }
    return literalAt(translation, expression.literal, target, expression.location ?? location);
  }
  const from = oidOf(expression);
  if (from === 0 && expression.type === null) {
    return context === 'explicit' ? castSql(expression, target) : expression;
  }
  if (from === target.oid && (target.modifier === -1 || (context === 'implicit' ? true : expression.type?.modifier === target.modifier))) {
    return expression;
  }
  const whole = expression.text === undefined || expression.text === null ? null : integerIn(translation, expression.text, from, target);
  if (whole !== null) {
    return whole;
  }
  if (!canCoerce(from, target.oid, context)) {
    throw errorAt(
      translation,
      context === 'assignment' ? SQLSTATE.datatype_mismatch : SQLSTATE.cannot_coerce,
      location,
      `cannot cast type ${formatPostgresType(typeOf(from))} to ${formatPostgresType(typeOf(target.oid))}`,
    );
  }
  return castSql(expression, target, context);
}

const INTEGERS: ReadonlySet<number> = new Set([OID.int2, OID.int4, OID.int8]);

/** A whole number's constant as a constant of another such type; null where it is out of that type's range. */
function integerIn(translation: Translation, text: string, from: number, target: PostgresColumnType): Typed | null {
  const size = INTEGERS.has(from) ? integerSize(target.oid) : null;
  return size !== null && BigInt.asIntN(size, BigInt(text)) === BigInt(text) ? literalOf(text, target, translation.environment) : null;
}

function integerSize(oid: number): number | null {
  return oid === OID.int2 ? 16 : oid === OID.int4 ? 32 : oid === OID.int8 ? 64 : null;
}

/** An untyped literal or parameter as text, anything else as it is: what an output column or a DuckDB function gets. */
export function settle(translation: Translation, expression: Typed): Typed {
  return isUntyped(expression) ? coerce(translation, expression, typeOf(OID.text), 'implicit') : expression;
}

/** 22001 for a text that a column is too short for; spaces past its end are dropped. PostgreSQL finds that when it runs, and names no place. */
function requireLength(translation: Translation, text: string | null, target: PostgresColumnType): void {
  const isLimited = (target.oid === OID.varchar || target.oid === OID.bpchar) && target.modifier >= 4;
  if (text !== null && isLimited && Array.from(text.replace(/ +$/, '')).length > target.modifier - 4) {
    throw errorAt(translation, SQLSTATE.string_data_right_truncation, -1, `value too long for type ${formatPostgresType(target)}`);
  }
}

function bindParameter(
  translation: Translation,
  expression: Typed,
  number: number,
  target: PostgresColumnType,
  context: CoercionContext,
  location: number | undefined,
): Typed {
  const types = translation.shared.parameterTypes;
  const known = types[number - 1] ?? 0;
  const oid = target.oid === OID.unknown ? OID.text : target.oid;
  if (known === 0) {
    types[number - 1] = oid;
  } else if (known !== oid) {
    throw errorAt(translation, SQLSTATE.ambiguous_parameter, location, `inconsistent types deduced for parameter $${number}`, {
      detail: `${formatPostgresType(typeOf(known))} versus ${formatPostgresType(typeOf(oid))}`,
    });
  }
  const open: Typed = { sql: expression.sql, type: typeOf(oid), wholeParameter: number };
  return target.modifier === -1 ? open : castSql(open, target, context);
}

/** A literal of a type, with the literal's place on errors. */
export function literalAt(translation: Translation, text: string | null, target: PostgresColumnType, location: number | undefined): Typed {
  try {
    return literalOf(text, target, translation.environment);
  } catch (error) {
    if (error instanceof SqlError && error.position === undefined && location !== undefined) {
      const { detail, hint } = error;
      throw errorAt(translation, error.sqlstate, location, error.message, {
        ...(detail === undefined ? {} : { detail }),
        ...(hint === undefined ? {} : { hint }),
      });
    }
    throw error;
  }
}

/** The one type for the branches of CASE, COALESCE, VALUES, UNION, ARRAY[] (Postgres's select_common_type). Null when DuckDB must tell. */
export function commonType(
  translation: Translation,
  expressions: readonly Typed[],
  construct: string,
  location: number | undefined,
): PostgresColumnType | null {
  let chosen: PostgresColumnType | null = null;
  for (const expression of expressions) {
    if (expression.type === null) {
      return null;
    }
    if (isUntyped(expression)) {
      continue;
    }
    if (chosen === null) {
      chosen = expression.type;
      continue;
    }
    if (expression.type.oid === chosen.oid) {
      chosen = expression.type.modifier === chosen.modifier ? chosen : typeOf(chosen.oid);
      continue;
    }
    const category = categoryOf(chosen.oid);
    if (categoryOf(expression.type.oid) !== category) {
      throw errorAt(
        translation,
        SQLSTATE.datatype_mismatch,
        location,
        `${construct} types ${formatPostgresType(typeOf(chosen.oid))} and ${formatPostgresType(typeOf(expression.type.oid))} cannot be matched`,
      );
    }
    const preferred = postgresTypeByOid(chosen.oid)?.preferred ?? false;
    if (!preferred && isImplicitlyCoercible(chosen.oid, expression.type.oid) && !isImplicitlyCoercible(expression.type.oid, chosen.oid)) {
      chosen = typeOf(expression.type.oid);
    } else {
      chosen = typeOf(chosen.oid);
    }
  }
  return chosen ?? typeOf(OID.text);
}

export { invalidInput };
