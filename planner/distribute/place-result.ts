import type { SortKey } from '../plan/expressions.js';
import type { PlanNode } from '../plan/nodes.js';
import { deal, gather, shuffle, type ExchangeKey } from './exchange.js';
import { isHashable, pickColumns } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import { columnRange, taskCount, type Placed } from './placed.js';
import { moveToRanges } from './range-sort.js';
import { warn } from './resolve-hints.js';

/**
 * Obeys REPARTITION, REPARTITION_BY_RANGE, COALESCE and REBALANCE: how many tasks give the result and which rows each, which
 * are the files of a result that is written. An ordered or cut result comes from one task, and stays.
 */
export function placeResult(placed: Placed, plan: PlanNode, context: PlacementContext): Placed {
  const hint = context.hints.result;
  if (hint === null) {
    return placed;
  }
  const name = hint.kind.toUpperCase();
  const reason = `hint ${name}`;
  if (isOrdered(plan)) {
    context.notices.push(warn(hint, `hint ${name} cannot be used here: the result has an order or a LIMIT`));
    return placed;
  }
  const names = hint.kind === 'coalesce' ? [] : hint.columns;
  const keys = names.map((column) => keyOf(column, placed, context));
  const known = keys.filter((key) => key !== null);
  if (known.length < keys.length) {
    context.notices.push(warn(hint, `hint ${name} names a column that the result cannot be parted by: ${names.join(', ')}`));
    return placed;
  }
  switch (hint.kind) {
    case 'coalesce':
      if (taskCount(placed.layout) <= hint.count) {
        return placed;
      }
      return hint.count === 1 ? gather(placed, reason, context) : deal(placed, hint.count, reason, context);
    case 'repartition': {
      const count = hint.count ?? context.partitionCount;
      return known.length === 0 ? deal(placed, count, reason, context) : shuffle(placed, known, count, reason, context);
    }
    case 'rebalance':
      return known.length === 0 ? deal(placed, context.partitionCount, reason, context) : shuffle(placed, known, context.partitionCount, reason, context);
    case 'repartition_by_range': {
      const count = hint.count ?? context.partitionCount;
      const sortKeys = known.map(({ column, type }): SortKey => ({ expression: { kind: 'ref', index: column, type }, descending: false, nullsFirst: false }));
      const width = placed.plan.output.length;
      return count === 1 ? gather(placed, reason, context) : pickColumns(moveToRanges(placed, sortKeys, count, reason, context), columnRange(0, width));
    }
  }
}

function isOrdered(plan: PlanNode): boolean {
  const inner = plan.kind === 'projection' ? plan.input : plan.kind === 'cte' ? plan.body : null;
  return plan.kind === 'order' || plan.kind === 'top_n' || plan.kind === 'limit' || (inner !== null && isOrdered(inner));
}

function keyOf(name: string, placed: Placed, context: PlacementContext): ExchangeKey | null {
  const column = context.options.outputNames?.indexOf(name) ?? -1;
  const type = placed.plan.output[column];
  return type === undefined || !isHashable(type) ? null : { column, type };
}
