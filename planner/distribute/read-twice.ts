import type { PlanNode } from '../plan/nodes.js';
import { children } from '../plan/plan-children.js';
import { deal } from './exchange.js';
import { estimateBytes } from './estimate.js';
import type { PlacementContext } from './placement-context.js';
import { isWhole, type Placed } from './placed.js';

/** Rows of up to this size are brought into one task rather than handled by several with one more exchange. */
const SMALL_BYTES_MAX = 8 * 1024 * 1024;

/** True when one task is cheaper than what more exchanges would cost. */
export function isSmall(placed: Placed, context: PlacementContext): boolean {
  return context.isOn('gather-small') && estimateBytes(placed.estimate, placed.plan.output) <= SMALL_BYTES_MAX;
}

/**
 * A placed plan that may stand in several places. What is only read and filtered is read again by each; anything else is
 * computed once, its rows dealt out: computed twice, any_value() and its like could give two answers.
 */
export function readTwice(placed: Placed, context: PlacementContext): Placed {
  return isWhole(placed) || isOnlyRead(placed.plan) ? placed : deal(placed, context.partitionCount, 'read in several places', context);
}

function isOnlyRead(plan: PlanNode): boolean {
  switch (plan.kind) {
    case 'scan':
    case 'exchange':
    case 'values':
    case 'single_row':
    case 'empty':
      return true;
    case 'filter':
    case 'projection':
    case 'union':
      return children(plan).every(isOnlyRead);
    case 'aggregate':
    case 'join':
    case 'cross_product':
    case 'delim_join':
    case 'delim_get':
    case 'order':
    case 'top_n':
    case 'limit':
    case 'distinct':
    case 'set_operation':
    case 'window':
    case 'unnest':
    case 'cte':
    case 'cte_reference':
    case 'function_scan':
    case 'sample':
    case 'per_partition':
    case 'stage_input':
      return false;
  }
}
