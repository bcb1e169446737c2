import type { Expression, SortKey } from '../plan/expressions.js';
import type { AggregateNode, OrderNode, PlanNode } from '../plan/nodes.js';
import { list, scalar, type DataType } from '../types/data-type.js';
import { broadcast, gather, shuffleByValue } from './exchange.js';
import { refs } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import { columnRange, keepColumns, onEachTask, SINGLE, type Placed } from './placed.js';
import { readTwice } from './read-twice.js';

const BLOB = scalar('BLOB');
const BIGINT = scalar('BIGINT');
const INTEGER = scalar('INTEGER');
const BOOLEAN = scalar('BOOLEAN');
const DOUBLE = scalar('DOUBLE');

/** Rows each task gives to the sample: enough that ranges differ by a few per cent. */
const SAMPLE_ROWS = 4096;

/** Sorts every range by itself: task i has the rows that come before those of task i + 1. */
export function sortInRanges(node: OrderNode, input: Placed, context: PlacementContext): Placed {
  const moved = moveToRanges(input, node.keys, context.partitionCount, 'ranges of a sample', context);
  const width = input.plan.output.length;
  return { plan: { ...node, input: moved.plan, projection: node.projection ?? columnRange(0, width) }, layout: moved.layout, estimate: moved.estimate };
}

/**
 * Moves rows into ranges of the keys, in their order, whose bounds are the quantiles of a sample; the range's number is one
 * more column. Any sample is right: it only makes the ranges more or less even. Equal keys are in one range.
 */
export function moveToRanges(input: Placed, keys: readonly SortKey[], partitionCount: number, reason: string, context: PlacementContext): Placed {
  const rows = readTwice(input, context);
  const width = rows.plan.output.length;
  const bounds = boundsOf(rows, keys, partitionCount, context);
  const numbered = onEachTask(rows, (piece) => {
    const keyed = project(piece.plan, [...refs(piece.plan.output), sortKeyOf(keys)]);
    const beside: PlanNode = { kind: 'cross_product', left: keyed, right: bounds.plan, output: [...keyed.output, ...bounds.plan.output] };
    const key: Expression = { kind: 'ref', index: width, type: BLOB };
    const plan = project(beside, [...refs(piece.plan.output), rangeNumber(key, width, 0, partitionCount - 1)]);
    return { plan, layout: keepColumns(piece.layout, [...columnRange(0, width), null]), estimate: piece.estimate };
  });
  return shuffleByValue(numbered, width, partitionCount, reason, context);
}

/** One row of the keys' quantiles, in every task. */
function boundsOf(rows: Placed, keys: readonly SortKey[], partitionCount: number, context: PlacementContext): Placed {
  const sampled = onEachTask(rows, (piece) => {
    const input = project(piece.plan, [sortKeyOf(keys)]);
    return {
      plan: { kind: 'sample', input, method: 'reservoir', size: SAMPLE_ROWS, isPercentage: false, seed: null, output: input.output },
      layout: keepColumns(piece.layout, [null]),
      estimate: { ...piece.estimate, rows: Math.min(piece.estimate.rows, SAMPLE_ROWS) },
    };
  });
  const sample = gather(sampled, 'a sample of the keys', context);
  const fractions = Array.from({ length: partitionCount - 1 }, (_, index) => ({
    type: DOUBLE,
    value: { kind: 'text' as const, text: String((index + 1) / partitionCount) },
  }));
  const aggregate: AggregateNode = {
    kind: 'aggregate',
    input: sample.plan,
    groups: [],
    groupingSets: null,
    aggregates: [
      {
        name: 'quantile_disc',
        arguments: refs([BLOB]),
        distinct: false,
        filter: null,
        orderBy: [],
        boundArguments: [{ kind: 'constant', type: list(DOUBLE), value: { kind: 'list', items: fractions } }],
        type: list(BLOB),
      },
    ],
    groupingCalls: [],
    output: [list(BLOB)],
  };
  const bounds = fractions.map((_, index) => call('list_extract', [...refs(aggregate.output), integer(index + 1, BIGINT)], BLOB));
  return broadcast({ plan: project(aggregate, bounds), layout: SINGLE, estimate: { rows: 1, base: 1 } }, 'bounds of ranges', context);
}

/** Bytes that compare as the keys sort. The constant makes them bytes for short keys too, which would be a number otherwise. */
function sortKeyOf(keys: readonly SortKey[]): Expression {
  const operands = keys.flatMap((key) => [key.expression, text(`${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`)]);
  return call('create_sort_key', [...operands, integer(0, BIGINT), text('ASC NULLS LAST')], BLOB);
}

/** The number, from `first` to `last`, of the range a key is in; bound i, in column `width` + 1 + i, is where range i + 1 begins. */
function rangeNumber(key: Expression, width: number, first: number, last: number): Expression {
  if (first === last) {
    return integer(first, INTEGER);
  }
  const middle = Math.floor((first + last) / 2);
  const bound: Expression = { kind: 'ref', index: width + 1 + middle, type: BLOB };
  return {
    kind: 'case',
    branches: [{ condition: { kind: 'comparison', comparison: '<', left: key, right: bound, type: BOOLEAN }, result: rangeNumber(key, width, first, middle) }],
    otherwise: rangeNumber(key, width, middle + 1, last),
    type: INTEGER,
  };
}

function project(input: PlanNode, expressions: readonly Expression[]): PlanNode {
  return { kind: 'projection', input, expressions, names: expressions.map(() => null), output: expressions.map((expression) => expression.type) };
}

function call(name: string, operands: readonly Expression[], type: DataType): Expression {
  return { kind: 'call', name, schema: null, arguments: operands, isOperator: false, type };
}

function integer(value: number, type: DataType): Expression {
  return { kind: 'constant', type, value: { kind: 'text', text: String(value) } };
}

function text(value: string): Expression {
  return { kind: 'constant', type: scalar('VARCHAR'), value: { kind: 'text', text: value } };
}
