import { mayRepeatLeft, mayRepeatRight } from '../distribute/join-side.js';
import type { JoinType, PlanNode } from '../plan/nodes.js';
import type { AggregateCall } from '../plan/expressions.js';
import { children } from '../plan/plan-children.js';
import { walkPlan } from '../plan/walk-plan.js';
import type { CutStage } from './cut-plan.js';

/**
 * The stages among a stage's inputs one partition of which several tasks may share, each with some of its rows and all rows
 * of the other inputs: what the stage does with those rows it does row by row, or a later stage does again for all.
 */
export function splittableInputs(plan: PlanNode, stages: readonly CutStage[]): readonly number[] {
  const counts = new Map<number, number>();
  walkPlan(plan, (node) => {
    if (node.kind === 'stage_input') {
      counts.set(node.stage, (counts.get(node.stage) ?? 0) + 1);
    }
  });
  return splittable(plan).filter((stage) => counts.get(stage) === 1 && stages[stage - 1]?.exchange?.distribution.kind === 'hash');
}

function splittable(plan: PlanNode): readonly number[] {
  switch (plan.kind) {
    case 'stage_input':
      return [plan.stage];
    case 'filter':
    case 'projection':
    case 'unnest':
      return splittable(plan.input);
    case 'aggregate':
      // Partial counts of distinct values are right only where all rows of a value are in one task.
      return plan.isPartial === true && plan.aggregates.every((call) => !call.distinct) ? splittable(plan.input) : [];
    case 'top_n':
    case 'limit':
    case 'distinct':
      return plan.isPartial === true ? splittable(plan.input) : [];
    case 'join':
      return ofSides(plan.joinType, plan.left, plan.right);
    case 'cross_product':
      return ofSides('inner', plan.left, plan.right);
    case 'scan':
    case 'delim_join':
    case 'delim_get':
    case 'order':
    case 'union':
    case 'set_operation':
    case 'window':
    case 'cte':
    case 'cte_reference':
    case 'values':
    case 'single_row':
    case 'empty':
    case 'function_scan':
    case 'sample':
    case 'per_partition':
    case 'exchange':
      return [];
  }
}

function ofSides(joinType: JoinType, left: PlanNode, right: PlanNode): readonly number[] {
  return [
    ...(mayRepeatRight(joinType) && isRepeatable(right) ? splittable(left) : []),
    ...(mayRepeatLeft(joinType) && isRepeatable(left) ? splittable(right) : []),
  ];
}

/** Aggregates of the same value whatever the order of their rows. */
const ORDERLESS: ReadonlySet<string> = new Set(['count', 'count_star', 'sum', 'min', 'max', 'bool_and', 'bool_or', 'bit_and', 'bit_or', 'bit_xor']);

/**
 * Whether every task that computes a plan over the same rows gets the same: what depends on their order (LIMIT, row numbers, the
 * first value, sums of floats) could differ between tasks, and a key's rows then had partners out of two different worlds.
 */
function isRepeatable(plan: PlanNode): boolean {
  switch (plan.kind) {
    case 'stage_input':
    case 'scan':
    case 'filter':
    case 'projection':
    case 'unnest':
    case 'join':
    case 'cross_product':
    case 'union':
    case 'set_operation':
    case 'values':
    case 'single_row':
    case 'empty':
    case 'function_scan':
      return children(plan).every(isRepeatable);
    case 'distinct':
      return !plan.on && isRepeatable(plan.input);
    case 'aggregate':
      return plan.aggregates.every(isOrderless) && isRepeatable(plan.input);
    case 'top_n':
    case 'limit':
    case 'order':
    case 'window':
    case 'sample':
    case 'delim_join':
    case 'delim_get':
    case 'cte':
    case 'cte_reference':
    case 'per_partition':
    case 'exchange':
      return false;
  }
}

function isOrderless(call: AggregateCall): boolean {
  return (
    ORDERLESS.has(call.name.toLowerCase()) && call.arguments.every(({ type }) => type.kind !== 'scalar' || (type.name !== 'DOUBLE' && type.name !== 'FLOAT'))
  );
}
