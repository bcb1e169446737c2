import { SQLSTATE } from '../sqlstate.js';
import type { Node, SelectStmt } from '../parse/syntax-tree.js';
import { OID } from '../types/postgres-type.js';
import { coerce } from './coercion.js';
import { locationOf } from './location.js';
import type { Query, QueryBody } from './query-shape.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';
import type { Typed } from './typed.js';
import { oidOf, typeNameOf, typeOf } from './typed.js';

// SQL nests: expressions hold queries and queries hold expressions. The files of one kind call the other through the
// translation, so that their imports point one way.

/** One expression of Postgres's tree as typed DuckDB SQL. */
export function translateExpression(translation: Translation, scope: Scope, node: Node): Typed {
  return translation.recursion.expression(translation, scope, node);
}

/** A SELECT, VALUES, TABLE or set operation, with its WITH, ORDER BY and LIMIT. Untyped output becomes text. */
export function translateSelect(translation: Translation, parent: Scope | null, select: SelectStmt, parentBlock: number | null): Query {
  return translation.recursion.select(translation, parent, select, parentBlock);
}

/** The same with its output's types still open. */
export function translateBody(translation: Translation, parent: Scope | null, select: SelectStmt, parentBlock: number | null): QueryBody {
  return translation.recursion.body(translation, parent, select, parentBlock);
}

/** An expression that must be boolean: WHERE, ON, HAVING, FILTER, AND. */
export function translateCondition(translation: Translation, scope: Scope, node: Node, clause: string): string {
  const condition = translateExpression(translation, scope, node);
  const oid = oidOf(condition);
  if (oid !== OID.bool && oid !== OID.unknown && oid !== 0) {
    throw errorAt(
      translation,
      SQLSTATE.datatype_mismatch,
      locationOf(node) ?? -1,
      `argument of ${clause} must be type boolean, not type ${typeNameOf(condition)}`,
    );
  }
  return coerce(translation, condition, typeOf(OID.bool), 'implicit', locationOf(node)).sql;
}
