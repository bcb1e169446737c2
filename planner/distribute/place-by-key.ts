import type { Expression } from '../plan/expressions.js';
import { gather, shuffle } from './exchange.js';
import { isHashable, plainColumn, withKeyColumns, type WithKeys } from './key-columns.js';
import type { PlacementContext } from './placement-context.js';
import { isWhole, type Placed } from './placed.js';

/** True when rows that agree in the expressions are already in one task. */
export function isPartitionedBy(placed: Placed, expressions: readonly Expression[], context: PlacementContext): boolean {
  const { layout } = placed;
  if (layout.kind !== 'hash' || layout.keys === null || !context.isOn('reuse-partitioning')) {
    return false;
  }
  const columns = new Set(expressions.flatMap((expression) => (expression.kind === 'ref' ? [expression.index] : [])));
  // Fewer keys than asked for are enough: rows that agree in all agree in those.
  return layout.keys.every((key) => key.columns.some((column) => columns.has(column)));
}

/** Rows brought together by key, with the columns that had to be computed for it. */
export interface Colocated {
  readonly placed: Placed;
  /** The expressions as they read over `placed`: plain columns where they were computed. */
  readonly expressions: readonly Expression[];
  readonly addedCount: number;
}

/**
 * Brings rows that agree in the expressions into one task: leaves them where they already are, else shuffles them, or
 * gathers them all where no hash is right.
 */
export function colocate(input: Placed, expressions: readonly Expression[], what: string, context: PlacementContext): Colocated {
  if (isWhole(input) || isPartitionedBy(input, expressions, context)) {
    return { placed: input, expressions, addedCount: 0 };
  }
  if (expressions.length === 0 || !expressions.every((expression) => isHashable(expression.type))) {
    const reason = expressions.length === 0 ? `${what} runs in one task` : `${what} runs in one task: its key's type cannot be hashed`;
    context.reasons.add(reason);
    return { placed: gather(input, reason, context), expressions, addedCount: 0 };
  }
  const keyed = withKeyColumns(input, expressions);
  const placed = shuffle(keyed.placed, keyed.keys, context.partitionCount, `${what} by key`, context);
  return { placed, expressions: computed(expressions, keyed), addedCount: keyed.addedCount };
}

function computed(expressions: readonly Expression[], keyed: WithKeys): readonly Expression[] {
  return expressions.map((expression, index) => {
    const key = keyed.keys[index];
    return key === undefined || plainColumn(expression) !== null ? expression : { kind: 'ref', index: key.column, type: expression.type };
  });
}
