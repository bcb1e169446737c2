import { SQLSTATE } from '../sqlstate.js';
import type { Node, SelectStmt } from '../parse/syntax-tree.js';
import { stringValues } from '../parse/syntax-tree.js';
import { childNodes } from '../parse/walk.js';
import { duckdbFunctionKind, isWindowFunction, signaturesOf } from './functions/catalog.js';
import type { Scope } from './scope.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';

/** 42803: under GROUP BY or an aggregate, every column outside aggregates must be grouped. */
export function checkGrouping(translation: Translation, scope: Scope, select: SelectStmt): void {
  const grouped = new Set<string>();
  const collect = (item: Node): void => {
    if ('GroupingSet' in item) {
      (item.GroupingSet.content ?? []).forEach(collect);
    } else if ('RowExpr' in item) {
      (item.RowExpr.args ?? []).forEach(collect);
    } else if ('A_Const' in item && item.A_Const.ival !== undefined) {
      const target = select.targetList?.[(item.A_Const.ival.ival ?? 0) - 1];
      if (target !== undefined && 'ResTarget' in target && target.ResTarget.val !== undefined) {
        grouped.add(fingerprint(scope, target.ResTarget.val));
      }
    } else {
      grouped.add(fingerprint(scope, item));
      const name = 'ColumnRef' in item ? stringValues(item.ColumnRef.fields) : [];
      for (const target of select.targetList ?? []) {
        if (name.length === 1 && 'ResTarget' in target && target.ResTarget.name === name[0] && target.ResTarget.val !== undefined) {
          grouped.add(fingerprint(scope, target.ResTarget.val));
        }
      }
    }
  };
  (select.groupClause ?? []).forEach(collect);
  for (const target of select.targetList ?? []) {
    if ('ResTarget' in target && target.ResTarget.val !== undefined) {
      check(translation, scope, grouped, target.ResTarget.val);
    }
  }
  if (select.havingClause !== undefined) {
    check(translation, scope, grouped, select.havingClause);
  }
}

function check(translation: Translation, scope: Scope, grouped: ReadonlySet<string>, node: Node): void {
  if (grouped.has(fingerprint(scope, node)) || isAggregate(node) || 'SubLink' in node || 'GroupingFunc' in node) {
    return;
  }
  if ('ColumnRef' in node) {
    const path = stringValues(node.ColumnRef.fields);
    const isStar = (node.ColumnRef.fields ?? []).some((field) => 'A_Star' in field);
    const name = path.at(-1) ?? '';
    const range =
      path.length > 1
        ? scope.namespace.ranges.find((candidate) => candidate.name === path.at(-2))
        : scope.namespace.ranges.find((candidate) => candidate.columns.some((column) => column.name === name));
    if (isStar || range === undefined || !range.columns.some((column) => column.name === name)) {
      return;
    }
    throw errorAt(
      translation,
      SQLSTATE.grouping_error,
      node.ColumnRef.location,
      `column "${range.name === null ? '' : `${range.name}.`}${name}" must appear in the GROUP BY clause or be used in an aggregate function`,
    );
  }
  for (const child of childNodes(node)) {
    check(translation, scope, grouped, child);
  }
}

function isAggregate(node: Node): boolean {
  if (!('FuncCall' in node)) {
    return false;
  }
  const name = stringValues(node.FuncCall.funcname).at(-1) ?? '';
  if (node.FuncCall.over !== undefined) {
    return false;
  }
  return (
    node.FuncCall.agg_within_group === true ||
    duckdbFunctionKind(name) === 'aggregate' ||
    (!isWindowFunction(name) && signaturesOf(name).some((signature) => signature.aggregate))
  );
}

/** An expression as text without places; columns under their full names, so that `a` and `t.a` are one. */
function fingerprint(scope: Scope, node: Node): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'location' || key === 'list_start' || key === 'list_end' || key === 'rexpr_list_start' || key === 'rexpr_list_end') {
      return undefined;
    }
    if (isColumnFields(value)) {
      const path = stringValues(value);
      const name = path.at(-1) ?? '';
      const range = path.length > 1 ? path.at(-2) : scope.namespace.ranges.find((candidate) => candidate.columns.some((column) => column.name === name))?.name;
      return key === 'fields' ? `${range ?? ''}.${name}` : value;
    }
    return value;
  });
}

function isColumnFields(value: unknown): value is readonly Node[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && 'String' in item);
}
