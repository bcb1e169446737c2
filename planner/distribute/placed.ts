import assert from 'node:assert/strict';
import type { DataType } from '../types/data-type.js';
import type { PlanNode } from '../plan/nodes.js';
import type { Estimate } from './estimate.js';

/**
 * How the rows of a subplan lie over the tasks of the stage that computes it.
 * - `replicated`: any task can compute all of them, and every task that does gets the same rows
 * - `single`: there is one task
 * - `spread`: each task has a share of a scan
 * - `hash`: task i has partition i; rows that agree in `keys` are in one partition (null: not known any more)
 * - `pieces`: the union of subplans that no single stage can compute together
 */
export type Layout =
  | { readonly kind: 'replicated' }
  | { readonly kind: 'single' }
  | { readonly kind: 'spread'; readonly taskCount: number }
  | { readonly kind: 'hash'; readonly partitionCount: number; readonly keys: readonly PartitionKey[] | null }
  | { readonly kind: 'pieces'; readonly pieces: readonly Placed[] };

/** A key of a hash layout: any of `columns` holds its value, which was hashed as `type`. */
export interface PartitionKey {
  readonly columns: readonly number[];
  readonly type: DataType;
}

/** A subplan with exchanges placed, and where its rows are. */
export interface Placed {
  readonly plan: PlanNode;
  readonly layout: Layout;
  readonly estimate: Estimate;
}

/** The layout of rows that only one task may compute. */
export const SINGLE: Layout = { kind: 'single' };

/** True when one task has, or can have, all rows without moving any. */
export function isWhole(placed: Placed): boolean {
  return placed.layout.kind === 'single' || placed.layout.kind === 'replicated';
}

/** What an operator that must see its rows together gives: one task stays one task, partitions stay partitions. */
export function afterGrouping(input: Placed): Layout {
  return isWhole(input) ? SINGLE : input.layout;
}

/** How many tasks compute it. */
export function taskCount(layout: Layout): number {
  switch (layout.kind) {
    case 'replicated':
    case 'single':
      return 1;
    case 'spread':
      return layout.taskCount;
    case 'hash':
      return layout.partitionCount;
    case 'pieces':
      return total(layout.pieces, (piece) => taskCount(piece.layout));
  }
}

/** Puts an operator that works on each row by itself (or on each task's rows by themselves) on top, in every piece. */
export function onEachTask(input: Placed, place: (input: Placed) => Placed): Placed {
  return input.layout.kind === 'pieces' ? unionOf(input.layout.pieces.map(place)) : place(input);
}

/** The union of placed plans: in one stage where their layouts allow it, else in pieces. */
export function unionOf(inputs: readonly Placed[]): Placed {
  const pieces = inputs.flatMap((input) => (input.layout.kind === 'pieces' ? input.layout.pieces : [input]));
  const [first, ...rest] = pieces;
  assert.ok(first !== undefined, 'a union without inputs');
  if (rest.length === 0) {
    return first;
  }
  const plan: PlanNode = { kind: 'union', inputs: pieces.map((piece) => piece.plan), output: first.plan.output };
  const estimate = { rows: total(pieces, (piece) => piece.estimate.rows), base: total(pieces, (piece) => piece.estimate.base) };
  return { plan, estimate, layout: commonLayout(pieces) };
}

function commonLayout(pieces: readonly Placed[]): Layout {
  if (pieces.every((piece) => piece.layout.kind === 'replicated')) {
    return { kind: 'replicated' };
  }
  if (pieces.every(isWhole)) {
    return SINGLE;
  }
  const hashes = pieces.map((piece) => piece.layout).filter((layout) => layout.kind === 'hash');
  const [first] = hashes;
  if (first !== undefined && hashes.length === pieces.length && hashes.every((layout) => layout.partitionCount === first.partitionCount)) {
    return { kind: 'hash', partitionCount: first.partitionCount, keys: commonKeys(hashes.map((layout) => layout.keys)) };
  }
  return { kind: 'pieces', pieces };
}

/** Keys stay known where all inputs were hashed by the same columns as the same types. */
function commonKeys(inputs: readonly (readonly PartitionKey[] | null)[]): readonly PartitionKey[] | null {
  const [first] = inputs;
  return first !== undefined && inputs.every((keys) => JSON.stringify(keys) === JSON.stringify(first)) ? first : null;
}

function total<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((before, item) => before + value(item), 0);
}

/** The layout after columns were picked: output column i was column `sources[i]`, or is new (null). */
export function keepColumns(layout: Layout, sources: readonly (number | null)[]): Layout {
  if (layout.kind !== 'hash' || layout.keys === null) {
    return layout;
  }
  const keys = layout.keys.map((key) => ({
    ...key,
    columns: sources.flatMap((source, column) => (source !== null && key.columns.includes(source) ? [column] : [])),
  }));
  return { ...layout, keys: keys.every((key) => key.columns.length > 0) ? keys : null };
}

/** A range of column numbers from `first`. */
export function columnRange(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
