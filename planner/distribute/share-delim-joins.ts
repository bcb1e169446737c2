import assert from 'node:assert/strict';
import type { CteReferenceNode, DelimJoinNode, PlanNode } from '../plan/nodes.js';
import { children, withChildren } from '../plan/plan-children.js';
import { walkPlan } from '../plan/walk-plan.js';
import { plainColumn } from './key-columns.js';

/** A plan without delim joins, and the columns by which the CTEs that stand for them are best partitioned. */
export interface SharedDelimJoins {
  readonly plan: PlanNode;
  readonly keysOfCte: ReadonlyMap<number, readonly number[]>;
}

/**
 * Turns every delim join into a CTE: the side that is read twice becomes the definition, the join is an ordinary join
 * of a reference to it, and each delim_get is the distinct keys of another reference. Right because a delim join is
 * by definition a join whose one side is computed once, and its delim_gets the distinct values of that side's
 * `duplicateEliminated`. A delim_get belongs to the nearest delim join in whose other side it stands.
 */
export function shareDelimJoins(plan: PlanNode): SharedDelimJoins {
  let nextIndex = 1;
  walkPlan(plan, (node) => {
    if (node.kind === 'cte') {
      nextIndex = Math.max(nextIndex, node.index + 1);
    }
  });
  const keysOfCte = new Map<number, readonly number[]>();

  const visit = (node: PlanNode, delimGet: PlanNode | null): PlanNode => {
    if (node.kind === 'delim_get') {
      assert.ok(delimGet !== null, 'delim_get outside a delim join');
      return delimGet;
    }
    if (node.kind !== 'delim_join') {
      const inputs = children(node);
      return inputs.length === 0
        ? node
        : withChildren(
            node,
            inputs.map((input) => visit(input, delimGet)),
          );
    }
    const index = nextIndex;
    nextIndex += 1;
    const definition = visit(node.flipped ? node.join.right : node.join.left, delimGet);
    const reference: CteReferenceNode = { kind: 'cte_reference', index, output: definition.output };
    keysOfCte.set(
      index,
      node.duplicateEliminated.flatMap((expression) => plainColumn(expression) ?? []),
    );
    const other = visit(node.flipped ? node.join.left : node.join.right, distinctKeys(node, reference));
    const [left, right] = node.flipped ? [other, reference] : [reference, other];
    return { kind: 'cte', index, name: 'outer rows', definition, body: { ...node.join, left, right }, output: node.output };
  };
  return { plan: visit(plan, null), keysOfCte };
}

function distinctKeys(node: DelimJoinNode, reference: CteReferenceNode): PlanNode {
  const output = node.duplicateEliminated.map((expression) => expression.type);
  const input: PlanNode = { kind: 'projection', input: reference, expressions: node.duplicateEliminated, names: output.map(() => null), output };
  return { kind: 'distinct', input, targets: [], on: false, keys: [], output };
}
