import type { PlanNode } from '../plan/nodes.js';
import { children } from '../plan/plan-children.js';
import type { RelationReference } from '../translate/translated.js';

/** One line for people: what a stage does, from its inputs up. */
export function describeStage(plan: PlanNode, references: readonly RelationReference[]): string {
  const verbs = [...new Set(collect(plan, references))];
  return verbs.length === 0 ? 'read' : verbs.join(', ');
}

function collect(plan: PlanNode, references: readonly RelationReference[]): readonly string[] {
  const below = children(plan).flatMap((child) => collect(child, references));
  const own = verb(plan, references);
  return own === null ? below : [...below, own];
}

function verb(plan: PlanNode, references: readonly RelationReference[]): string | null {
  switch (plan.kind) {
    case 'scan':
      return `scan ${references[plan.reference]?.alias ?? 'table'}`;
    case 'aggregate':
      return 'aggregate';
    case 'join':
    case 'delim_join':
    case 'cross_product':
      return 'join';
    case 'order':
      return 'sort';
    case 'top_n':
      return 'top rows';
    case 'limit':
      return 'limit';
    case 'distinct':
      return 'distinct';
    case 'union':
      return 'union';
    case 'set_operation':
      return plan.operation;
    case 'window':
      return 'window';
    case 'sample':
      return 'sample';
    case 'per_partition':
      return plan.description;
    case 'filter':
    case 'projection':
    case 'unnest':
    case 'delim_get':
    case 'cte':
    case 'cte_reference':
    case 'values':
    case 'single_row':
    case 'empty':
    case 'function_scan':
    case 'exchange':
    case 'stage_input':
      return null;
  }
}
