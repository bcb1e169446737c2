import type { Node, SelectStmt } from '../../parse/syntax-tree.js';

/** A column by its table's name and its own. */
export function columnNode(table: string, column: string): Node {
  return { ColumnRef: { fields: [{ String: { sval: table } }, { String: { sval: column } }], location: -1 } };
}

/** `*`. */
export function allOf(): Node {
  return { ResTarget: { val: { ColumnRef: { fields: [{ A_Star: {} }], location: -1 } } } };
}

/** An integer constant. */
export function integerNode(value: number): Node {
  return { A_Const: { ival: { ival: value }, location: -1 } };
}

/** NULL. */
export function nullNode(): Node {
  return { A_Const: { isnull: true, location: -1 } };
}

/** TRUE. */
export function trueNode(): Node {
  return { A_Const: { boolval: { boolval: true }, location: -1 } };
}

/** All of these conditions. */
export function andNode(conditions: readonly Node[]): Node {
  const [only, ...others] = conditions;
  return only !== undefined && others.length === 0 ? only : { BoolExpr: { boolop: 'AND_EXPR', args: [...conditions], location: -1 } };
}

/** Any of these conditions. */
export function orNode(conditions: readonly Node[]): Node {
  const [only, ...others] = conditions;
  return only !== undefined && others.length === 0 ? only : { BoolExpr: { boolop: 'OR_EXPR', args: [...conditions], location: -1 } };
}

/** Not this condition. */
export function notNode(condition: Node): Node {
  return { BoolExpr: { boolop: 'NOT_EXPR', args: [condition], location: -1 } };
}

/** `a = b`. */
export function equalNode(left: Node, right: Node): Node {
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr: left, rexpr: right, location: -1 } };
}

/** IS NULL and IS NOT NULL. */
export function nullTest(value: Node, test: 'is null' | 'is not null'): Node {
  return { NullTest: { arg: value, nulltesttype: test === 'is null' ? 'IS_NULL' : 'IS_NOT_NULL', location: -1 } };
}

/** CASE with conditions; without any it is its default. */
export function caseNode(branches: readonly { readonly when: Node; readonly result: Node }[], otherwise: Node | null): Node {
  if (branches.length === 0) {
    return otherwise ?? nullNode();
  }
  return {
    CaseExpr: {
      args: branches.map(({ when, result }): Node => ({ CaseWhen: { expr: when, result, location: -1 } })),
      ...(otherwise === null ? {} : { defresult: otherwise }),
      location: -1,
    },
  };
}

/** A value as a column of a select list. */
export function resTarget(value: Node): Node {
  return { ResTarget: { val: value } };
}

/** A table in FROM. */
export function rangeVar(schema: string, name: string): Node {
  return { RangeVar: { schemaname: schema, relname: name, inh: true, relpersistence: 'p', alias: { aliasname: name }, location: -1 } };
}

/** A plain SELECT. */
export function selectNode(targets: readonly Node[], from: readonly Node[], where: Node | null, withClause: SelectStmt['withClause'] | null): SelectStmt {
  return {
    targetList: [...targets],
    ...(from.length === 0 ? {} : { fromClause: [...from] }),
    ...(where === null ? {} : { whereClause: where }),
    ...(withClause === null || withClause === undefined ? {} : { withClause }),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
}
