import type { JoinCondition, JoinType } from '../plan/nodes.js';
import { sameDataType } from '../types/data-type.js';
import { isHashable, plainColumn } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import type { Layout, PartitionKey } from './placed.js';

/**
 * The conditions both sides can be hashed by: equalities of one type on both sides. NULL keys meet too, for IS NOT DISTINCT
 * FROM. Of a mark join only those that correlate its subquery: a NULL among the compared values speaks to every row.
 */
export function hashConditions(conditions: readonly JoinCondition[], joinType: JoinType): readonly number[] {
  return conditions.flatMap((condition, index) => {
    const isEquality = (condition.comparison === '=' && joinType !== 'mark') || condition.comparison === 'IS NOT DISTINCT FROM';
    return isEquality && sameDataType(condition.left.type, condition.right.type) && isHashable(condition.left.type) ? [index] : [];
  });
}

/**
 * The conditions, in the order of the side's partition keys, by which it is partitioned already; null when it is not.
 * A side partitioned by some of the keys only will do: rows that agree in all keys agree in those.
 */
export function alignedConditions(
  layout: Layout,
  side: 'left' | 'right',
  conditions: readonly JoinCondition[],
  usable: readonly number[],
  context: PlacementContext,
): readonly number[] | null {
  if (layout.kind !== 'hash' || layout.keys === null || !context.isOn('reuse-partitioning')) {
    return null;
  }
  const aligned = layout.keys.map((key) => usable.find((index) => isKey(key, conditions[index]?.[side])));
  const found = aligned.filter((index) => index !== undefined);
  return found.length === aligned.length ? found : null;
}

function isKey(key: PartitionKey, expression: JoinCondition['left'] | undefined): boolean {
  if (expression === undefined) {
    return false;
  }
  const column = plainColumn(expression);
  return column !== null && key.columns.includes(column) && sameDataType(key.type, expression.type);
}
