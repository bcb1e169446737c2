import type { JoinType, PlanNode } from '../plan/nodes.js';

/** Ways in which a plan gives no rows for sure: each a list of stages among its inputs, all of which are empty. `[[]]` is always. */
export type EmptyWays = readonly (readonly number[])[];

/** Ways kept at most: unions of many joins would have as many as their product. */
const WAYS_MAX = 16;

/** Which inputs of a stage must be empty for the stage to give no rows. */
export function emptyWith(plan: PlanNode): EmptyWays {
  switch (plan.kind) {
    case 'stage_input':
      return [[plan.stage]];
    case 'empty':
      return [[]];
    case 'filter':
    case 'projection':
    case 'order':
    case 'top_n':
    case 'limit':
    case 'distinct':
    case 'window':
    case 'unnest':
    case 'sample':
      return emptyWith(plan.input);
    case 'aggregate':
      // Without groups, and for the set of none, there is a row whatever the input.
      return plan.groups.length > 0 && (plan.groupingSets ?? []).every((set) => set.length > 0) ? emptyWith(plan.input) : [];
    case 'join':
      return ofJoin(plan.joinType, emptyWith(plan.left), emptyWith(plan.right));
    case 'cross_product':
      return ofJoin('inner', emptyWith(plan.left), emptyWith(plan.right));
    case 'union':
      return plan.inputs.map(emptyWith).reduce(both);
    case 'set_operation':
      return plan.operation === 'intersect' ? either(emptyWith(plan.left), emptyWith(plan.right)) : emptyWith(plan.left);
    case 'scan':
    case 'values':
    case 'single_row':
    case 'function_scan':
    case 'delim_join':
    case 'delim_get':
    case 'cte':
    case 'cte_reference':
    case 'per_partition':
    case 'exchange':
      return [];
  }
}

function ofJoin(joinType: JoinType, left: EmptyWays, right: EmptyWays): EmptyWays {
  switch (joinType) {
    case 'inner':
    case 'semi':
    case 'right_semi':
      return either(left, right);
    case 'left':
    case 'anti':
    case 'mark':
    case 'single':
      return left;
    case 'right':
    case 'right_anti':
      return right;
    case 'full':
      return both(left, right);
  }
}

function either(a: EmptyWays, b: EmptyWays): EmptyWays {
  return [...a, ...b].slice(0, WAYS_MAX);
}

function both(a: EmptyWays, b: EmptyWays): EmptyWays {
  return a.flatMap((one) => b.map((other) => [...new Set([...one, ...other])])).slice(0, WAYS_MAX);
}
