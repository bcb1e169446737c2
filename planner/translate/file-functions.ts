import type { FuncCall, Node } from '../parse/syntax-tree.js';
import { nodeTag, stringValues } from '../parse/syntax-tree.js';
import { childNodes } from '../parse/walk.js';
import type { ParsedStatement } from '../parse/statement.js';
import { positionOf } from '../parse/statement.js';
import { quoteText } from '../types/data-type.js';
import type { FileFunctionCall } from './environment.js';

/** Table functions that read data files under the roots. */
export const FILE_FUNCTIONS: ReadonlySet<string> = new Set([
  'read_parquet',
  'parquet_scan',
  'read_csv',
  'read_csv_auto',
  'read_json',
  'read_json_auto',
  'read_ndjson',
  'read_ndjson_auto',
]);

/** Every call of a file-reading table function in a statement, in text order. */
export function collectFileFunctions(statement: ParsedStatement): readonly FileFunctionCall[] {
  const found: FileFunctionCall[] = [];
  const visit = (node: Node): void => {
    if ('FuncCall' in node) {
      const call = fileFunctionCall(node.FuncCall, positionOf(statement.source, node.FuncCall.location) ?? 1);
      if (call !== null) {
        found.push(call);
      }
    }
    childNodes(node).forEach(visit);
  };
  if (statement.node !== null) {
    visit(statement.node);
  }
  return found;
}

/** A call as data: constant paths and named constant options; null for other functions and for arguments that are no constants. */
export function fileFunctionCall(call: FuncCall, position: number): FileFunctionCall | null {
  const name = stringValues(call.funcname).at(-1) ?? '';
  if (!FILE_FUNCTIONS.has(name)) {
    return null;
  }
  const paths: string[] = [];
  const options: Record<string, string> = {};
  for (const argument of call.args ?? []) {
    const named = namedArgument(argument);
    if (named !== null) {
      const literal = constantSql(named.value);
      if (literal === null) {
        return null;
      }
      options[named.name] = literal;
      continue;
    }
    const texts = 'A_ArrayExpr' in argument ? (argument.A_ArrayExpr.elements ?? []) : [argument];
    for (const text of texts) {
      if (!('A_Const' in text) || text.A_Const.sval === undefined) {
        return null;
      }
      paths.push(text.A_Const.sval.sval ?? '');
    }
  }
  return { function: name, paths, options, position };
}

/** `name => value`, `name := value`, or DuckDB's `name = value`. */
function namedArgument(node: Node): { readonly name: string; readonly value: Node } | null {
  if ('NamedArgExpr' in node && node.NamedArgExpr.arg !== undefined) {
    return { name: node.NamedArgExpr.name ?? '', value: node.NamedArgExpr.arg };
  }
  if (
    'A_Expr' in node &&
    node.A_Expr.kind === 'AEXPR_OP' &&
    stringValues(node.A_Expr.name)[0] === '=' &&
    node.A_Expr.lexpr !== undefined &&
    node.A_Expr.rexpr !== undefined
  ) {
    const left = node.A_Expr.lexpr;
    return 'ColumnRef' in left ? { name: stringValues(left.ColumnRef.fields)[0] ?? '', value: node.A_Expr.rexpr } : null;
  }
  return null;
}

/** A constant argument as a SQL literal; null for anything that is none. */
function constantSql(node: Node): string | null {
  if ('A_ArrayExpr' in node) {
    const items = (node.A_ArrayExpr.elements ?? []).map(constantSql);
    return items.includes(null) ? null : `[${items.join(', ')}]`;
  }
  if (nodeTag(node) !== 'A_Const' || !('A_Const' in node)) {
    return null;
  }
  const constant = node.A_Const;
  if (constant.sval !== undefined) {
    return quoteText(constant.sval.sval ?? '');
  }
  if (constant.boolval !== undefined) {
    return constant.boolval.boolval === true ? 'true' : 'false';
  }
  return constant.ival !== undefined ? String(constant.ival.ival ?? 0) : (constant.fval?.fval ?? 'NULL');
}
