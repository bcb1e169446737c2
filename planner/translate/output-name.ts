import type { Node } from '../parse/syntax-tree.js';
import { stringValues } from '../parse/syntax-tree.js';

/** The name of an output column without AS, by Postgres's rules (FigureColname in its parser). */
export function outputName(node: Node): string {
  return figure(node)?.name ?? '?column?';
}

interface FiguredName {
  readonly name: string;
  /** A weak name (a cast's type, `case`) gives way to a better one inside. */
  readonly strong: boolean;
}

function figure(node: Node): FiguredName | null {
  if ('ColumnRef' in node) {
    const name = stringValues(node.ColumnRef.fields).at(-1);
    return name === undefined ? null : { name, strong: true };
  }
  if ('A_Indirection' in node) {
    const name = stringValues(node.A_Indirection.indirection).at(-1);
    if (name !== undefined) {
      return { name, strong: true };
    }
    return node.A_Indirection.arg === undefined ? null : figure(node.A_Indirection.arg);
  }
  if ('FuncCall' in node) {
    const name = stringValues(node.FuncCall.funcname).at(-1);
    return name === undefined ? null : { name, strong: true };
  }
  if ('A_Expr' in node) {
    return node.A_Expr.kind === 'AEXPR_NULLIF' ? { name: 'nullif', strong: true } : null;
  }
  if ('TypeCast' in node) {
    const inner = node.TypeCast.arg === undefined ? null : figure(node.TypeCast.arg);
    if (inner !== null && inner.strong) {
      return inner;
    }
    const type = stringValues(node.TypeCast.typeName?.names).at(-1);
    return type === undefined ? inner : { name: type, strong: false };
  }
  if ('CollateClause' in node) {
    return node.CollateClause.arg === undefined ? null : figure(node.CollateClause.arg);
  }
  if ('CaseExpr' in node) {
    const inner = node.CaseExpr.defresult === undefined ? null : figure(node.CaseExpr.defresult);
    return inner !== null && inner.strong ? inner : { name: 'case', strong: false };
  }
  if ('SubLink' in node) {
    return figureSubLink(node.SubLink);
  }
  if ('A_ArrayExpr' in node) {
    return { name: 'array', strong: true };
  }
  if ('RowExpr' in node) {
    return { name: 'row', strong: true };
  }
  if ('CoalesceExpr' in node) {
    return { name: 'coalesce', strong: true };
  }
  if ('MinMaxExpr' in node) {
    return { name: node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest', strong: true };
  }
  if ('GroupingFunc' in node) {
    return { name: 'grouping', strong: true };
  }
  if ('SQLValueFunction' in node) {
    const name = (node.SQLValueFunction.op ?? '')
      .replace(/^SVFOP_/, '')
      .replace(/_N$/, '')
      .toLowerCase();
    return { name, strong: true };
  }
  return null;
}

function figureSubLink(link: Extract<Node, { SubLink: unknown }>['SubLink']): FiguredName | null {
  switch (link.subLinkType ?? 'CTE_SUBLINK') {
    case 'EXISTS_SUBLINK':
      return { name: 'exists', strong: true };
    case 'ARRAY_SUBLINK':
      return { name: 'array', strong: true };
    case 'EXPR_SUBLINK': {
      const select = link.subselect;
      const target = select !== undefined && 'SelectStmt' in select ? select.SelectStmt.targetList?.[0] : undefined;
      if (target === undefined || !('ResTarget' in target)) {
        return null;
      }
      return {
        name: target.ResTarget.name ?? (target.ResTarget.val === undefined ? '?column?' : outputName(target.ResTarget.val)),
        strong: true,
      };
    }
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK':
    case 'ROWCOMPARE_SUBLINK':
    case 'MULTIEXPR_SUBLINK':
    case 'CTE_SUBLINK':
      return null;
  }
}
