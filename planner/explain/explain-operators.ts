import type { CutStage } from '../fragment/cut-plan.js';
import type { AggregateCall, Expression, SortKey } from '../plan/expressions.js';
import type { JoinNode, PlanNode } from '../plan/nodes.js';
import { children } from '../plan/plan-children.js';
import { printExpression } from '../print/print-expression.js';
import type { RelationReference } from '../translate/translated.js';

/** Operators of one stage as indented lines, outermost first. */
export function explainOperators(plan: PlanNode, stages: readonly CutStage[], references: readonly RelationReference[]): readonly string[] {
  // Projections that only move columns say nothing to a reader.
  const isShown = plan.kind !== 'projection' || plan.expressions.some((expression) => expression.kind !== 'ref');
  const below = children(plan).flatMap((child) => explainOperators(child, stages, references));
  return isShown ? [operatorLine(plan, stages, references), ...below.map((line) => `  ${line}`)] : below;
}

function operatorLine(plan: PlanNode, stages: readonly CutStage[], references: readonly RelationReference[]): string {
  switch (plan.kind) {
    case 'scan':
      return scanLine(plan, references);
    case 'filter':
      return `Filter ${conditions(plan.conditions, plan.input)}`;
    case 'projection':
      return 'Projection';
    case 'aggregate':
      return aggregateLine(plan.groups, plan.aggregates, plan.groupingSets, plan.input);
    case 'join':
      return joinLine(plan);
    case 'delim_join':
      return `${joinLine(plan.join)}, correlated`;
    case 'delim_get':
      return 'Correlated keys';
    case 'cross_product':
      return 'Cross product';
    case 'order':
      return `Sort ${sortKeys(plan.keys, plan.input)}`;
    case 'top_n':
      return `Top ${plan.limit}${plan.offset === 0 ? '' : ` offset ${plan.offset}`} ${sortKeys(plan.keys, plan.input)}`;
    case 'limit':
      return `Limit ${plan.limit ?? 'all'}${plan.offset === 0 ? '' : ` offset ${plan.offset}`}`;
    case 'distinct':
      return plan.on ? 'Distinct on key' : 'Distinct';
    case 'union':
      return 'Union all';
    case 'set_operation':
      return `${plan.operation === 'intersect' ? 'Intersect' : 'Except'}${plan.all ? ' all' : ''}`;
    case 'window':
      return `Window ${plan.calls.map((call) => call.name).join(', ')}`;
    case 'unnest':
      return 'Unnest';
    case 'cte':
      return `With ${plan.name}`;
    case 'cte_reference':
      return `Read shared subplan ${plan.index}`;
    case 'values':
      return `Values, ${plan.rows.length} rows`;
    case 'single_row':
      return 'One row';
    case 'empty':
      return 'No rows';
    case 'function_scan':
      return `Function ${plan.function}`;
    case 'sample':
      return 'Sample';
    case 'per_partition':
      return `Per partition: ${plan.description}`;
    case 'exchange':
      return `Exchange ${plan.distribution.kind}`;
    case 'stage_input':
      return inputLine(plan.stage, stages);
  }
}

function scanLine(scan: Extract<PlanNode, { readonly kind: 'scan' }>, references: readonly RelationReference[]): string {
  const reference = references[scan.reference];
  const name =
    reference === undefined
      ? `reference ${scan.reference}`
      : reference.alias === reference.relation.name
        ? reference.alias
        : `${reference.alias} (${reference.relation.name})`;
  const filters = scan.filters.length === 0 ? '' : ` where ${scan.filters.map((filter) => printExpression(filter, scan.read)).join(' AND ')}`;
  return `Scan ${name}${filters}`;
}

function inputLine(stage: number, stages: readonly CutStage[]): string {
  const distribution = stages[stage - 1]?.exchange?.distribution;
  switch (distribution?.kind) {
    case 'hash':
    case 'value':
      return `Read stage ${stage}, its partition`;
    case 'broadcast':
    case 'gather':
    case undefined:
      return `Read stage ${stage}, all rows`;
  }
}

function joinLine(join: JoinNode): string {
  const keys = join.conditions.map((condition) => `${text(condition.left, join.left)} ${condition.comparison} ${text(condition.right, join.right, 'r')}`);
  const residual = join.residual === null ? [] : ['a further condition'];
  return `Join ${join.joinType}${keys.length + residual.length === 0 ? '' : ` on ${[...keys, ...residual].join(' AND ')}`}`;
}

function aggregateLine(groups: readonly Expression[], calls: readonly AggregateCall[], sets: readonly unknown[] | null, input: PlanNode): string {
  const by = groups.length === 0 ? '' : ` by ${groups.map((group) => text(group, input)).join(', ')}`;
  const results = calls.map((call) => callText(call, input)).join(', ');
  return `Aggregate ${results}${by}${sets === null ? '' : `, ${sets.length} grouping sets`}`.replace('Aggregate  by', 'Aggregate by');
}

function callText(call: AggregateCall, input: PlanNode): string {
  const operands = call.arguments.map((argument) => text(argument, input)).join(', ');
  const isCountOfRows = call.arguments.length === 0 && call.name.startsWith('count');
  return isCountOfRows ? 'count(*)' : `${call.name}(${call.distinct ? 'DISTINCT ' : ''}${operands})`;
}

function sortKeys(keys: readonly SortKey[], input: PlanNode): string {
  return `by ${keys.map((key) => `${text(key.expression, input)}${key.descending ? ' desc' : ''}`).join(', ')}`;
}

function conditions(list: readonly Expression[], input: PlanNode): string {
  return list.map((condition) => text(condition, input)).join(' AND ');
}

/** An expression over an input's columns, which are called by their number. */
function text(expression: Expression, input: PlanNode, prefix = 'c'): string {
  return printExpression(
    expression,
    input.output.map((_, index) => `${prefix}${index}`),
  );
}
