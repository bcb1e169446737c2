import type { AggregateCall, Expression } from '../plan/expressions.js';
import type { AggregateNode, PlanNode } from '../plan/nodes.js';
import { sameExpression } from '../plan/rewrite-expression.js';
import { scalar, type DataType } from '../types/data-type.js';
import { decomposeAggregate, type DecomposedAggregate } from './decompose-aggregate.js';
import { groupEstimate } from './estimate.js';
import { gather, shuffle } from './exchange.js';
import { isHashable, refs, withKeyColumns } from './key-columns.js';
import { colocate, isPartitionedBy } from './place-by-key.js';
import type { PlacementContext } from './placement-context.js';
import { isWhole, keepColumns, onEachTask, SINGLE, type Placed } from './placed.js';

/**
 * GROUP BY, in the cheapest right way: where the rows are when groups already meet there; in two steps where every
 * call allows it; else by bringing the rows of a group together, or all rows when there is no group.
 */
export function placeAggregate(node: AggregateNode, input: Placed, context: PlacementContext): Placed {
  if (isWhole(input)) {
    return plain(node, input);
  }
  if (node.groupingSets === null && node.groups.length > 0 && isPartitionedBy(input, node.groups, context)) {
    return plain(node, input);
  }
  const decomposed = decomposeAll(node, false);
  if (decomposed !== null && canMerge(node) && context.isOn('partial-aggregate')) {
    return inTwoSteps(node, input, decomposed, context);
  }
  const argument = node.groups.length === 0 && context.isOn('distinct-by-argument') ? distinctArgument(node.aggregates) : null;
  const byArgument = argument === null ? null : decomposeAll(node, true);
  if (argument !== null && byArgument !== null) {
    const keyed = withKeyColumns(input, [argument]);
    return inTwoSteps(node, shuffle(keyed.placed, keyed.keys, context.partitionCount, 'DISTINCT argument by key', context), byArgument, context);
  }
  return byGroup(node, input, context);
}

/** The aggregate as it is, over rows that are where they must be. */
function plain(node: AggregateNode, input: Placed): Placed {
  const { groupingSets } = node;
  // A group that some set leaves out is NULL there, and no longer says where a row is.
  const sources = node.output.map((_, index) => {
    const group = node.groups[index];
    return group?.kind === 'ref' && (groupingSets === null || groupingSets.every((set) => set.includes(index))) ? group.index : null;
  });
  return {
    plan: { ...node, input: input.plan },
    layout: isWhole(input) ? SINGLE : keepColumns(input.layout, sources),
    estimate: groupEstimate(
      input.estimate,
      node.groups.map((group) => group.type),
    ),
  };
}

/** Brings rows together by the groups, or by those that all grouping sets have. */
function byGroup(node: AggregateNode, input: Placed, context: PlacementContext): Placed {
  const { groupingSets } = node;
  const shared = node.groups.filter((_, index) => groupingSets === null || groupingSets.every((set) => set.includes(index)));
  const names = [...new Set(node.aggregates.map((call) => `${call.name}(${call.distinct ? 'DISTINCT' : ''})`))].join(', ');
  const what =
    shared.length > 0 ? 'GROUP BY' : node.groups.length > 0 ? `GROUPING SETS without a common key, of ${names},` : `the aggregate ${names} over all rows`;
  const colocated = colocate(input, shared, what, context);
  const computed = new Map(shared.map((group, index) => [group, colocated.expressions[index] ?? group]));
  const groups = node.groups.map((group) => computed.get(group) ?? group);
  return plain({ ...node, groups }, colocated.placed);
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

/**
 * Each task aggregates its rows; partial groups meet by key (or in one task when there are none) and are merged. Each
 * task gives a row for the empty grouping set even without input, so an empty table gives its one row too.
 */
function inTwoSteps(node: AggregateNode, input: Placed, decomposed: readonly DecomposedAggregate[], context: PlacementContext): Placed {
  // With grouping sets, NULL in a group's column may mean "not in this set": the set's number keeps them apart.
  const groupingCalls = node.groupingSets === null ? [] : [node.groups.map((_, index) => index), ...node.groupingCalls];
  const partialCalls = decomposed.flatMap((steps) => steps.partial);
  const groupTypes = node.groups.map((group) => group.type);
  const setTypes = groupingCalls.map((): DataType => scalar('BIGINT'));
  const partialOutput = [...groupTypes, ...partialCalls.map((call) => call.type), ...setTypes];
  const partial = onEachTask(input, (piece) => ({
    plan: { ...node, input: piece.plan, aggregates: partialCalls, groupingCalls, output: partialOutput },
    layout: keepColumns(
      piece.layout,
      partialOutput.map(() => null),
    ),
    estimate: groupEstimate(piece.estimate, groupTypes),
  }));

  const firstSet = groupTypes.length + partialCalls.length;
  const groupRefs = [...refs(groupTypes), ...refs(setTypes, firstSet)];
  const moved = groupRefs.length === 0 ? gather(partial, 'partial aggregates of every task', context) : byKeys(partial, groupRefs, context);
  const finalCalls = finalStep(decomposed, partialCalls, groupTypes.length);
  const finalOutput = [...groupTypes, ...setTypes, ...finalCalls.map((call) => call.type)];
  const final: Placed = plain(
    { kind: 'aggregate', input: moved.plan, groups: groupRefs, groupingSets: null, aggregates: finalCalls, groupingCalls: [], output: finalOutput },
    moved,
  );
  // Merging shrinks groups by the tasks that had them, which is not known: the partial count stands.
  return { ...final, estimate: moved.estimate, ...results(node, final, decomposed, setTypes.length) };
}

function byKeys(partial: Placed, groups: readonly Expression[], context: PlacementContext): Placed {
  const { keys } = withKeyColumns(partial, groups);
  return shuffle(partial, keys, context.partitionCount, 'partial groups by key', context);
}

function finalStep(decomposed: readonly DecomposedAggregate[], partialCalls: readonly AggregateCall[], firstPartial: number): readonly AggregateCall[] {
  return decomposed
    .flatMap((steps) => steps.final)
    .map((step, index): AggregateCall => {
      const type = partialCalls[index]?.type ?? step.type;
      return {
        name: step.name,
        arguments: [{ kind: 'ref', index: firstPartial + index, type }],
        distinct: false,
        filter: null,
        orderBy: [],
        boundArguments: [],
        type: step.type,
      };
    });
}

/** Groups, results, GROUPING() values: the aggregate's own columns out of the merged ones. */
function results(node: AggregateNode, final: Placed, decomposed: readonly DecomposedAggregate[], setCount: number): Pick<Placed, 'plan' | 'layout'> {
  const columns = refs(final.plan.output);
  const groupCount = node.groups.length;
  let next = groupCount + setCount;
  const values = decomposed.map((steps) => {
    const taken = columns.slice(next, next + steps.final.length);
    next += steps.final.length;
    return steps.result(taken);
  });
  // The first set column is the planner's own; the query's GROUPING() calls follow it.
  const expressions = [...columns.slice(0, groupCount), ...values, ...columns.slice(groupCount + 1, groupCount + setCount)];
  const plan: PlanNode = { kind: 'projection', input: final.plan, expressions, names: expressions.map(() => null), output: node.output };
  return {
    plan,
    layout: keepColumns(
      final.layout,
      expressions.map((expression) => (expression.kind === 'ref' ? expression.index : null)),
    ),
  };
}
