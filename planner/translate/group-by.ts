import { SQLSTATE } from '../sqlstate.js';
import type { Node, SelectStmt } from '../parse/syntax-tree.js';
import { stringValues } from '../parse/syntax-tree.js';
import { settle } from './coercion.js';
import { locationOf } from './location.js';
import { translateExpression } from './recursion.js';
import type { Scope } from './scope.js';
import type { QueryColumn } from './query-shape.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';

/** ` GROUP BY ...` or empty. Names mean input columns first, output columns second; integers are output columns. */
export function translateGroupBy(translation: Translation, scope: Scope, select: SelectStmt, targets: readonly QueryColumn[]): string {
  const items = select.groupClause ?? [];
  if (items.length === 0) {
    return '';
  }
  return ` GROUP BY ${items.map((item) => groupItem(translation, scope, item, targets, true)).join(', ')}`;
}

function groupItem(translation: Translation, scope: Scope, item: Node, targets: readonly QueryColumn[], top: boolean): string {
  if ('GroupingSet' in item) {
    const content = (item.GroupingSet.content ?? []).map((part) => groupItem(translation, scope, part, targets, false)).join(', ');
    switch (item.GroupingSet.kind) {
      case 'GROUPING_SET_ROLLUP':
        return `ROLLUP (${content})`;
      case 'GROUPING_SET_CUBE':
        return `CUBE (${content})`;
      case 'GROUPING_SET_SETS':
        return `GROUPING SETS (${content})`;
      case 'GROUPING_SET_EMPTY':
        return '()';
      case 'GROUPING_SET_SIMPLE':
      case undefined:
        return `(${content})`;
    }
  }
  if ('RowExpr' in item) {
    const parts = (item.RowExpr.args ?? []).map((part) => groupItem(translation, scope, part, targets, top));
    return top ? parts.join(', ') : `(${parts.join(', ')})`;
  }
  const index = targetIndex(translation, scope, item, targets);
  const target = index === null ? undefined : targets[index];
  if (index !== null && target !== undefined) {
    return top && target.value.type !== null ? String(index + 1) : settle(translation, target.value).sql;
  }
  return settle(translation, translateExpression(translation, scope, item)).sql;
}

/** The output column a GROUP BY item names by number, or by a name no input column has. */
export function targetIndex(translation: Translation, scope: Scope, item: Node, targets: readonly QueryColumn[]): number | null {
  if ('A_Const' in item && item.A_Const.ival !== undefined) {
    const position = item.A_Const.ival.ival ?? 0;
    if (position < 1 || position > targets.length) {
      throw errorAt(translation, SQLSTATE.invalid_column_reference, locationOf(item), `GROUP BY position ${position} is not in select list`);
    }
    return position - 1;
  }
  if ('ColumnRef' in item && (item.ColumnRef.fields ?? []).length === 1) {
    const name = stringValues(item.ColumnRef.fields)[0];
    const isInput = scope.namespace.columns.some((column) => column.name === name);
    const index = isInput ? -1 : targets.findIndex((target) => target.name === name);
    return index < 0 ? null : index;
  }
  return null;
}
