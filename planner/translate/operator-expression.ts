import { SQLSTATE } from '../sqlstate.js';
import type { Node, OperatorExpression } from '../parse/syntax-tree.js';
import { listItems, stringValues } from '../parse/syntax-tree.js';
import { OID, postgresTypeByOid } from '../types/postgres-type.js';
import { coerce, commonType } from './coercion.js';
import { translateExpression } from './recursion.js';
import { binaryOperator, comparablePair, prefixOperator } from './operators.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { errorAt, unsupported } from './translation.js';
import type { Typed } from './typed.js';
import { isUntyped, oidOf, otherValue, typed, typeNameOf, typeOf } from './typed.js';

/** Operators and the predicates Postgres's grammar writes as operators: IN, BETWEEN, LIKE, ANY, IS DISTINCT FROM, NULLIF. */
export function translateOperator(translation: Translation, scope: Scope, expression: OperatorExpression): Typed {
  const name = stringValues(expression.name).at(-1) ?? '';
  const location = expression.location;
  const right = (): Typed => translateExpression(translation, scope, required(translation, expression.rexpr));
  const left = (): Typed => translateExpression(translation, scope, required(translation, expression.lexpr));
  const kind = expression.kind ?? 'AEXPR_OP';
  switch (kind) {
    case 'AEXPR_OP':
      if (expression.lexpr === undefined) {
        return prefixOperator(translation, name, right(), location);
      }
      return rowComparison(translation, scope, name, expression) ?? binaryOperator(translation, name, left(), right(), location);
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return likeOperator(translation, scope, name, expression);
    case 'AEXPR_SIMILAR':
      return similarOperator(translation, scope, name, expression);
    case 'AEXPR_IN':
      return inList(translation, scope, name, expression);
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return between(translation, scope, expression);
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const [a, b] = comparablePair(translation, '=', left(), right(), location);
      return typed(`(${a.sql} IS ${expression.kind === 'AEXPR_DISTINCT' ? '' : 'NOT '}DISTINCT FROM ${b.sql})`, OID.bool);
    }
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      return quantified(translation, scope, name, left(), right(), expression.kind === 'AEXPR_OP_ANY' ? 'ANY' : 'ALL', location);
    case 'AEXPR_NULLIF': {
      const value = left();
      const [a, b] = comparablePair(translation, '=', value, right(), location);
      return otherValue(a, `nullif(${a.sql}, ${b.sql})`);
    }
  }
}

function required(translation: Translation, node: Node | undefined): Node {
  if (node === undefined) {
    throw unsupported(translation, 'an operator without its operand');
  }
  return node;
}

function rowComparison(translation: Translation, scope: Scope, name: string, expression: OperatorExpression): Typed | null {
  const { lexpr, rexpr } = expression;
  if (lexpr === undefined || rexpr === undefined || !('RowExpr' in lexpr) || !('RowExpr' in rexpr)) {
    return null;
  }
  const lefts = lexpr.RowExpr.args ?? [];
  const rights = rexpr.RowExpr.args ?? [];
  if (lefts.length !== rights.length) {
    throw errorAt(translation, SQLSTATE.syntax_error, expression.location, 'unequal number of entries in row expressions');
  }
  const pairs = lefts.map((item, index) => {
    const a = translateExpression(translation, scope, item);
    const b = translateExpression(translation, scope, rights[index] ?? item);
    return comparablePair(translation, name, a, b, expression.location);
  });
  if (name === '=' || name === '<>') {
    const parts = pairs.map(([a, b]) => `(${a.sql} ${name} ${b.sql})`);
    return typed(`(${parts.join(name === '=' ? ' AND ' : ' OR ')})`, OID.bool);
  }
  const strict = name.charAt(0);
  let sql = '';
  for (let index = pairs.length - 1; index >= 0; index--) {
    const pair = pairs[index];
    if (pair === undefined) {
      continue;
    }
    const [a, b] = pair;
    sql = sql === '' ? `(${a.sql} ${name} ${b.sql})` : `((${a.sql} ${strict} ${b.sql}) OR ((${a.sql} = ${b.sql}) AND ${sql}))`;
  }
  return typed(sql, OID.bool);
}

function likeOperator(translation: Translation, scope: Scope, name: string, expression: OperatorExpression): Typed {
  const pattern = required(translation, expression.rexpr);
  const subject = translateExpression(translation, scope, required(translation, expression.lexpr));
  if ('FuncCall' in pattern && stringValues(pattern.FuncCall.funcname).at(-1) === 'like_escape') {
    const [text, escape] = (pattern.FuncCall.args ?? []).map((argument) =>
      coerce(translation, translateExpression(translation, scope, argument), typeOf(OID.text), 'implicit', expression.location),
    );
    const word = name.startsWith('!') ? 'NOT ' : '';
    const value = coerce(translation, subject, typeOf(OID.text), 'implicit', expression.location);
    return typed(`(${value.sql} ${word}${name.endsWith('*') ? 'ILIKE' : 'LIKE'} ${text?.sql ?? 'NULL'} ESCAPE ${escape?.sql ?? "'\\'"})`, OID.bool);
  }
  return binaryOperator(translation, name, subject, translateExpression(translation, scope, pattern), expression.location);
}

function similarOperator(translation: Translation, scope: Scope, name: string, expression: OperatorExpression): Typed {
  const subject = coerce(
    translation,
    translateExpression(translation, scope, required(translation, expression.lexpr)),
    typeOf(OID.text),
    'implicit',
    expression.location,
  );
  const call = required(translation, expression.rexpr);
  const args = 'FuncCall' in call ? (call.FuncCall.args ?? []) : [call];
  const first = args[0];
  const pattern = first === undefined ? null : translateExpression(translation, scope, first);
  if (pattern === null || typeof pattern.literal !== 'string') {
    throw unsupported(translation, 'SIMILAR TO a pattern that is no constant', expression.location);
  }
  const sql = `regexp_full_match(${subject.sql}, '${similarPattern(pattern.literal).replaceAll("'", "''")}', 's')`;
  return typed(name.startsWith('!') ? `(NOT ${sql})` : sql, OID.bool);
}

/** SQL's pattern language in RE2's: % and _ are wildcards, the rest of the metacharacters are regular-expression ones. */
function similarPattern(pattern: string): string {
  return pattern.replace(/\\.|[%_.^$]/g, (part) => (part === '%' ? '.*' : part === '_' ? '.' : part.length === 2 ? part : `\\${part}`));
}

function inList(translation: Translation, scope: Scope, name: string, expression: OperatorExpression): Typed {
  const subjectNode = required(translation, expression.lexpr);
  const items = listItems(expression.rexpr);
  const word = name === '<>' ? 'NOT IN' : 'IN';
  if ('RowExpr' in subjectNode) {
    const comparisons = items.map((item) => rowComparison(translation, scope, '=', { ...expression, rexpr: item })?.sql ?? 'NULL');
    return typed(`(${word === 'IN' ? '' : 'NOT '}(${comparisons.join(' OR ')}))`, OID.bool);
  }
  const subject = translateExpression(translation, scope, subjectNode);
  const values = items.map((item) => translateExpression(translation, scope, item));
  const type = commonType(translation, [subject, ...values], 'IN', expression.location);
  if (type === null) {
    return typed(`(${subject.sql} ${word} (${values.map((value) => value.sql).join(', ')}))`, OID.bool);
  }
  const [side] = comparablePair(translation, '=', subject, { sql: 'NULL', type: typeOf(type.oid) }, expression.location);
  const list = values.map((value) => comparablePair(translation, '=', isUntyped(subject) ? side : subject, value, expression.location)[1].sql);
  return typed(`(${side.sql} ${word} (${list.join(', ')}))`, OID.bool);
}

function between(translation: Translation, scope: Scope, expression: OperatorExpression): Typed {
  const subject = translateExpression(translation, scope, required(translation, expression.lexpr));
  const bounds = listItems(expression.rexpr).map((bound) => translateExpression(translation, scope, bound));
  const location = expression.location;
  const low = bounds[0] ?? subject;
  const high = bounds[1] ?? subject;
  const [a, from] = comparablePair(translation, '>=', subject, low, location);
  const [b, to] = comparablePair(translation, '<=', isUntyped(subject) ? a : subject, high, location);
  const negated = expression.kind === 'AEXPR_NOT_BETWEEN' || expression.kind === 'AEXPR_NOT_BETWEEN_SYM' ? 'NOT ' : '';
  if (expression.kind === 'AEXPR_BETWEEN_SYM' || expression.kind === 'AEXPR_NOT_BETWEEN_SYM') {
    const ordered = `(((${a.sql} >= ${from.sql}) AND (${b.sql} <= ${to.sql})) OR ((${a.sql} >= ${to.sql}) AND (${b.sql} <= ${from.sql})))`;
    return typed(negated === '' ? ordered : `(NOT ${ordered})`, OID.bool);
  }
  return a.sql === b.sql
    ? typed(`(${a.sql} ${negated}BETWEEN ${from.sql} AND ${to.sql})`, OID.bool)
    : typed(`(${negated}((${a.sql} >= ${from.sql}) AND (${b.sql} <= ${to.sql})))`, OID.bool);
}

/** `x = ANY(array)`. */
/** `value = ANY (array)` without the subquery DuckDB makes of it, which it refuses in the ON of an outer join. */
function isElement(value: string, array: string): string {
  return (
    `CASE WHEN ${array} IS NULL THEN NULL WHEN len(${array}) = 0 THEN false WHEN ${value} IS NULL THEN NULL WHEN list_contains(${array}, ${value}) THEN true ` +
    `WHEN len(${array}) <> list_count(${array}) THEN NULL ELSE false END`
  );
}

function quantified(translation: Translation, scope: Scope, name: string, left: Typed, right: Typed, word: 'ANY' | 'ALL', location: number | undefined): Typed {
  let array = right;
  let value = left;
  if (isUntyped(right)) {
    const element = isUntyped(left) || left.type === null ? OID.text : left.type.oid === OID.varchar ? OID.text : left.type.oid;
    array = coerce(translation, right, typeOf(postgresTypeByOid(element)?.arrayOid ?? 1009), 'implicit', location);
  }
  const elementOid = postgresTypeByOid(oidOf(array))?.elementOid ?? 0;
  if (array.type !== null && elementOid === 0) {
    throw errorAt(translation, SQLSTATE.wrong_object_type, location, `op ${word} (array) requires array on right side`, {
      detail: `the right side is ${typeNameOf(array)}`,
    });
  }
  if (isUntyped(value)) {
    value = coerce(translation, value, typeOf(elementOid === 0 ? OID.text : elementOid), 'implicit', location);
  }
  if (scope.clause === 'on' && word === 'ANY' && name === '=') {
    return typed(isElement(value.sql, array.sql), OID.bool);
  }
  const comparisonNames: readonly string[] = ['=', '<>', '!=', '<', '>', '<=', '>='];
  if (comparisonNames.includes(name)) {
    const sql = `(${value.sql} ${name === '!=' ? '<>' : name} ${word}(${array.sql}))`;
    // DuckDB takes a NULL array for an empty one.
    return typed(array.sql.startsWith('[') || right.literal !== undefined ? sql : `CASE WHEN ${array.sql} IS NOT NULL THEN ${sql} END`, OID.bool);
  }
  const each = binaryOperator(translation, name, value, { sql: 'e', type: elementOid === 0 ? null : typeOf(elementOid) }, location);
  const aggregate = word === 'ANY' ? 'list_bool_or' : 'list_bool_and';
  return typed(`coalesce(${aggregate}(list_transform(${array.sql}, lambda e: ${each.sql})), ${word === 'ANY' ? 'false' : 'true'})`, OID.bool);
}
