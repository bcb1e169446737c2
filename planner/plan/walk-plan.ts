import { children, withChildren } from './plan-children.js';
import type { PlanNode } from './nodes.js';

/** Visits every node, inputs after their node. */
export function walkPlan(plan: PlanNode, visit: (node: PlanNode) => void): void {
  visit(plan);
  for (const child of children(plan)) {
    walkPlan(child, visit);
  }
}

/** Rewrites from the leaves up: `change` sees each node with its inputs already rewritten. Unchanged parts keep their identity. */
export function rewritePlan(plan: PlanNode, change: (node: PlanNode) => PlanNode): PlanNode {
  const before = children(plan);
  const after = before.map((child) => rewritePlan(child, change));
  return change(after.every((child, index) => child === before[index]) ? plan : withChildren(plan, after));
}

/** The first node, in walking order, that `test` accepts. */
export function findNode<T extends PlanNode>(plan: PlanNode, test: (node: PlanNode) => node is T): T | undefined {
  if (test(plan)) {
    return plan;
  }
  for (const child of children(plan)) {
    const found = findNode(child, test);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** True when two plans are the same data. */
export function samePlan(a: PlanNode, b: PlanNode): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The plan through JSON and back: equal data, nothing shared. Plans hold no bigint, Date or undefined, so nothing is lost. */
export function copyThroughJson(plan: PlanNode): PlanNode {
  const copy: PlanNode = JSON.parse(JSON.stringify(plan));
  return copy;
}
