import { SqlError } from '../sql-error.js';
import { SQLSTATE } from '../sqlstate.js';
import type { ParsedStatement } from './statement.js';
import { positionOf } from './statement.js';
import type { FuncCall, Node } from './syntax-tree.js';
import { scalarText, stringValues } from './syntax-tree.js';

/** An argument of CALL: a constant (null for NULL) or a parameter by its number; `name` is null for one by position. */
export interface CallArgument {
  readonly name: string | null;
  readonly value: { readonly kind: 'constant'; readonly text: string | null } | { readonly kind: 'parameter'; readonly number: number };
}

/** CALL. */
export interface CallRequest {
  readonly schema: string | undefined;
  readonly procedure: string;
  readonly arguments: readonly CallArgument[];
  /** 1-based character position of the procedure's name. */
  readonly position: number | undefined;
}

/** Reads CALL; arguments that are neither constants nor parameters are 0A000. */
export function readCall(statement: ParsedStatement): CallRequest {
  const { node } = statement;
  const call = node !== null && 'CallStmt' in node ? node.CallStmt.funccall : undefined;
  if (call === undefined) {
    throw new Error('not a CALL statement');
  }
  const names = stringValues(call.funcname);
  return {
    schema: names.at(-2),
    procedure: names.at(-1) ?? '',
    arguments: (call.args ?? []).map((argument) => readArgument(statement, call, argument)),
    position: positionOf(statement.source, call.location),
  };
}

function readArgument(statement: ParsedStatement, call: FuncCall, node: Node): CallArgument {
  if ('NamedArgExpr' in node) {
    const { name, arg } = node.NamedArgExpr;
    return { ...(arg === undefined ? { value: { kind: 'constant', text: null } } : readArgument(statement, call, arg)), name: name ?? '' };
  }
  const inner = 'TypeCast' in node && node.TypeCast.arg !== undefined ? node.TypeCast.arg : node;
  if ('ParamRef' in inner) {
    return { name: null, value: { kind: 'parameter', number: inner.ParamRef.number ?? 0 } };
  }
  if ('A_Const' in inner) {
    return { name: null, value: { kind: 'constant', text: scalarText(inner) ?? null } };
  }
  const position = positionOf(statement.source, call.location);
  throw new SqlError(SQLSTATE.feature_not_supported, 'arguments of CALL must be constants or parameters', position === undefined ? {} : { position });
}
