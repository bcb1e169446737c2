import assert from 'node:assert/strict';
import type { PlanNode } from './nodes.js';

/** The inputs of a node, in order. The pair of this and `withChildren` is what walks and rewrites are made of. */
export function children(plan: PlanNode): readonly PlanNode[] {
  switch (plan.kind) {
    case 'scan':
    case 'delim_get':
    case 'cte_reference':
    case 'values':
    case 'single_row':
    case 'empty':
    case 'function_scan':
    case 'stage_input':
      return [];
    case 'filter':
    case 'projection':
    case 'aggregate':
    case 'order':
    case 'top_n':
    case 'limit':
    case 'distinct':
    case 'window':
    case 'unnest':
    case 'sample':
    case 'exchange':
      return [plan.input];
    case 'join':
    case 'cross_product':
    case 'set_operation':
      return [plan.left, plan.right];
    case 'delim_join':
      return [plan.join.left, plan.join.right];
    case 'union':
    case 'per_partition':
      return plan.inputs;
    case 'cte':
      return [plan.definition, plan.body];
  }
}

/** The same node over other inputs, as many as before and of the same output types. */
export function withChildren(plan: PlanNode, inputs: readonly PlanNode[]): PlanNode {
  switch (plan.kind) {
    case 'scan':
    case 'delim_get':
    case 'cte_reference':
    case 'values':
    case 'single_row':
    case 'empty':
    case 'function_scan':
    case 'stage_input':
      assert.equal(inputs.length, 0);
      return plan;
    case 'filter':
    case 'projection':
    case 'aggregate':
    case 'order':
    case 'top_n':
    case 'limit':
    case 'distinct':
    case 'window':
    case 'unnest':
    case 'sample':
    case 'exchange':
      return { ...plan, input: one(inputs) };
    case 'join':
    case 'cross_product':
    case 'set_operation': {
      const [left, right] = two(inputs);
      return { ...plan, left, right };
    }
    case 'delim_join': {
      const [left, right] = two(inputs);
      return { ...plan, join: { ...plan.join, left, right } };
    }
    case 'union':
    case 'per_partition':
      assert.equal(inputs.length, plan.inputs.length);
      return { ...plan, inputs };
    case 'cte': {
      const [definition, body] = two(inputs);
      return { ...plan, definition, body };
    }
  }
}

function one(inputs: readonly PlanNode[]): PlanNode {
  const [input] = inputs;
  assert.ok(input !== undefined && inputs.length === 1);
  return input;
}

function two(inputs: readonly PlanNode[]): readonly [PlanNode, PlanNode] {
  const [left, right] = inputs;
  assert.ok(left !== undefined && right !== undefined && inputs.length === 2);
  return [left, right];
}
