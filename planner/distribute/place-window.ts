import type { AggregateCall, Expression, WindowCall } from '../plan/expressions.js';
import type { AggregateNode, WindowNode } from '../plan/nodes.js';
import { sameExpression } from '../plan/rewrite-expression.js';
import { broadcast } from './exchange.js';
import { pickColumns } from './key-columns.js';
import { placeAggregate } from './place-aggregate.js';
import { colocate } from './place-by-key.js';
import type { PlacementContext } from './placement-context.js';
import { afterGrouping, columnRange, isWhole, keepColumns, onEachTask, type Placed } from './placed.js';
import { isSmall, readTwice } from './read-twice.js';

/** Calls that one exchange serves, by their positions in the node, and the PARTITION BY expressions they share. */
interface CallGroup {
  readonly calls: readonly number[];
  readonly keys: readonly Expression[];
}

/**
 * Windows: rows of a partition must meet. Calls that share PARTITION BY expressions are computed after one exchange,
 * group after group: a window adds columns and changes nothing else. Totals over all rows are one row for every task.
 */
export function placeWindow(node: WindowNode, input: Placed, context: PlacementContext): Placed {
  const width = input.plan.output.length;
  if (isWhole(input)) {
    return computed(node.calls, input);
  }
  let placed = input;
  const order: number[] = [];
  for (const group of groupCalls(node.calls)) {
    const calls = group.calls.flatMap((index) => node.calls[index] ?? []);
    placed = placeGroup(calls, group.keys, placed, context);
    order.push(...group.calls);
  }
  const columns = node.calls.map((_, index) => width + order.indexOf(index));
  return columns.every((column, index) => column === width + index) ? placed : pickColumns(placed, [...columnRange(0, width), ...columns]);
}

/** The window's columns added where the rows are. */
function computed(calls: readonly WindowCall[], input: Placed): Placed {
  const output = [...input.plan.output, ...calls.map((call) => call.type)];
  return {
    plan: { kind: 'window', input: input.plan, calls, output },
    layout: keepColumns(afterGrouping(input), [...columnRange(0, input.plan.output.length), ...calls.map(() => null)]),
    estimate: input.estimate,
  };
}

function placeGroup(calls: readonly WindowCall[], keys: readonly Expression[], input: Placed, context: PlacementContext): Placed {
  const totals = calls.map(totalOf).filter((total) => total !== null);
  if (keys.length === 0 && totals.length === calls.length && !isWhole(input) && !isSmall(input, context)) {
    return withTotals(totals, readTwice(input, context), context);
  }
  const { placed, addedCount } = colocate(input, keys, keys.length === 0 ? 'a window without a common PARTITION BY' : 'a window', context);
  const window = computed(calls, placed);
  const width = input.plan.output.length;
  return addedCount === 0 ? window : pickColumns(window, [...columnRange(0, width), ...columnRange(width + addedCount, calls.length)]);
}

/** Every row beside the totals of all rows. */
function withTotals(totals: readonly AggregateCall[], rows: Placed, context: PlacementContext): Placed {
  const output = totals.map((total) => total.type);
  const node: AggregateNode = { kind: 'aggregate', input: rows.plan, groups: [], groupingSets: null, aggregates: totals, groupingCalls: [], output };
  const total = broadcast(placeAggregate(node, rows, context), 'totals over all rows', context);
  return onEachTask(rows, (piece) => ({
    plan: { kind: 'cross_product', left: piece.plan, right: total.plan, output: [...piece.plan.output, ...output] },
    layout: keepColumns(piece.layout, [...columnRange(0, piece.plan.output.length), ...output.map(() => null)]),
    estimate: piece.estimate,
  }));
}

/** Aggregates that say the same of all rows wherever they are computed. */
const TOTALS: ReadonlySet<string> = new Set(['count', 'count_star', 'sum', 'avg', 'min', 'max', 'bool_and', 'bool_or', 'bit_and', 'bit_or', 'bit_xor']);

/** The aggregate that a window call over all rows is, or null. */
function totalOf(call: WindowCall): AggregateCall | null {
  const { frame } = call;
  const isEveryRow =
    call.orderBy.length === 0 &&
    frame.exclude === 'NO OTHERS' &&
    frame.start.kind === 'unbounded_preceding' &&
    (frame.end.kind === 'unbounded_following' || (frame.end.kind === 'current_row' && frame.unit === 'RANGE'));
  const isPlain = !call.ignoreNulls && !call.distinct && call.argumentOrder.length === 0 && TOTALS.has(call.name.toLowerCase());
  return isEveryRow && isPlain
    ? { name: call.name, arguments: call.arguments, distinct: false, filter: call.filter, orderBy: [], boundArguments: [], type: call.type }
    : null;
}

/** One group when all calls share a key, else a group for each set of calls that do; those without PARTITION BY last, totals apart from the rest. */
function groupCalls(calls: readonly WindowCall[]): readonly CallGroup[] {
  const groups: { calls: number[]; keys: readonly Expression[] }[] = [];
  const whole: number[] = [];
  for (const [index, call] of calls.entries()) {
    const keys = call.partitionBy.filter((expression) => expression.kind !== 'constant');
    if (keys.length === 0) {
      whole.push(index);
      continue;
    }
    const group = groups.find((candidate) => shared(candidate.keys, keys).length > 0);
    if (group === undefined) {
      groups.push({ calls: [index], keys });
    } else {
      group.calls.push(index);
      group.keys = shared(group.keys, keys);
    }
  }
  const isTotal = (index: number): boolean => {
    const call = calls[index];
    return call !== undefined && totalOf(call) !== null;
  };
  const hasOther = whole.some((index) => !isTotal(index));
  // Where one call needs all rows in one task, totals cost nothing more there.
  return whole.length === 0 ? groups : hasOther ? [...groups, { calls: whole, keys: [] }] : [{ calls: whole, keys: [] }, ...groups];
}

function shared(keys: readonly Expression[], others: readonly Expression[]): readonly Expression[] {
  return keys.filter((key) => others.some((other) => sameExpression(key, other)));
}
