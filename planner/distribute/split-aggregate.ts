import type { AggregateCall, Expression } from '../plan/expressions.js';
import type { AggregateNode, PlanNode } from '../plan/nodes.js';
import { mapRefs, referencedColumns } from '../plan/rewrite-expression.js';
import { decomposeAggregate } from './decompose-aggregate.js';
import { gather } from './exchange.js';
import { pickColumns } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import { SINGLE, type Placed } from './placed.js';
import { readTwice } from './read-twice.js';

/**
 * An aggregate without groups, whose calls want their rows together in different ways (DISTINCT of two arguments, a median
 * beside sums), as one aggregate for each way, their single rows side by side. Null when one way serves all calls.
 */
export function splitAggregate(
  node: AggregateNode,
  input: Placed,
  context: PlacementContext,
  place: (node: AggregateNode, input: Placed) => Placed,
): Placed | null {
  const parts = partsOf(node.aggregates);
  if (node.groups.length > 0 || node.groupingSets !== null || node.groupingCalls.length > 0 || parts.length < 2) {
    return null;
  }
  const rows = readTwice(input, context);
  const placed = parts.map((part) => gather(placePart(part, node, rows, place), 'one row of each aggregate', context));
  const [first, ...rest] = placed;
  if (first === undefined) {
    return null;
  }
  const plan = rest.reduce<PlanNode>(
    (left, right) => ({ kind: 'cross_product', left, right: right.plan, output: [...left.output, ...right.plan.output] }),
    first.plan,
  );
  const order = parts.flat();
  return pickColumns(
    { plan, layout: SINGLE, estimate: first.estimate },
    node.aggregates.map((_, index) => order.indexOf(index)),
  );
}

function placePart(part: readonly number[], node: AggregateNode, rows: Placed, place: (node: AggregateNode, input: Placed) => Placed): Placed {
  const calls = part.flatMap((index) => node.aggregates[index] ?? []);
  const columns = [...new Set(calls.flatMap(expressionsOf).flatMap(referencedColumns))];
  const narrow = pickColumns(rows, columns);
  const moved = (expression: Expression): Expression => mapRefs(expression, (reference) => ({ ...reference, index: columns.indexOf(reference.index) }));
  const aggregates = calls.map((call): AggregateCall => ({
    ...call,
    arguments: call.arguments.map(moved),
    filter: call.filter === null ? null : moved(call.filter),
    orderBy: call.orderBy.map((key) => ({ ...key, expression: moved(key.expression) })),
  }));
  return place({ ...node, input: narrow.plan, aggregates, output: aggregates.map((call) => call.type) }, narrow);
}

function expressionsOf(call: AggregateCall): readonly Expression[] {
  return [...call.arguments, ...(call.filter === null ? [] : [call.filter]), ...call.orderBy.map((key) => key.expression)];
}

/** Positions of calls that go together: those that can be merged, DISTINCT by argument, and those that need all rows in one task. */
function partsOf(calls: readonly AggregateCall[]): readonly (readonly number[])[] {
  const parts = new Map<string, number[]>();
  for (const [index, call] of calls.entries()) {
    const key = partKey(call);
    parts.set(key, [...(parts.get(key) ?? []), index]);
  }
  return [...parts.values()];
}

function partKey(call: AggregateCall): string {
  if (decomposeAggregate(call, false, false) !== null) {
    return 'merged';
  }
  return decomposeAggregate(call, false, true) === null ? 'whole' : JSON.stringify(call.arguments);
}
