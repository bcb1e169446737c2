import { SQLSTATE } from '../sqlstate.js';
import type { Node, SelectStmt } from '../parse/syntax-tree.js';
import { OID } from '../types/postgres-type.js';
import { coerce } from './coercion.js';
import { locationOf } from './location.js';
import { translateExpression } from './recursion.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { errorAt, unsupported } from './translation.js';
import { typeOf } from './typed.js';

/** LIMIT and OFFSET; NULL and ALL mean none. */
export function translateLimit(translation: Translation, scope: Scope, select: SelectStmt): string {
  scope.clause = 'limit';
  if (select.limitOption === 'LIMIT_OPTION_WITH_TIES') {
    throw unsupported(translation, 'FETCH FIRST ... WITH TIES');
  }
  const count = limitValue(translation, scope, select.limitCount, 'LIMIT');
  const offset = limitValue(translation, scope, select.limitOffset, 'OFFSET');
  return `${count === null ? '' : ` LIMIT ${count}`}${offset === null ? '' : ` OFFSET ${offset}`}`;
}

function limitValue(translation: Translation, scope: Scope, node: Node | undefined, word: string): string | null {
  if (node === undefined || ('A_Const' in node && node.A_Const.isnull === true)) {
    return null;
  }
  const constant = 'A_Const' in node ? node.A_Const.ival?.ival : undefined;
  if (constant !== undefined && constant < 0) {
    throw errorAt(
      translation,
      word === 'LIMIT' ? SQLSTATE.invalid_row_count_in_limit_clause : SQLSTATE.invalid_row_count_in_result_offset_clause,
      locationOf(node),
      `${word} must not be negative`,
    );
  }
  const value = translateExpression(translation, scope, node);
  return constant === undefined ? coerce(translation, value, typeOf(OID.int8), 'assignment', locationOf(node)).sql : value.sql;
}
