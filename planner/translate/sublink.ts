import { SQLSTATE } from '../sqlstate.js';
import type { SubLink } from '../parse/syntax-tree.js';
import { stringValues } from '../parse/syntax-tree.js';
import { OID, postgresTypeByOid } from '../types/postgres-type.js';
import { translateExpression } from './recursion.js';
import { comparablePair } from './operators.js';
import type { Scope } from './scope.js';
import { translateSelect } from './recursion.js';
import type { Translation } from './translation.js';
import { errorAt, unsupported } from './translation.js';
import type { Typed } from './typed.js';
import { typed, typeOf } from './typed.js';

/** Subqueries in expressions: scalar, EXISTS, IN/ANY/ALL, ARRAY(...). */
export function translateSubLink(translation: Translation, scope: Scope, link: SubLink): Typed {
  const select = link.subselect;
  if (select === undefined || !('SelectStmt' in select)) {
    throw unsupported(translation, 'this subquery', link.location);
  }
  const query = translateSelect(translation, scope, select.SelectStmt, scope.block);
  const first = query.columns[0];
  switch (link.subLinkType ?? 'CTE_SUBLINK') {
    case 'EXISTS_SUBLINK':
      return typed(`EXISTS (${query.sql})`, OID.bool);
    case 'EXPR_SUBLINK':
    case 'ARRAY_SUBLINK': {
      if (first === undefined || query.columns.length !== 1) {
        throw errorAt(translation, SQLSTATE.syntax_error, link.location, 'subquery must return only one column');
      }
      if (link.subLinkType === 'EXPR_SUBLINK') {
        return first.value.scale === undefined
          ? { sql: `(${query.sql})`, type: first.value.type }
          : { sql: `(${query.sql})`, type: first.value.type, scale: first.value.scale };
      }
      const array = first.value.type === null ? 0 : (postgresTypeByOid(first.value.type.oid)?.arrayOid ?? 0);
      return { sql: `ARRAY(${query.sql})`, type: array === 0 ? null : typeOf(array) };
    }
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK':
      return quantifiedSubquery(translation, scope, link, query);
    case 'ROWCOMPARE_SUBLINK':
    case 'MULTIEXPR_SUBLINK':
    case 'CTE_SUBLINK':
      throw unsupported(translation, 'this form of subquery', link.location);
  }
}

function quantifiedSubquery(
  translation: Translation,
  scope: Scope,
  link: SubLink,
  query: { readonly sql: string; readonly columns: readonly { readonly value: Typed }[] },
): Typed {
  const test = link.testexpr;
  if (test === undefined) {
    throw unsupported(translation, 'this form of subquery', link.location);
  }
  const operator = link.operName === undefined ? '=' : (stringValues(link.operName).at(-1) ?? '=');
  const word = link.subLinkType === 'ALL_SUBLINK' ? 'ALL' : 'ANY';
  if ('RowExpr' in test) {
    const fields = (test.RowExpr.args ?? []).map((field) => translateExpression(translation, scope, field));
    if (fields.length !== query.columns.length) {
      throw errorAt(translation, SQLSTATE.syntax_error, link.location, `subquery has too ${fields.length < query.columns.length ? 'many' : 'few'} columns`);
    }
    const pairs = fields.map((field, index) => comparablePair(translation, operator, field, query.columns[index]?.value ?? field, link.location)[0].sql);
    return typed(`((${pairs.join(', ')}) IN (${query.sql}))`, OID.bool);
  }
  const column = query.columns[0];
  if (column === undefined || query.columns.length !== 1) {
    throw errorAt(translation, SQLSTATE.syntax_error, link.location, 'subquery has too many columns');
  }
  const value = translateExpression(translation, scope, test);
  const [side] = comparablePair(translation, operator, value, column.value, link.location);
  if (operator === '=' && word === 'ANY') {
    return typed(`(${side.sql} IN (${query.sql}))`, OID.bool);
  }
  if (operator === '<>' && word === 'ALL') {
    return typed(`(${side.sql} NOT IN (${query.sql}))`, OID.bool);
  }
  return typed(`(${side.sql} ${operator === '!=' ? '<>' : operator} ${word} (${query.sql}))`, OID.bool);
}
