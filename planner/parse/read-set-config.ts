import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { ParsedStatement } from './statement.js';
import { positionOf } from './statement.js';
import type { Node } from './syntax-tree.js';
import { scalarText, stringValues } from './syntax-tree.js';

/** An argument of set_config: a constant (null for NULL) or a parameter by its number. */
export type SetConfigArgument = { readonly kind: 'constant'; readonly text: string | null } | { readonly kind: 'parameter'; readonly number: number };

/** One call of set_config as an output column. */
export interface SetConfigCall {
  readonly columnName: string;
  readonly name: SetConfigArgument;
  readonly value: SetConfigArgument;
  readonly isLocal: SetConfigArgument;
}

/**
 * The calls of `SELECT set_config(...), ...`, a SELECT that does nothing else; null for any other statement. Such a
 * SELECT is a SET in disguise, and how drivers and dumps set what SET cannot take a parameter for.
 */
export function readSetConfig(statement: ParsedStatement): readonly SetConfigCall[] | null {
  if (!/set_config/i.test(statement.text) || statement.node === null || !('SelectStmt' in statement.node)) {
    return null;
  }
  const { targetList = [], fromClause, whereClause, withClause, larg, limitCount, limitOffset } = statement.node.SelectStmt;
  const isBare = [fromClause, whereClause, withClause, larg, limitCount, limitOffset].every((clause) => clause === undefined);
  const calls = targetList.map((target) => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    const names = value !== undefined && 'FuncCall' in value ? stringValues(value.FuncCall.funcname) : [];
    return value !== undefined && 'FuncCall' in value && names.at(-1) === 'set_config' && (names.length === 1 || names[0] === 'pg_catalog')
      ? { call: value.FuncCall, columnName: ('ResTarget' in target ? target.ResTarget.name : undefined) ?? 'set_config' }
      : null;
  });
  if (!isBare || !calls.every((call) => call !== null)) {
    return null;
  }
  return calls.map(({ call, columnName }) => {
    const [name, value, isLocal, ...others] = (call.args ?? []).map(readArgument);
    if (name === undefined || value === undefined || isLocal === undefined || others.length > 0) {
      const position = positionOf(statement.source, call.location);
      throw new SqlError(
        SQLSTATE.feature_not_supported,
        'set_config takes three arguments, each a constant or a parameter',
        position === undefined ? {} : { position },
      );
    }
    return { columnName, name, value, isLocal };
  });
}

/** An argument that is a constant or a parameter, with or without a cast; undefined for anything else. */
export function readArgument(node: Node): SetConfigArgument | undefined {
  const inner = 'TypeCast' in node && node.TypeCast.arg !== undefined ? node.TypeCast.arg : node;
  if ('ParamRef' in inner) {
    return { kind: 'parameter', number: inner.ParamRef.number ?? 0 };
  }
  if ('A_Const' in inner && inner.A_Const.isnull === true) {
    return { kind: 'constant', text: null };
  }
  const text = scalarText(inner);
  return text === undefined ? undefined : { kind: 'constant', text };
}
