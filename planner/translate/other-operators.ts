import { OID } from '../types/postgres-type.js';
import { coerce, commonType, settle } from './coercion.js';
import type { Translation } from './translation.js';
import type { Typed } from './typed.js';
import { categoryOf, isUntyped, oidOf, opaque, typed, typeOf } from './typed.js';

const PATTERN_OPERATORS: Readonly<Record<string, string>> = {
  '~~': 'LIKE',
  '!~~': 'NOT LIKE',
  '~~*': 'ILIKE',
  '!~~*': 'NOT ILIKE',
};

/** Operators that are neither comparisons nor arithmetic; null where there is none of that name for the types. */
export function otherOperator(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): Typed | null {
  const pattern = PATTERN_OPERATORS[name];
  if (pattern !== undefined) {
    return typed(likeSql(asText(translation, left, location), pattern, right, asText(translation, right, location)), OID.bool);
  }
  switch (name) {
    case '||':
      return concatenation(translation, left, right, location);
    case '~':
    case '~*':
    case '!~':
    case '!~*':
      return regularExpression(translation, name, left, right, location);
    case '&':
    case '|':
    case '#':
    case '<<':
    case '>>':
      return bitOperator(translation, name, left, right, location);
    case '->':
    case '->>':
    case '#>':
    case '#>>':
      return jsonOperator(translation, name, left, right);
    case '@>':
    case '<@':
    case '&&':
      return containment(translation, name, left, right, location);
    case '^@':
      return typed(`starts_with(${asText(translation, left, location)}, ${asText(translation, right, location)})`, OID.bool);
    case '~=':
    default:
      return null;
  }
}

/**
 * LIKE, where a backslash escapes as Postgres has it. DuckDB matches patterns without escapes several times faster, and prunes
 * by them; those of parameters are looked at when their values are there: DuckDB folds the CASE away.
 */
function likeSql(subject: string, operator: string, pattern: Typed, patternSql: string): string {
  const plain = `(${subject} ${operator} ${patternSql})`;
  const escaping = `(${subject} ${operator} ${patternSql} ESCAPE '\\')`;
  const text = pattern.literal ?? pattern.text;
  if (typeof text === 'string') {
    return text.includes('\\') ? escaping : plain;
  }
  return pattern.parameter === undefined && pattern.wholeParameter === undefined
    ? escaping
    : `CASE WHEN contains(${patternSql}, '\\') THEN ${escaping} ELSE ${plain} END`;
}

function asText(translation: Translation, expression: Typed, location: number | undefined): string {
  const settled = isUntyped(expression) ? coerce(translation, expression, typeOf(OID.text), 'implicit', location) : expression;
  if (oidOf(settled) === OID.bpchar) {
    // char(n) loses its padding when it becomes text.
    return `rtrim(${settled.sql}, ' ')`;
  }
  return oidOf(settled) === OID.name || categoryOf(oidOf(settled)) === 'S' || settled.type === null
    ? settled.sql
    : coerce(translation, settled, typeOf(OID.text), 'explicit', location).sql;
}

function regularExpression(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): Typed {
  const options = name.endsWith('*') ? 'i' : '';
  const pattern =
    right.literal === undefined || right.literal === null
      ? asText(translation, right, location)
      : asText(translation, { ...right, literal: duckdbPattern(right.literal) }, location);
  // Postgres's dot matches newlines and its anchors only the whole text's ends: RE2's option s.
  const call = `regexp_matches(${asText(translation, left, location)}, ${pattern}, 's${options}')`;
  return typed(name.startsWith('!') ? `(NOT ${call})` : call, OID.bool);
}

/** Postgres's escapes that RE2 spells another way: word boundaries and the embedded-option prefix. */
export function duckdbPattern(pattern: string): string {
  return pattern
    .replace(/^\*\*\*:/, '')
    .replace(/\\[yY]/g, (escape) => (escape === '\\y' ? '\\b' : '\\B'))
    .replace(/\\A/g, '\\A')
    .replace(/\\Z/g, '\\z')
    .replace(/\[\[:<:\]\]|\[\[:>:\]\]|\\[mM]/g, '\\b');
}

function concatenation(translation: Translation, left: Typed, right: Typed, location: number | undefined): Typed | null {
  const leftIsArray = categoryOf(oidOf(left)) === 'A';
  const rightIsArray = categoryOf(oidOf(right)) === 'A';
  if (leftIsArray || rightIsArray) {
    return arrayConcatenation(translation, left, right, leftIsArray, rightIsArray, location);
  }
  if (left.type === null || right.type === null) {
    return opaque(`(${settle(translation, left).sql} || ${settle(translation, right).sql})`);
  }
  if (oidOf(left) === OID.bytea || oidOf(right) === OID.bytea) {
    const bytes = typeOf(OID.bytea);
    return typed(
      `(${coerce(translation, left, bytes, 'implicit', location).sql} || ${coerce(translation, right, bytes, 'implicit', location).sql})`,
      OID.bytea,
    );
  }
  if (oidOf(left) === OID.jsonb || oidOf(right) === OID.jsonb) {
    return typed(`json_merge_patch(${settle(translation, left).sql}, ${settle(translation, right).sql})`, OID.jsonb);
  }
  const hasText = [left, right].some((side) => isUntyped(side) || categoryOf(oidOf(side)) === 'S');
  if (!hasText) {
    return null;
  }
  const joined = typed(`(${asText(translation, left, location)} || ${asText(translation, right, location)})`, OID.text);
  const [a, b] = [knownText(left), knownText(right)];
  return a === undefined || b === undefined ? joined : { ...joined, text: a === null || b === null ? null : a + b };
}

/** Types whose text in `||` is the one they are printed in. */
const PLAIN_INTEGERS: ReadonlySet<number> = new Set([OID.int2, OID.int4, OID.int8]);

/** A constant's text as `||` takes it; undefined where it is no constant, or not in the form it is printed in. */
function knownText(side: Typed): string | null | undefined {
  const isPlain = categoryOf(oidOf(side)) === 'S' || PLAIN_INTEGERS.has(oidOf(side));
  return isUntyped(side) ? side.literal : isPlain && oidOf(side) !== OID.bpchar ? side.text : undefined;
}

function arrayConcatenation(
  translation: Translation,
  left: Typed,
  right: Typed,
  leftIsArray: boolean,
  rightIsArray: boolean,
  location: number | undefined,
): Typed {
  const array = leftIsArray ? left : right;
  const type = typeOf(oidOf(array));
  if (leftIsArray && rightIsArray) {
    return { sql: `CASE WHEN ${left.sql} IS NULL THEN ${right.sql} ELSE list_concat(${left.sql}, ${right.sql}) END`, type };
  }
  const other = leftIsArray ? right : left;
  if (isUntyped(other)) {
    const list = coerce(translation, other, type, 'implicit', location);
    if (other.literal === null) {
      return array;
    }
    return {
      sql: leftIsArray ? `list_concat(${left.sql}, ${list.sql})` : `list_concat(${list.sql}, ${right.sql})`,
      type,
    };
  }
  return {
    sql: leftIsArray ? `list_append(coalesce(${left.sql}, []), ${right.sql})` : `list_prepend(${left.sql}, coalesce(${right.sql}, []))`,
    type,
  };
}

function bitOperator(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): Typed {
  const common = commonType(translation, [left, right], name, location);
  const target = common === null || common.oid === OID.text ? typeOf(OID.int4) : common;
  const a = isUntyped(left) ? coerce(translation, left, target, 'implicit', location) : left;
  const b = isUntyped(right) ? coerce(translation, right, target, 'implicit', location) : right;
  const isShift = name === '<<' || name === '>>';
  const type = isShift ? a.type : common;
  const sql = name === '#' ? `xor(${a.sql}, ${b.sql})` : `(${a.sql} ${name} ${b.sql})`;
  return { sql, type };
}

function jsonOperator(translation: Translation, name: string, left: Typed, right: Typed): Typed {
  const json = isUntyped(left) ? coerce(translation, left, typeOf(OID.json), 'implicit') : left;
  const oid = oidOf(json) === OID.jsonb ? OID.jsonb : OID.json;
  if (name === '->' || name === '->>') {
    const key = settle(translation, right);
    const path = oidOf(key) === OID.text ? keyPath(right, key) : key.sql;
    return name === '->' ? typed(`json_extract(${json.sql}, ${path})`, oid) : typed(`json_extract_string(${json.sql}, ${path})`, OID.text);
  }
  const keys = coerce(translation, right, typeOf(1009), 'implicit');
  const pointer = `concat('/', array_to_string(${keys.sql}, '/'))`;
  return name === '#>' ? typed(`json_extract(${json.sql}, ${pointer})`, oid) : typed(`json_extract_string(${json.sql}, ${pointer})`, OID.text);
}

/** A key is a name, never a path: quoted for DuckDB, whose strings starting with $ or / are paths. */
function keyPath(original: Typed, key: Typed): string {
  return typeof original.literal === 'string' && /^\w+$/.test(original.literal) ? key.sql : `concat('$."', ${key.sql}, '"')`;
}

function containment(translation: Translation, name: string, left: Typed, right: Typed, location: number | undefined): Typed | null {
  const array = categoryOf(oidOf(left)) === 'A' ? left : categoryOf(oidOf(right)) === 'A' ? right : null;
  if (array !== null && array.type !== null) {
    const type = typeOf(array.type.oid);
    const a = coerce(translation, left, type, 'implicit', location).sql;
    const b = coerce(translation, right, type, 'implicit', location).sql;
    return typed(name === '&&' ? `list_has_any(${a}, ${b})` : name === '@>' ? `list_has_all(${a}, ${b})` : `list_has_all(${b}, ${a})`, OID.bool);
  }
  if (name !== '&&' && (oidOf(left) === OID.jsonb || oidOf(right) === OID.jsonb)) {
    const a = coerce(translation, left, typeOf(OID.jsonb), 'implicit', location).sql;
    const b = coerce(translation, right, typeOf(OID.jsonb), 'implicit', location).sql;
    return typed(name === '@>' ? `json_contains(${a}, ${b})` : `json_contains(${b}, ${a})`, OID.bool);
  }
  return null;
}
