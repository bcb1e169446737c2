import type { AggregateCall, Expression } from '../plan/expressions.js';
import type { AggregateNode, PlanNode } from '../plan/nodes.js';
import { sameExpression } from '../plan/rewrite-expression.js';
import { distinctInSteps } from './aggregate-distinct.js';
import { aggregated, inTwoSteps } from './aggregate-in-steps.js';
import { decomposeAggregate, type DecomposedAggregate } from './decompose-aggregate.js';
import { shuffle } from './exchange.js';
import { expandGroupingSets } from './expand-grouping-sets.js';
import { isHashable, withKeyColumns } from './key-columns.js';
import { colocate, isPartitionedBy } from './place-by-key.js';
import type { PlacementContext } from './placement-context.js';
import { isWhole, keepColumns, type Placed } from './placed.js';
import { isSmall } from './read-twice.js';
import { splitAggregate } from './split-aggregate.js';

/**
 * GROUP BY, in the cheapest right way: where the rows are when groups already meet there; in two steps where every
 * call allows it; else by bringing the rows of a group together, or all rows when there is no group.
 */
export function placeAggregate(node: AggregateNode, input: Placed, context: PlacementContext): Placed {
  if (isWhole(input)) {
    return aggregated(node, input);
  }
  if (node.groupingSets === null && node.groups.length > 0 && isPartitionedBy(input, node.groups, context)) {
    return aggregated(node, input);
  }
  const decomposed = decomposeAll(node, false);
  if (decomposed !== null && canMerge(node) && context.isOn('partial-aggregate')) {
    return inTwoSteps(node, input, decomposed, context);
  }
  return distinctInSteps(node, input, context) ?? distinctByArgument(node, input, context) ?? inParts(node, input, context) ?? byGroup(node, input, context);
}

/** Without groups: rows with equal DISTINCT arguments meet, so that counts of distinct values add up, filtered or not. */
function distinctByArgument(node: AggregateNode, input: Placed, context: PlacementContext): Placed | null {
  const argument = node.groups.length === 0 && context.isOn('distinct-by-argument') ? distinctArgument(node.aggregates) : null;
  const byArgument = argument === null ? null : decomposeAll(node, true);
  if (argument === null || byArgument === null) {
    return null;
  }
  const keyed = withKeyColumns(input, [argument]);
  return inTwoSteps(node, shuffle(keyed.placed, keyed.keys, context.partitionCount, 'DISTINCT argument by key', context), byArgument, context);
}

/** Grouping sets row by row, or calls one by one, where otherwise one task would do all. */
function inParts(node: AggregateNode, input: Placed, context: PlacementContext): Placed | null {
  if (!context.isOn('split-aggregate') || isSmall(input, context)) {
    return null;
  }
  if (node.groupingSets === null) {
    return splitAggregate(node, input, context, (part, rows) => placeAggregate(part, rows, context));
  }
  if (commonGroups(node).length > 0 || !node.groups.every((group) => isHashable(group.type))) {
    return null;
  }
  const expanded = expandGroupingSets(node, input);
  const placed = placeAggregate(expanded.node, expanded.input, context);
  const { results } = expanded;
  const plan: PlanNode = { kind: 'projection', input: placed.plan, expressions: results, names: results.map(() => null), output: node.output };
  const sources = results.map((result) => (result.kind === 'ref' ? result.index : null));
  return { plan, layout: keepColumns(placed.layout, sources), estimate: placed.estimate };
}

/** Groups that all grouping sets have. */
function commonGroups(node: AggregateNode): readonly Expression[] {
  const { groupingSets } = node;
  return node.groups.filter((_, index) => groupingSets === null || groupingSets.every((set) => set.includes(index)));
}

/** Brings rows together by the groups, or by those that all grouping sets have. */
function byGroup(node: AggregateNode, input: Placed, context: PlacementContext): Placed {
  const shared = commonGroups(node);
  const names = [...new Set(node.aggregates.map((call) => `${call.name}(${call.distinct ? 'DISTINCT' : ''})`))].join(', ');
  const what =
    shared.length > 0 ? 'GROUP BY' : node.groups.length > 0 ? `GROUPING SETS without a common key, of ${names},` : `the aggregate ${names} over all rows`;
  const colocated = colocate(input, shared, what, context);
  const computed = new Map(shared.map((group, index) => [group, colocated.expressions[index] ?? group]));
  const groups = node.groups.map((group) => computed.get(group) ?? group);
  return aggregated({ ...node, groups }, colocated.placed);
}

/** Partial results of groups can be merged when groups can be told apart: keys hash, and no set occurs twice. */
function canMerge(node: AggregateNode): boolean {
  const sets = (node.groupingSets ?? []).map((set) => [...new Set(set)].toSorted((a, b) => a - b).join());
  return node.groups.every((group) => isHashable(group.type)) && new Set(sets).size === sets.length;
}

function decomposeAll(node: AggregateNode, distinctMeets: boolean): readonly DecomposedAggregate[] | null {
  const all = node.aggregates.map((call) => decomposeAggregate(call, node.groups.length > 0 && node.groupingSets === null, distinctMeets));
  const known = all.filter((steps) => steps !== null);
  return known.length === all.length ? known : null;
}

/** The one argument that all DISTINCT calls share, or null. */
function distinctArgument(calls: readonly AggregateCall[]): Expression | null {
  const [first, ...rest] = calls.filter((call) => call.distinct).map((call) => call.arguments);
  const [argument, ...more] = first ?? [];
  if (argument === undefined || more.length > 0 || !isHashable(argument.type)) {
    return null;
  }
  return rest.every(([other, ...others]) => other !== undefined && others.length === 0 && sameExpression(other, argument)) ? argument : null;
}
