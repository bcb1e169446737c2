import type { AggregateCall, Expression } from '../plan/expressions.js';
import type { AggregateNode, PlanNode } from '../plan/nodes.js';
import { scalar, type DataType } from '../types/data-type.js';
import type { DecomposedAggregate } from './decompose-aggregate.js';
import { groupEstimate } from './estimate.js';
import { gather, shuffle } from './exchange.js';
import { refs, withKeyColumns } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import { isWhole, keepColumns, onEachTask, SINGLE, type Placed } from './placed.js';

/** The aggregate as it is, over rows that are where they must be. */
export function aggregated(node: AggregateNode, input: Placed): Placed {
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

/**
 * Each task aggregates its rows; partial groups meet by key (or in one task when there are none) and are merged. Each
 * task gives a row for the empty grouping set even without input, so an empty table gives its one row too.
 */
export function inTwoSteps(node: AggregateNode, input: Placed, decomposed: readonly DecomposedAggregate[], context: PlacementContext): Placed {
  // With grouping sets, NULL in a group's column may mean "not in this set": the set's number keeps them apart.
  const groupingCalls = node.groupingSets === null ? [] : [node.groups.map((_, index) => index), ...node.groupingCalls];
  const partialCalls = decomposed.flatMap((steps) => steps.partial);
  const groupTypes = node.groups.map((group) => group.type);
  const setTypes = groupingCalls.map((): DataType => scalar('BIGINT'));
  const partialOutput = [...groupTypes, ...partialCalls.map((call) => call.type), ...setTypes];
  const partial = onEachTask(input, (piece) => ({
    plan: { ...node, input: piece.plan, isPartial: true, aggregates: partialCalls, groupingCalls, output: partialOutput },
    layout: keepColumns(
      piece.layout,
      partialOutput.map(() => null),
    ),
    estimate: groupEstimate(piece.estimate, groupTypes),
  }));

  const firstSet = groupTypes.length + partialCalls.length;
  const groupRefs = [...refs(groupTypes), ...refs(setTypes, firstSet)];
  const moved = groupRefs.length === 0 ? gather(partial, 'partial aggregates of every task', context) : byKeys(partial, groupRefs, context);
  const finalCalls = mergingCalls(decomposed, groupTypes.length);
  const finalOutput = [...groupTypes, ...setTypes, ...finalCalls.map((call) => call.type)];
  const final: Placed = aggregated(
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

/** The calls that merge partials, whose columns start at `firstPartial`. */
export function mergingCalls(decomposed: readonly DecomposedAggregate[], firstPartial: number): readonly AggregateCall[] {
  let first = firstPartial;
  return decomposed.flatMap((steps) => {
    const start = first;
    first += steps.partial.length;
    return steps.final.map((step): AggregateCall => {
      const operands = step.of.map((partial): Expression => ({ kind: 'ref', index: start + partial, type: steps.partial[partial]?.type ?? step.type }));
      return { name: step.name, arguments: operands, distinct: false, filter: null, orderBy: [], boundArguments: [], type: step.type };
    });
  });
}

/** The calls' results out of the columns of their merged partials, in order. */
export function mergedResults(decomposed: readonly DecomposedAggregate[], columns: readonly Expression[]): readonly Expression[] {
  let next = 0;
  return decomposed.map((steps) => {
    const taken = columns.slice(next, next + steps.final.length);
    next += steps.final.length;
    return steps.result(taken);
  });
}

/** Groups, results, GROUPING() values: the aggregate's own columns out of the merged ones. */
function results(node: AggregateNode, final: Placed, decomposed: readonly DecomposedAggregate[], setCount: number): Pick<Placed, 'plan' | 'layout'> {
  const columns = refs(final.plan.output);
  const groupCount = node.groups.length;
  const values = mergedResults(decomposed, columns.slice(groupCount + setCount));
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
