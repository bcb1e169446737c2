import { checkInside } from './check-inside.js';
import { checkLost, checkValues } from './check-values.js';
import { findCycles } from './cycles.js';
import { findDependencies, type OrderModel } from './dependencies.js';
import type { Anomaly, History } from './history.js';
import { findWriters } from './writers.js';

/**
 * Everything in a history that snapshot isolation forbids; write skew is allowed. `final` names a transaction that read
 * everything when all others had ended, null when there is none.
 */
export function checkHistory(history: History, options: { readonly order: OrderModel; readonly final: number | null }): Anomaly[] {
  const writers = findWriters(history);
  const { edges, anomalies } = findDependencies(history, writers, options.order);
  return [
    ...checkValues(history, writers),
    ...checkInside(history),
    ...checkLost(history, writers, options.final),
    ...anomalies,
    ...findCycles(history.length, edges),
  ];
}

/** How many of each kind, for people. */
export function countKinds(anomalies: readonly Anomaly[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of anomalies) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts.size === 0 ? 'none' : [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
}
