import type { Distribution, ExchangeNode } from '../plan/nodes.js';
import type { DataType } from '../types/data-type.js';
import type { PlacementContext } from './placement-context.js';
import { SINGLE, unionOf, type Layout, type Placed } from './placed.js';

/** A column to hash rows by, as the type both sides of a join agree on. */
export interface ExchangeKey {
  readonly column: number;
  readonly type: DataType;
}

/** Brings all rows into one task. */
export function gather(placed: Placed, reason: string, context: PlacementContext): Placed {
  const { layout } = placed;
  switch (layout.kind) {
    case 'single':
    case 'replicated':
      return { ...placed, layout: SINGLE };
    case 'pieces':
      return unionOf(layout.pieces.map((piece) => gather(piece, reason, context)));
    case 'spread':
    case 'hash':
      return exchanged(placed, { kind: 'gather' }, SINGLE, reason, context);
  }
}

/** Makes all rows readable by every task. */
export function broadcast(placed: Placed, reason: string, context: PlacementContext): Placed {
  const { layout } = placed;
  switch (layout.kind) {
    case 'replicated':
      return placed;
    case 'pieces':
      return unionOf(layout.pieces.map((piece) => broadcast(piece, reason, context)));
    case 'single':
    case 'spread':
    case 'hash':
      return exchanged(placed, { kind: 'broadcast' }, { kind: 'replicated' }, reason, context);
  }
}

/** Moves rows that agree in the keys into the same partition. */
export function shuffle(placed: Placed, keys: readonly ExchangeKey[], partitionCount: number, reason: string, context: PlacementContext): Placed {
  if (placed.layout.kind === 'pieces') {
    return unionOf(placed.layout.pieces.map((piece) => shuffle(piece, keys, partitionCount, reason, context)));
  }
  const layout: Layout = { kind: 'hash', partitionCount, keys: keys.map((key) => ({ columns: [key.column], type: key.type })) };
  return exchanged(placed, { kind: 'hash', keys, partitionCount }, layout, reason, context);
}

/** Deals rows out evenly, whatever is in them: for rows that several places read, or that lie unevenly. */
export function deal(placed: Placed, partitionCount: number, reason: string, context: PlacementContext): Placed {
  if (placed.layout.kind === 'pieces') {
    return unionOf(placed.layout.pieces.map((piece) => deal(piece, partitionCount, reason, context)));
  }
  return exchanged(placed, { kind: 'hash', keys: [], partitionCount }, { kind: 'hash', partitionCount, keys: null }, reason, context);
}

/** Moves each row into the partition whose number stands in a column. */
export function shuffleByValue(placed: Placed, column: number, partitionCount: number, reason: string, context: PlacementContext): Placed {
  if (placed.layout.kind === 'pieces') {
    return unionOf(placed.layout.pieces.map((piece) => shuffleByValue(piece, column, partitionCount, reason, context)));
  }
  return exchanged(placed, { kind: 'value', column, partitionCount }, { kind: 'hash', partitionCount, keys: null }, reason, context);
}

function exchanged(placed: Placed, distribution: Distribution, layout: Layout, reason: string, context: PlacementContext): Placed {
  const plan: ExchangeNode = { kind: 'exchange', input: placed.plan, distribution, reason, output: placed.plan.output };
  context.estimates.set(plan, placed.estimate.rows);
  return { plan, layout, estimate: placed.estimate };
}
