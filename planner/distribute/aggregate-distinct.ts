import type { AggregateCall, Expression } from '../plan/expressions.js';
import type { AggregateNode, PlanNode } from '../plan/nodes.js';
import { sameExpression } from '../plan/rewrite-expression.js';
import { aggregated, inTwoSteps, mergedResults, mergingCalls } from './aggregate-in-steps.js';
import { decomposeAggregate, type DecomposedAggregate } from './decompose-aggregate.js';
import { groupEstimate } from './estimate.js';
import { shuffle } from './exchange.js';
import { isHashable, refs, withKeyColumns } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import { keepColumns, onEachTask, type Placed } from './placed.js';

/** A DISTINCT call's argument, and the other calls in two steps each. */
interface DistinctParts {
  readonly argument: Expression;
  /** By position among the node's calls; null for the DISTINCT ones. */
  readonly others: readonly (DecomposedAggregate | null)[];
}

/**
 * DISTINCT calls over one argument, beside calls that can be merged: each task drops its duplicates by grouping by the
 * argument as well, then rows meet by group (by the argument where there is none) and are counted. Right because a value
 * that is alike in one group is then in one task, and occurs there once a producer at most. Null where it does not apply.
 */
export function distinctInSteps(node: AggregateNode, input: Placed, context: PlacementContext): Placed | null {
  const parts = distinctParts(node);
  if (parts === null || !context.isOn('distinct-by-argument')) {
    return null;
  }
  const known = parts.others.filter((steps) => steps !== null);
  const groups = [...node.groups, parts.argument];
  const groupTypes = groups.map((group) => group.type);
  const partialCalls = known.flatMap((steps) => steps.partial);
  const output = [...groupTypes, ...partialCalls.map((call) => call.type)];
  const reduced = onEachTask(input, (piece) => ({
    plan: { ...node, input: piece.plan, isPartial: true, groups, groupingSets: null, aggregates: partialCalls, groupingCalls: [], output },
    layout: keepColumns(
      piece.layout,
      output.map(() => null),
    ),
    estimate: groupEstimate(piece.estimate, groupTypes),
  }));
  const groupRefs = refs(node.groups.map((group) => group.type));
  const argument: Expression = { kind: 'ref', index: node.groups.length, type: parts.argument.type };
  const hasGroups = groupRefs.length > 0;
  const { keys } = withKeyColumns(reduced, hasGroups ? groupRefs : [argument]);
  const moved = shuffle(reduced, keys, context.partitionCount, hasGroups ? 'distinct values of groups by key' : 'DISTINCT argument by key', context);

  const distinct = node.aggregates.filter((_, index) => parts.others[index] === null).map((call) => ({ ...call, arguments: [argument] }));
  const calls = [...distinct, ...mergingCalls(known, groups.length)];
  const last: AggregateNode = {
    kind: 'aggregate',
    input: moved.plan,
    groups: groupRefs,
    groupingSets: null,
    aggregates: calls,
    groupingCalls: [],
    output: [...groupRefs.map((group) => group.type), ...calls.map((call) => call.type)],
  };
  const final = hasGroups ? aggregated(last, moved) : inTwoSteps(last, moved, decomposedAll(calls), context);
  return inOrder(node, final, parts, distinct.length);
}

function decomposedAll(calls: readonly AggregateCall[]): readonly DecomposedAggregate[] {
  return calls.map((call) => {
    const steps = decomposeAggregate(call, false, true);
    if (steps === null) {
      throw new Error(`${call.name} of distinct values cannot be merged`);
    }
    return steps;
  });
}

/** Groups and results in the node's own order, out of groups, DISTINCT results, merged partials. */
function inOrder(node: AggregateNode, final: Placed, parts: DistinctParts, distinctCount: number): Placed {
  const columns = refs(final.plan.output);
  const groupCount = node.groups.length;
  const distinct = columns.slice(groupCount, groupCount + distinctCount).values();
  const known = parts.others.filter((steps) => steps !== null);
  const merged = mergedResults(known, columns.slice(groupCount + distinctCount)).values();
  const results = parts.others.flatMap((steps) => (steps === null ? distinct : merged).next().value ?? []);
  const expressions = [...columns.slice(0, groupCount), ...results];
  const plan: PlanNode = { kind: 'projection', input: final.plan, expressions, names: expressions.map(() => null), output: node.output };
  return {
    plan,
    layout: keepColumns(
      final.layout,
      expressions.map((expression) => (expression.kind === 'ref' ? expression.index : null)),
    ),
    estimate: final.estimate,
  };
}

function distinctParts(node: AggregateNode): DistinctParts | null {
  if (node.groupingSets !== null || node.groupingCalls.length > 0 || !node.groups.every((group) => isHashable(group.type))) {
    return null;
  }
  const hasGroups = node.groups.length > 0;
  const others: (DecomposedAggregate | null)[] = [];
  let argument: Expression | null = null;
  for (const call of node.aggregates) {
    const steps = decomposeAggregate(call, hasGroups, false);
    if (steps === null) {
      const [own, ...more] = call.arguments;
      // Without groups partial counts of distinct values are merged once more.
      const isMergeable = hasGroups || decomposeAggregate(call, false, true) !== null;
      const isAlike = argument === null || (own !== undefined && sameExpression(own, argument));
      if (
        !call.distinct ||
        !isMergeable ||
        !isAlike ||
        own === undefined ||
        more.length + call.orderBy.length > 0 ||
        call.filter !== null ||
        !isHashable(own.type)
      ) {
        return null;
      }
      argument = own;
    }
    others.push(steps);
  }
  return argument === null ? null : { argument, others };
}
