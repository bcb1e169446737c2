import assert from 'node:assert/strict';
import type { CteNode, FilterNode, PlanNode } from '../plan/nodes.js';
import { placeAggregate } from './place-aggregate.js';
import { referenceCount, share } from './place-cte.js';
import { placeDistinct, placeSetOperation } from './place-distinct.js';
import { placeCrossProduct, placeJoin } from './place-join.js';
import { placeLimit, placeOrder, placeSample, placeTopN } from './place-ordered.js';
import { placeFilter, placeProjection, placeUnnest } from './place-row-wise.js';
import { placeFilteredScan, placeScan } from './place-scan.js';
import { placeWindow } from './place-window.js';
import type { PlacementContext } from './placement-context.js';
import { unionOf, type Placed } from './placed.js';

/** Rows that constants are assumed to give. */
const CONSTANT_ROWS = 1;
const FUNCTION_ROWS = 1000;

/**
 * The pass that inserts exchanges: places the inputs of every operator, then the operator where its rows meet. Without
 * the exchanges it inserts, the plan it gives still runs on one node.
 */
export function place(node: PlanNode, context: PlacementContext, keysOfCte: ReadonlyMap<number, readonly number[]>): Placed {
  const on = (input: PlanNode): Placed => place(input, context, keysOfCte);
  switch (node.kind) {
    case 'scan':
      return placeScan(node, context);
    case 'filter':
      return filter(node, on, context);
    case 'projection':
      return placeProjection(node, on(node.input));
    case 'unnest':
      return placeUnnest(node, on(node.input));
    case 'aggregate':
      return placeAggregate(node, on(node.input), context);
    case 'join':
      return placeJoin(node, on(node.left), on(node.right), context);
    case 'cross_product':
      return placeCrossProduct(node, on(node.left), on(node.right), context);
    case 'order':
      return placeOrder(node, on(node.input), context);
    case 'top_n':
      return placeTopN(node, on(node.input), context);
    case 'limit':
      return placeLimit(node, on(node.input), context);
    case 'sample':
      return placeSample(node, on(node.input), context);
    case 'distinct':
      return placeDistinct(node, on(node.input), context);
    case 'union':
      return unionOf(node.inputs.map(on));
    case 'set_operation':
      return placeSetOperation(node, on(node.left), on(node.right), context);
    case 'window':
      return placeWindow(node, on(node.input), context);
    case 'cte':
      return cte(node, on, context, keysOfCte.get(node.index) ?? []);
    case 'cte_reference': {
      const shared = context.ctes.get(node.index);
      assert.ok(shared !== undefined, `CTE ${node.index} is read outside its scope`);
      return shared;
    }
    case 'values':
      return constant(node, node.rows.length);
    case 'single_row':
      return constant(node, CONSTANT_ROWS);
    case 'empty':
      return constant(node, 0);
    case 'function_scan':
      return constant(node, FUNCTION_ROWS);
    case 'delim_join':
    case 'delim_get':
    case 'per_partition':
    case 'exchange':
    case 'stage_input':
      throw new Error(`${node.kind} before exchanges are placed`);
  }
}

/** Rows that every task can make for itself. */
function constant(node: PlanNode, rows: number): Placed {
  return { plan: node, layout: { kind: 'replicated' }, estimate: { rows, base: Math.max(1, rows) } };
}

/** A hint's shuffle of a scan comes after the scan's filter. */
function filter(node: FilterNode, on: (input: PlanNode) => Placed, context: PlacementContext): Placed {
  return node.input.kind === 'scan' ? placeFilteredScan(node, node.input, context) : placeFilter(node, on(node.input));
}

function cte(node: CteNode, on: (input: PlanNode) => Placed, context: PlacementContext, wantedKeys: readonly number[]): Placed {
  const definition = on(node.definition);
  // Computed twice, a LIMIT or any_value() could give its readers different rows.
  context.ctes.set(node.index, referenceCount(node) > 1 ? share(definition, wantedKeys, context) : definition);
  return on(node.body);
}
