import { SQLSTATE } from '../sqlstate.js';
import type { Node, SelectStmt } from '../parse/syntax-tree.js';
import { nodeTag, stringValues } from '../parse/syntax-tree.js';
import { settle } from './coercion.js';
import { locationOf } from './location.js';
import { translateExpression } from './recursion.js';
import { sortItem } from './order.js';
import type { Scope } from './scope.js';
import type { QueryColumn } from './query-shape.js';
import type { Translation } from './translation.js';
import { errorAt } from './translation.js';

/** ` ORDER BY ...` or empty. Names mean output columns first; `outputOnly` where rows no longer have anything else. */
export function translateOrderBy(translation: Translation, scope: Scope, items: readonly Node[], targets: readonly QueryColumn[], outputOnly: boolean): string {
  const parts: string[] = [];
  for (const item of items) {
    if ('SortBy' in item && item.SortBy.node !== undefined) {
      const value = sortValue(translation, scope, item.SortBy.node, targets, outputOnly);
      parts.push(sortItem(translation, item.SortBy, { sql: value, type: null }));
    }
  }
  return parts.length === 0 ? '' : ` ORDER BY ${parts.join(', ')}`;
}

function sortValue(translation: Translation, scope: Scope, node: Node, targets: readonly QueryColumn[], outputOnly: boolean): string {
  const index = outputIndex(translation, node, targets, 'ORDER BY');
  if (index !== null) {
    return String(index + 1);
  }
  if (outputOnly && scope.namespace.columns.length === 0 && nodeTag(node) === 'ColumnRef' && 'ColumnRef' in node && scope.namespace.ranges.length === 0) {
    const name = stringValues(node.ColumnRef.fields).at(-1) ?? '';
    throw errorAt(translation, SQLSTATE.undefined_column, locationOf(node), `column "${name}" does not exist`);
  }
  const value = settle(translation, translateExpression(translation, scope, node));
  const same = targets.findIndex((target) => target.value.sql === value.sql);
  if (same >= 0) {
    return String(same + 1);
  }
  if (outputOnly && scope.namespace.ranges.length > 0) {
    throw errorAt(translation, SQLSTATE.invalid_column_reference, locationOf(node), 'for SELECT DISTINCT, ORDER BY expressions must appear in select list');
  }
  // A lone integer would be read as a column's number.
  return /^\d+$/.test(value.sql) ? `(${value.sql} + 0)` : value.sql;
}

/** The output column that an item names or numbers; null for expressions. */
function outputIndex(translation: Translation, node: Node, targets: readonly QueryColumn[], clause: string): number | null {
  if ('A_Const' in node) {
    const position = node.A_Const.ival?.ival ?? (node.A_Const.ival === undefined ? undefined : 0);
    if (position === undefined) {
      throw errorAt(translation, SQLSTATE.syntax_error, locationOf(node), `non-integer constant in ${clause}`);
    }
    if (position < 1 || position > targets.length) {
      throw errorAt(translation, SQLSTATE.invalid_column_reference, locationOf(node), `${clause} position ${position} is not in select list`);
    }
    return position - 1;
  }
  if ('ColumnRef' in node && (node.ColumnRef.fields ?? []).length === 1) {
    const name = stringValues(node.ColumnRef.fields)[0];
    const matches = targets.flatMap((target, index) => (target.name === name ? [index] : []));
    const first = matches[0];
    if (first !== undefined && matches.some((index) => targets[index]?.value.sql !== targets[first]?.value.sql)) {
      throw errorAt(translation, SQLSTATE.ambiguous_column, locationOf(node), `${clause} "${name ?? ''}" is ambiguous`);
    }
    return first ?? null;
  }
  return null;
}

/** True for SELECT DISTINCT without ON: its rows have nothing left but their columns. */
export function isPlainDistinct({ distinctClause }: SelectStmt): boolean {
  return distinctClause !== undefined && onExpressions(distinctClause).length === 0;
}

/** `DISTINCT `, `DISTINCT ON (...) ` or empty. 42P10 when ORDER BY does not begin with the expressions of ON. */
export function translateDistinct(translation: Translation, scope: Scope, select: SelectStmt, targets: readonly QueryColumn[]): string {
  const items = select.distinctClause;
  if (items === undefined) {
    return '';
  }
  const expressions = onExpressions(items);
  if (expressions.length === 0) {
    return 'DISTINCT ';
  }
  const valueOf = (item: Node, clause: string): string => {
    const index = outputIndex(translation, item, targets, clause);
    const target = index === null ? undefined : targets[index];
    return settle(translation, target === undefined ? translateExpression(translation, scope, item) : target.value).sql;
  };
  const list = expressions.map((item) => valueOf(item, 'SELECT DISTINCT ON'));
  const open = new Set(list);
  for (const item of select.sortClause ?? []) {
    if (open.size > 0 && 'SortBy' in item && item.SortBy.node !== undefined && !open.delete(valueOf(item.SortBy.node, 'ORDER BY'))) {
      throw errorAt(
        translation,
        SQLSTATE.invalid_column_reference,
        locationOf(expressions[0] ?? item.SortBy.node),
        'SELECT DISTINCT ON expressions must match initial ORDER BY expressions',
      );
    }
  }
  return `DISTINCT ON (${list.join(', ')}) `;
}

/** The expressions of DISTINCT ON; plain DISTINCT has an empty one. */
function onExpressions(items: readonly Node[]): readonly Node[] {
  return items.filter((item) => Object.keys(item).length > 0);
}
