import type { AggregateCall, Expression, SortKey, WindowCall } from '../plan/expressions.js';
import type { JoinNode, PlanNode } from '../plan/nodes.js';
import { expressionChildren } from '../plan/rewrite-expression.js';
import { walkPlan } from '../plan/walk-plan.js';

/**
 * DuckDB's functions of stability VOLATILE (duckdb_functions()): each call gives another value or does something, so
 * running one in several tasks, or twice after a failure, changes the answer. error() is not among them: a task that
 * raises it ends the query however often it runs.
 */
const VOLATILE_FUNCTIONS: ReadonlySet<string> = new Set([
  'current_connection_id',
  'current_query',
  'current_query_id',
  'current_transaction_id',
  'currval',
  'gen_random_uuid',
  'nextval',
  'random',
  'setseed',
  'sleep_ms',
  'stats',
  'uuid',
  'uuidv4',
  'uuidv7',
  'write_log',
]);

/** The name of a function in the plan that must run exactly once, or null. */
export function findVolatile(plan: PlanNode): string | null {
  let found: string | null = null;
  walkPlan(plan, (node) => {
    for (const expression of expressionsOf(node)) {
      found ??= volatileIn(expression);
    }
  });
  return found;
}

function volatileIn(expression: Expression): string | null {
  if (expression.kind === 'call' && VOLATILE_FUNCTIONS.has(expression.name.toLowerCase())) {
    return expression.name;
  }
  for (const child of expressionChildren(expression)) {
    const found = volatileIn(child);
    if (found !== null) {
      return found;
    }
  }
  return null;
}

function expressionsOf(node: PlanNode): readonly Expression[] {
  switch (node.kind) {
    case 'scan':
      return node.filters;
    case 'filter':
      return node.conditions;
    case 'projection':
    case 'unnest':
      return node.expressions;
    case 'aggregate':
      return [...node.groups, ...node.aggregates.flatMap(ofAggregate)];
    case 'join':
      return ofJoin(node);
    case 'delim_join':
      return [...ofJoin(node.join), ...node.duplicateEliminated];
    case 'order':
    case 'top_n':
      return ofKeys(node.keys);
    case 'distinct':
      return [...node.targets, ...ofKeys(node.keys)];
    case 'window':
      return node.calls.flatMap(ofWindow);
    case 'values':
      return node.rows.flat();
    case 'function_scan':
      return node.arguments;
    case 'cross_product':
    case 'delim_get':
    case 'limit':
    case 'union':
    case 'set_operation':
    case 'cte':
    case 'cte_reference':
    case 'single_row':
    case 'empty':
    case 'sample':
    case 'per_partition':
    case 'exchange':
    case 'stage_input':
      return [];
  }
}

function ofKeys(keys: readonly SortKey[]): readonly Expression[] {
  return keys.map((key) => key.expression);
}

function ofAggregate(call: AggregateCall): readonly Expression[] {
  return [...call.arguments, ...(call.filter === null ? [] : [call.filter]), ...ofKeys(call.orderBy), ...call.boundArguments];
}

function ofWindow(call: WindowCall): readonly Expression[] {
  const bounds = [call.frame.start, call.frame.end].flatMap((bound) => (bound.kind === 'preceding' || bound.kind === 'following' ? [bound.offset] : []));
  return [
    ...call.arguments,
    ...call.partitionBy,
    ...ofKeys(call.orderBy),
    ...bounds,
    ...(call.filter === null ? [] : [call.filter]),
    ...ofKeys(call.argumentOrder),
  ];
}

function ofJoin(join: JoinNode): readonly Expression[] {
  return [...join.conditions.flatMap((condition) => [condition.left, condition.right]), ...(join.residual === null ? [] : [join.residual])];
}
